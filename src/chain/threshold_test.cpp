#include "chain/threshold.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chain {
namespace {

std::string decimal(scale::u128 value)
{
    std::string digits;
    for (; value != 0; value /= 10)
        digits.insert(digits.begin(), char('0' + int(value % 10)));
    return digits;
}

/// Values that smoldot's tests took from Substrate.
TEST(Threshold, equals_substrates_on_published_cases)
{
    const std::vector<primitives::babe::Authority> equal(8, {.id = {}, .weight = 1});
    EXPECT_EQ(decimal(primary_threshold({2, 9}, equal, 0)), "10523572781773471998586657386560225280");
}

TEST(Threshold, splitting_a_weight_over_keys_changes_nothing_but_rounding)
{
    const double whole = double(primary_threshold({1, 4}, 10, 40)), part = double(primary_threshold({1, 4}, 5, 40));
    const double two_128 = 0x1p128;
    EXPECT_NEAR(1 - (1 - part / two_128) * (1 - part / two_128), whole / two_128, 1e-12);
}

TEST(Threshold, extremes_are_certain_and_impossible)
{
    EXPECT_EQ(primary_threshold({1, 1}, 1, 1), ~scale::u128{0});
    EXPECT_EQ(primary_threshold({0, 1}, 1, 1), 0);
    EXPECT_EQ(primary_threshold({1, 4}, 0, 5), 0);
    EXPECT_EQ(primary_threshold({1, 0}, 1, 1), 0);
    EXPECT_EQ(primary_threshold({1, 4}, 0, 0), 0);
}

TEST(SecondaryAuthor, every_authority_gets_about_its_share)
{
    std::array<int, 7> turns{};
    for (uint64_t slot = 0; slot != 7000; ++slot)
        ++turns.at(secondary_author({1, 2, 3}, slot, turns.size()));
    for (const auto count : turns)
        EXPECT_NEAR(count, 1000, 150);
}

} // namespace
} // namespace chain
