#include "commit/parameters.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace commit {
namespace {

/// Bits of soundness per query, in floating point: an independent account of what queries() counts.
double bits_per_query(size_t n, size_t k) { return -std::log2(double(n + k) / double(2 * n)); }

TEST(Queries, published_counts_for_p100_at_16_bits_of_grinding)
{
    EXPECT_EQ(queries(1 << 15, 1 << 14, 84), 203u);
    EXPECT_EQ(queries(1 << 15, 1 << 13, 84), 124u);
    EXPECT_EQ(queries(1 << 15, 1 << 12, 84), 102u);
    EXPECT_EQ(queries(1 << 15, 1 << 11, 84), 93u);
}

TEST(Queries, are_the_least_that_reach_the_bits)
{
    for (size_t n = 32; n <= 1024; n *= 2)
        for (size_t k = 1; k < n; k += 3)
            for (uint32_t bits : {1u, 10u, 84u, 86u})
            {
                const double q = double(queries(n, k, bits));
                ASSERT_GE(q * bits_per_query(n, k), bits - 1e-6) << n << ' ' << k;
                ASSERT_LE((q - 1) * bits_per_query(n, k), bits + 1e-6) << n << ' ' << k;
            }
}

TEST(TraceShape, has_a_tail_for_every_query_whole_granules_and_a_bounded_rate)
{
    for (const auto& profile : {kP100, kToy})
        for (size_t rows = 1; rows < 70000; rows += 1 + rows / 7)
        {
            const auto shape = trace_shape(profile, 4, rows);
            ASSERT_TRUE(shape);
            EXPECT_EQ(shape->rows, rows);
            EXPECT_EQ(shape->length() % 16, 0u);
            EXPECT_LE(shape->length() * 32, shape->domain * 17);
            EXPECT_EQ(shape->queries, queries(shape->domain, shape->length(), profile.lambda - profile.grind + 2));
            EXPECT_GE(shape->tail, shape->queries);
            EXPECT_LT(shape->tail, shape->queries + 16);
        }
}

TEST(TraceShape, refuses_what_no_domain_holds)
{
    EXPECT_TRUE(trace_shape(kP100, 6, size_t{1} << 21));
    EXPECT_FALSE(trace_shape(kP100, 6, (size_t{1} << 21) + (size_t{1} << 18)));
    EXPECT_FALSE(sealed_shape(kP100, 6, size_t{1} << 22));
}

TEST(SealedShape, serves_the_published_number_of_proofs)
{
    const auto small = sealed_shape(kP100, 4, (size_t{1} << 18) / 16);
    ASSERT_TRUE(small);
    EXPECT_EQ(small->tail, size_t{1} << 14);
    EXPECT_EQ(small->domain, size_t{1} << 17);
    EXPECT_EQ(budget(*small), small->tail / small->queries - 2);
    EXPECT_GE(budget(*small), 100u);

    const auto large = sealed_shape(kP100, 6, (size_t{1} << 22) / 64);
    ASSERT_TRUE(large);
    EXPECT_EQ(large->tail, size_t{1} << 16);
    EXPECT_EQ(large->domain, size_t{1} << 19);
    EXPECT_GE(budget(*large), 500u);
    EXPECT_EQ(source_log_columns((1 << 20) - 1), 4u);
    EXPECT_EQ(source_log_columns(1 << 20), 6u);
}

TEST(Plan, levels_shrink_to_a_last_vector_that_is_short)
{
    for (size_t rows = 1; rows < 200000; rows += 1 + rows / 3)
    {
        const std::vector<SourceShape> sources{*trace_shape(kP100, 4, rows), *sealed_shape(kP100, 6, 1 + rows / 5)};
        const auto p = plan(kP100, sources);
        size_t length = sources[0].length() + sources[1].length();
        for (const auto& level : p.levels)
        {
            EXPECT_GT(length, kLastMax);
            EXPECT_EQ(level.rows, (length + 15) / 16);
            length = level.length();
        }
        EXPECT_LE(length, kLastMax);
        EXPECT_EQ(p.last.rows, length);
        EXPECT_EQ(p.log_columns_max, 6u);
        EXPECT_EQ(p.xi, 2 * (6 + 4 * p.levels.size()));
        EXPECT_GE(p.pads.rows, p.xi);
        EXPECT_GE(p.pads.tail, p.pads.queries);
        EXPECT_GE(p.last.tail, p.last.queries);
    }
}

} // namespace
} // namespace commit
