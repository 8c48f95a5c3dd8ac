#pragma once

// All of the codec. Users include this one, so that every codec is known before the first is used.
#include "scale/bit_vec.hpp"
#include "scale/bounded.hpp"
#include "scale/box.hpp"
#include "scale/codec.hpp"
#include "scale/compact.hpp"
#include "scale/containers.hpp"
#include "scale/variant.hpp"
