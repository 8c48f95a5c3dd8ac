#pragma once

#include "base/invariant.hpp"

#include <cstdint>
#include <random>
#include <span>

namespace model::testing {

/// Seeded numbers for tests, the same on every machine (std distributions are not).
class Rng
{
public:
    explicit Rng(uint64_t seed) : engine_(seed) {}

    /// lo ≤ result ≤ hi. The bias of the remainder does not matter here.
    int64_t between(int64_t lo, int64_t hi)
    {
        base::invariant(lo <= hi);
        return lo + int64_t(engine_() % (uint64_t(hi - lo) + 1));
    }

    bool one_in(int64_t n) { return between(1, n) == 1; }

    template <typename T>
    const T& pick(const std::vector<T>& values)
    {
        return values[size_t(between(0, int64_t(values.size()) - 1))];
    }

    uint64_t bits() { return engine_(); }

private:
    std::mt19937_64 engine_;
};

} // namespace model::testing
