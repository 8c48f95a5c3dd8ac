#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>

namespace executor::testing {

/// The binary of a module in Wasm's text format, by wabt's parser, every later feature allowed. Stops on an error.
base::Bytes wat(std::string_view text);

/// A module with the memory imported, the heap from 64 KiB on, and `body` behind it.
base::Bytes runtime(std::string_view body);

/// A runtime whose entry point `run` has these instructions; they leave an i64.
base::Bytes entry(std::string_view instructions, std::string_view before = {});

} // namespace executor::testing
