#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

/// What the host does for the runtime, measured by itself; and what all measurements share.
namespace weights {

/// Of each measurement.
inline constexpr size_t kRuns = 101;

/// Ends the program: figures of a bench that went wrong are worth nothing.
[[noreturn]] void fail(const std::string& words);

/// Processor time, in picoseconds.
uint64_t clock_picoseconds(clockid_t which);

uint64_t median(const std::vector<uint64_t>& times);

/// An sr25519 signature's verification, one of `count` verified together. 1 ≤ count.
uint64_t signature_time(size_t count);

/// What compiling the code takes, of all threads.
uint64_t compile_time(const base::Bytes& wasm);

} // namespace weights
