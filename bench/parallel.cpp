// The price of base::parallel: waking the pool for a job that does almost nothing.
#include "base/parallel.hpp"

#include <benchmark/benchmark.h>

static void wake_up(benchmark::State& state)
{
    for (auto _ : state)
        base::parallel(base::threads(), 0, [](size_t begin, size_t end) { benchmark::DoNotOptimize(begin + end); });
}
BENCHMARK(wake_up)->Name("parallel/wake_up")->UseRealTime();

static void inline_run(benchmark::State& state)
{
    for (auto _ : state)
        base::parallel(1, 1, [](size_t begin, size_t end) { benchmark::DoNotOptimize(begin + end); });
}
BENCHMARK(inline_run)->Name("parallel/inline")->UseRealTime();
