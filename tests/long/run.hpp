#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

/// What tools/long tells a suite: how long to run, and from which seed.
namespace long_run {

inline uint64_t number(const char* variable, uint64_t otherwise)
{
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline uint64_t seed() { return number("ZKP_SEED", 1); }

/// True until $ZKP_SECONDS (default 10) have passed since construction.
class Budget
{
public:
    bool left() const { return std::chrono::steady_clock::now() < end_; }

private:
    std::chrono::steady_clock::time_point end_ =
        std::chrono::steady_clock::now() + std::chrono::seconds(number("ZKP_SECONDS", 10));
};

} // namespace long_run
