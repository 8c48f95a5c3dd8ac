#include "env/file.hpp"
#include <gtest/gtest.h>
