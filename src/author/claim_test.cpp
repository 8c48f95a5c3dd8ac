#include "author/testing/keys.hpp"

#include <gtest/gtest.h>

namespace author {
namespace {

using testing::Keys;

TEST(Claim, with_all_keys_every_slot_is_claimed_and_the_lottery_wins_its_share)
{
    Keys keys(4);
    const auto epoch = keys.epoch({1, 4});
    int primary = 0;
    for (Slot slot = 1000; slot != 1400; ++slot)
    {
        const auto claim = claim_slot(slot, epoch, keys.lend(), keys.entropy);
        ASSERT_TRUE(claim) << slot;
        primary += claim->primary();
    }
    EXPECT_NEAR(primary, 100, 35); // 4 standard deviations
}

TEST(Claim, without_keys_no_slot_is_claimed)
{
    Keys keys(4);
    const auto epoch = keys.epoch({1, 1});
    keys.pairs.clear();
    EXPECT_FALSE(claim_slot(7, epoch, keys.lend(), keys.entropy));
}

TEST(Claim, where_secondary_slots_are_not_allowed_only_the_lottery_counts)
{
    Keys keys(1);
    auto epoch = keys.epoch({0, 1});
    EXPECT_TRUE(claim_slot(7, epoch, keys.lend(), keys.entropy));
    epoch.config.allowed_slots = primitives::babe::AllowedSlots::PrimarySlots;
    EXPECT_FALSE(claim_slot(7, epoch, keys.lend(), keys.entropy));
}

TEST(Slots, count_from_the_epoch_of_unix)
{
    EXPECT_EQ(slot_at(2999, 1000), 2);
    EXPECT_EQ(slot_start_ms(2, 1000), 2000);
}

} // namespace
} // namespace author
