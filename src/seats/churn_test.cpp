#include "seats/churn.hpp"

#include "seats/testing/world.hpp"

#include <gtest/gtest.h>

namespace seats {
namespace {

using testing::account;
using testing::claims_of;
using testing::Random;
using testing::seats_of;

/// Seats that `next` gives to others than `before`.
uint32_t moved(std::span<const Holder> before, std::span<const Holder> next)
{
    uint32_t more = 0, fewer = 0;
    for (const auto& holder : next)
        more += holder.seats - std::min(holder.seats, seats_of(before, holder.account));
    for (const auto& holder : before)
        fewer += holder.seats - std::min(holder.seats, seats_of(next, holder.account));
    return std::max(more, fewer);
}

std::vector<Claim> random_claims(Random& random, size_t size)
{
    std::vector<uint64_t> weights(size);
    for (auto& weight : weights)
        weight = 1 + (random.next() >> (20 + random.below(6)));
    return claims_of(weights);
}

TEST(Churn, a_chain_begins_with_the_whole_target)
{
    const auto claims = claims_of(std::array<uint64_t, 2>{3, 1});
    const auto target = apportion(claims, 100, 25);
    EXPECT_EQ(step(claims, {}, target, 10), target);
}

TEST(Churn, what_is_there_stays)
{
    const auto claims = claims_of(std::array<uint64_t, 2>{3, 1});
    const auto target = apportion(claims, 100, 25);
    EXPECT_EQ(step(claims, target, target, 10), target);
}

TEST(Churn, the_weakest_seats_move_first_and_to_the_strongest_claims)
{
    const auto claims = claims_of(std::array<uint64_t, 4>{10, 20, 30, 40});
    const Allocation present{{account(0), 40}, {account(1), 30}, {account(2), 20}, {account(3), 10}};
    const auto target = apportion(claims, 100, 25);
    ASSERT_EQ(target, (Allocation{{account(0), 10}, {account(1), 20}, {account(2), 30}, {account(3), 40}}));
    EXPECT_EQ(step(claims, present, target, 10),
              (Allocation{{account(0), 30}, {account(1), 30}, {account(2), 20}, {account(3), 20}}));
}

/// Random ways through random worlds: at most `moves` seats in other hands an era, everybody between before and
/// target, and the target after as many eras as the distance asks.
TEST(Churn, is_bounded_monotone_and_arrives)
{
    Random random(9);
    for (int i = 0; i != 1000; ++i)
    {
        const auto before = random_claims(random, 1 + random.below(40));
        const auto claims = random_claims(random, before.size() + random.below(10));
        const auto seats = uint32_t(1 + random.below(kSeatsMax)), moves = uint32_t(1 + random.below(20));
        const auto more = random.below(4) == 0 ? uint32_t(1 + random.below(kSeatsMax)) : seats;
        auto present = apportion(before, seats, uint32_t(1 + random.below(40)));
        const auto target = apportion(claims, more, uint32_t(1 + random.below(40)));

        const auto distance = moved(present, target);
        for (uint32_t eras = (distance + moves - 1) / moves; eras != 0; --eras)
        {
            ASSERT_NE(present, target);
            const auto next = step(claims, present, target, moves);
            ASSERT_LE(moved(present, next), moves);
            ASSERT_GE(total_of(next), std::min(seats, more));
            ASSERT_LE(total_of(next), std::max(seats, more));
            for (const auto& claim : claims)
            {
                const auto from = seats_of(present, claim.account), to = seats_of(target, claim.account);
                const auto at = seats_of(next, claim.account);
                ASSERT_TRUE(std::min(from, to) <= at && at <= std::max(from, to));
            }
            present = next;
        }
        ASSERT_EQ(present, target);
    }
}

TEST(Churn, seats_that_nothing_stands_behind_go_at_once)
{
    auto claims = claims_of(std::array<uint64_t, 4>{0, 50, 30, 20}); // the first has lost its stake
    const Allocation present{{account(0), 40}, {account(1), 30}, {account(2), 20}, {account(3), 6}, {account(9), 4}};
    const auto target = apportion(claims, 100, 25);
    EXPECT_EQ(step(claims, present, target, 1), target);

    // One that kept 5 keys keeps 5 seats; the others are given on although one seat may move.
    claims[0] = {account(0), 40, 5};
    const auto next = step(claims, present, apportion(claims, 100, 25), 1);
    EXPECT_EQ(seats_of(next, account(0)), 5);
    EXPECT_EQ(total_of(next), 100);
}

TEST(Churn, where_keys_are_lost_the_total_shrinks_at_once_and_grows_by_moves)
{
    std::vector<Claim> claims{{account(0), 1, 3}, {account(1), 1, 5}};
    const Allocation present{{account(0), 50}, {account(1), 50}};
    EXPECT_EQ(step(claims, present, apportion(claims, 100, 25), 10), (Allocation{{account(0), 3}, {account(1), 5}}));

    claims[0].keys = claims[1].keys = 128;
    const auto grown = step(claims, Allocation{{account(0), 3}, {account(1), 5}}, apportion(claims, 100, 25), 10);
    EXPECT_EQ(grown, (Allocation{{account(0), 9}, {account(1), 9}}));
}

TEST(Churn, when_all_holders_are_gone_the_new_ones_get_every_seat)
{
    const std::vector<Claim> claims{{account(5), 1, 128}};
    const auto target = apportion(claims, 16, 16);
    EXPECT_EQ(step(claims, Allocation{{account(1), 15}, {account(9), 1}}, target, 1), target);
}

/// A group of six shifts its weight among its own, anyhow, every third era: what it has on the way above its target.
TEST(Churn, shifting_weight_at_random_among_own_validators_gains_little_on_the_way)
{
    Random random(13);
    uint32_t most = 0;
    for (int i = 0; i != 300; ++i)
    {
        auto claims = random_claims(random, 20);
        const auto held = [](std::span<const Holder> allocation) {
            uint32_t seats = 0;
            for (uint32_t who = 0; who != 6; ++who)
                seats += seats_of(allocation, account(who));
            return seats;
        };
        auto present = apportion(claims, 100, 25);
        for (int era = 0; era != 30; ++era)
        {
            if (era % 3 == 0)
                for (uint32_t to = 0; to != 6; ++to)
                {
                    auto& from = claims[random.below(6)].weight;
                    const u128 part = from * random.below(100) / 100;
                    from -= part;
                    claims[to].weight += part;
                }
            const auto target = apportion(claims, 100, 25);
            present = step(claims, present, target, 10);
            most = std::max(most, held(present) - std::min(held(present), held(target)));
        }
    }
    EXPECT_LE(most, 3); // 2 found
}

/// A group that shifts its stake from one of its validators to another keeps no seats on both.
TEST(Churn, shifting_stake_between_own_validators_gains_no_seat_on_the_way)
{
    auto claims = claims_of(std::array<uint64_t, 4>{30, 1, 40, 29});
    auto present = apportion(claims, 100, 25);
    const auto held = seats_of(present, account(0)) + seats_of(present, account(1));
    claims[0].weight = 1;
    claims[1].weight = 30;
    const auto target = apportion(claims, 100, 25);
    while (present != target)
    {
        present = step(claims, present, target, 10);
        EXPECT_LE(seats_of(present, account(0)) + seats_of(present, account(1)), held);
    }
}

} // namespace
} // namespace seats
