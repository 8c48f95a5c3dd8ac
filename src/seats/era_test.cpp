#include "seats/era.hpp"

#include "seats/testing/world.hpp"

#include <gtest/gtest.h>

namespace seats {
namespace {

using testing::account;
using testing::Random;
using testing::seats_of;

std::vector<Candidate> random_world(Random& random, size_t size)
{
    std::vector<Candidate> world(size);
    for (size_t i = 0; i != size; ++i)
        world[i] = {account(uint32_t(i)), random.wide() >> random.below(60), random.below(2 * kOne / size),
                    random.below(2 * kOne / size), uint32_t(random.below(kSeatsMax))};
    return world;
}

/// The whole of it can run while compiling: nothing in it is undefined.
constexpr bool runs_while_compiling()
{
    const Candidate one{.account = {}, .stake = 1, .work = 0, .space = 0, .keys = 3};
    const auto outcome = allot(std::span(&one, 1), {}, Rules{});
    return outcome && outcome->changed && outcome->allocation == outcome->target &&
           outcome->allocation == Allocation{{AccountId32{}, 3}};
}
static_assert(runs_while_compiling());

TEST(Era, one_validator_has_all_seats_that_it_has_keys_for)
{
    const std::vector<Candidate> world{{account(7), 1, 0, 0, 128}};
    EXPECT_EQ(allot(world, {}, {})->allocation, (Allocation{{account(7), 100}}));
    EXPECT_FALSE(allot(world, Allocation{{account(7), 100}}, {})->changed);
}

TEST(Era, the_order_of_candidates_does_not_matter)
{
    Random random(10);
    for (int i = 0; i != 100; ++i)
    {
        auto world = random_world(random, 2 + random.below(60));
        const auto first = allot(world, {}, {});
        for (size_t at = world.size(); at > 1; --at)
            std::swap(world[at - 1], world[random.below(at)]);
        const auto second = allot(world, {}, {});
        ASSERT_TRUE(first && second);
        ASSERT_EQ(first->allocation, second->allocation);
    }
}

TEST(Era, an_equal_allocation_is_no_change)
{
    Random random(11);
    const auto world = random_world(random, 40);
    auto outcome = allot(world, {}, {});
    EXPECT_TRUE(outcome->changed);
    const auto again = allot(world, outcome->allocation, {});
    EXPECT_FALSE(again->changed);
    EXPECT_EQ(again->allocation, outcome->allocation);
}

TEST(Era, without_stake_or_keys_there_is_no_allocation)
{
    const std::vector<Candidate> no_stake{{account(0), 0, kOne, kOne, 9}, {account(1), 0, 0, 0, 9}};
    EXPECT_EQ(allot(no_stake, {}, {}).error(), Refusal::nobody);
    const std::vector<Candidate> no_keys{{account(0), 5, kOne, kOne, 0}};
    EXPECT_EQ(allot(no_keys, {}, {}).error(), Refusal::nobody);
    EXPECT_EQ(allot({}, Allocation{{account(0), 1}}, {}).error(), Refusal::nobody);
}

TEST(Era, refuses_an_account_twice_and_too_many_candidates)
{
    const std::vector<Candidate> twice{{account(0), 1, 0, 0, 9}, {account(1), 1, 0, 0, 9}, {account(0), 1, 0, 0, 0}};
    EXPECT_EQ(allot(twice, {}, {}).error(), Refusal::duplicate);
    EXPECT_EQ(allot(std::vector<Candidate>(kCandidatesMax + 1), {}, {}).error(), Refusal::too_many);
}

TEST(Era, the_most_candidates_with_the_largest_stakes_are_allotted)
{
    std::vector<Candidate> world;
    for (uint32_t i = 0; i != kCandidatesMax; ++i)
        world.push_back({account(i), ~u128{0}, kOne / kCandidatesMax, 0, ~0U});
    const Rules rules{.mix = {}, .seats = 128, .elected_max = 32};
    const auto outcome = allot(world, {}, rules);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->allocation.size(), 32);
    EXPECT_EQ(total_of(outcome->allocation), 128);
}

TEST(Era, an_attackers_seats_come_a_tenth_an_era)
{
    std::vector<Candidate> world{{account(0), 100, 0, 0, 128}, {account(1), 0, 0, 0, 128}};
    auto present = allot(world, {}, {})->allocation;
    world[1].stake = 300; // three quarters, from one era to the next
    for (uint32_t era = 1; era <= 8; ++era)
    {
        present = allot(world, present, {})->allocation;
        EXPECT_EQ(seats_of(present, account(1)), std::min(10 * era, 75U)); // a third after 4 eras, two thirds after 7
    }
}

TEST(Rules, refuses_what_no_chain_can_have)
{
    EXPECT_TRUE(check(Rules{}));
    EXPECT_TRUE(released(Rules{}));
    EXPECT_EQ(check(Rules{.mix = {0, 0, kBillion}}).error(), RulesRefusal::mix);
    EXPECT_EQ(check(Rules{.seats = 0}).error(), RulesRefusal::seats);
    EXPECT_EQ(check(Rules{.seats = 129}).error(), RulesRefusal::seats);
    EXPECT_EQ(check(Rules{.elected_max = 0}).error(), RulesRefusal::elected_max);
    EXPECT_EQ(check(Rules{.elected_max = 101}).error(), RulesRefusal::elected_max);
    EXPECT_EQ(check(Rules{.churn = 0}).error(), RulesRefusal::churn);
    EXPECT_EQ(check(Rules{.churn = kBillion + 1}).error(), RulesRefusal::churn);
    EXPECT_EQ(check(Rules{.freshness = 0}).error(), RulesRefusal::freshness);
    EXPECT_EQ(check(Rules{.freshness = ~0U}).error(), RulesRefusal::freshness);
    const Rules development{.mix = {}, .seats = 16, .elected_max = 16, .churn = kBillion, .freshness = kBillion};
    EXPECT_TRUE(check(development));
    EXPECT_FALSE(released(development));
    EXPECT_EQ(moves_max(development), 16);
    EXPECT_EQ(moves_max(Rules{.seats = 5, .elected_max = 5}), 1);
}

} // namespace
} // namespace seats
