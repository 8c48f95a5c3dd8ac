#include "env/clock.hpp"

#include <chrono>
#include <thread>

namespace env {

uint64_t unix_ms()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return uint64_t(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

uint64_t steady_us()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return uint64_t(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

uint64_t steady_ms() { return steady_us() / 1000; }

void sleep_ms(uint64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

} // namespace env
