#pragma once

#include <cstdint>

namespace env {

/// Milliseconds since the epoch of Unix, by the system's clock: what slots are counted from.
uint64_t unix_ms();

/// Milliseconds since some moment before this program began; never goes back.
uint64_t steady_ms();
/// The same in microseconds.
uint64_t steady_us();

/// Sleeps for about that long.
void sleep_ms(uint64_t ms);

} // namespace env
