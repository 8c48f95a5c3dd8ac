#pragma once

// All that is needed to describe any type of the runtime: what is known of foreign types must be seen before use.
#include "runtime/meta/derive.hpp"
#include "runtime/meta/foreign.hpp"
