// base::parallel under load, meant for the thread sanitizer: jobs of random size and grain, from several callers at
// once. Each index is visited exactly once, whatever the sizes.
#include "base/parallel.hpp"
#include "tests/long/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <thread>

namespace {

/// Runs jobs until the budget ends; the number of wrongly visited indices.
size_t run_jobs(uint64_t seed, const long_run::Budget& budget)
{
    std::mt19937_64 random(seed);
    size_t wrong = 0;
    while (budget.left())
    {
        const size_t count = random() % 5000, grain = 1 + random() % 700;
        std::vector<uint8_t> seen(count); // ranges are disjoint, so plain bytes must do: a race is a finding
        base::parallel(count, grain, [&](size_t begin, size_t end) {
            for (size_t i = begin; i != end; ++i)
                ++seen[i];
        });
        wrong += size_t(count - size_t(std::ranges::count(seen, 1)));
    }
    return wrong;
}

} // namespace

TEST(ParallelSoak, callers_on_three_threads_see_every_index_once)
{
    const long_run::Budget budget;
    std::array<size_t, 3> wrong{};
    {
        std::vector<std::jthread> callers;
        for (size_t i = 0; i != wrong.size(); ++i)
            callers.emplace_back([&, i] { wrong[i] = run_jobs(long_run::seed() + i, budget); });
    }
    for (const size_t count : wrong)
        EXPECT_EQ(count, 0);
}
