#pragma once

#include "base/parallel.hpp"

#include <array>
#include <mutex>

namespace sumcheck {

/// Places of a table that one thread takes at a time: about the first-level cache.
inline constexpr size_t kGrain = 1024;

/// The sum of part(begin, size) over parts of [0, count), on all threads. Exact, so the order does not matter.
template <class F, size_t N, class Part>
std::array<F, N> sum_of_parts(size_t count, Part&& part)
{
    std::array<F, N> total{};
    std::mutex mutex;
    base::parallel(count, kGrain, [&](size_t begin, size_t end) {
        const std::array<F, N> sum = part(begin, end - begin);
        const std::lock_guard lock(mutex);
        for (size_t i = 0; i != N; ++i)
            total[i] += sum[i];
    });
    return total;
}

} // namespace sumcheck
