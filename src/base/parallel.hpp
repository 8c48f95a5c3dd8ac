#pragma once

#include <cstddef>
#include <functional>

namespace base {

/// Number of threads that parallel() uses: the machine's cores, at most kThreadsMax; ZKP_THREADS overrides.
size_t threads();
inline constexpr size_t kThreadsMax = 64;

/// Splits [0, count) into contiguous ranges of at least `grain` items and runs body(begin, end) on each,
/// on threads() threads, the caller's included. Returns when all are done.
///
/// Caller  body must not throw and must not call parallel(); ranges are disjoint
/// Cost    a few microseconds of wake-up; runs inline when count ≤ grain
void parallel(size_t count, size_t grain, const std::function<void(size_t begin, size_t end)>& body);

} // namespace base
