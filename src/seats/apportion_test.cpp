#include "seats/apportion.hpp"

#include "seats/testing/world.hpp"

#include <gtest/gtest.h>

namespace seats {
namespace {

using testing::account;
using testing::claims_of;
using testing::Random;
using testing::seats_of;

std::vector<Claim> random_claims(Random& random, size_t size)
{
    std::vector<Claim> claims;
    for (size_t i = 0; i != size; ++i)
        claims.push_back(
            {account(uint32_t(i)), random.wide() % (kWeightOne / size + 1) >> random.below(12), kSeatsMax});
    return claims;
}

u128 sum_of(std::span<const Claim> claims)
{
    u128 sum = 0;
    for (const auto& claim : claims)
        sum += claim.weight;
    return sum;
}

/// All worlds of three validators with weights up to 5, up to 3 keys, up to 6 seats: ties and shortages everywhere.
TEST(Apportion, equals_the_largest_quotients_in_every_small_world)
{
    for (uint32_t code = 0; code != 6 * 6 * 6 * 4 * 4 * 4; ++code)
    {
        const std::vector<Claim> claims{{account(1), code % 6, code / 216 % 4},
                                        {account(0), code / 6 % 6, code / 864 % 4},
                                        {account(2), code / 36 % 6, code / 3456}};
        for (uint32_t seats = 1; seats <= 6; ++seats)
            for (uint32_t elected = 1; elected <= 3; ++elected)
                ASSERT_EQ(apportion(claims, seats, elected), testing::by_all_quotients(claims, seats, elected))
                    << code << " " << seats << " " << elected;
    }
}

TEST(Apportion, equals_the_largest_quotients_in_large_worlds)
{
    Random random(4);
    for (int i = 0; i != 300; ++i)
    {
        auto claims = random_claims(random, 1 + random.below(200));
        for (auto& claim : claims)
            claim.keys = random.below(4) == 0 ? uint32_t(random.below(4)) : kSeatsMax;
        const auto seats = uint32_t(1 + random.below(kSeatsMax));
        const auto elected = uint32_t(1 + random.below(seats));
        ASSERT_EQ(apportion(claims, seats, elected), testing::by_all_quotients(claims, seats, elected));
    }
}

TEST(Apportion, the_order_of_claims_does_not_matter)
{
    Random random(5);
    for (int i = 0; i != 200; ++i)
    {
        auto claims = random_claims(random, 1 + random.below(50));
        for (auto& claim : claims)
            claim.weight >>= random.below(2) * 106; // many equal
        const auto first = apportion(claims, 64, 16);
        for (size_t at = claims.size(); at > 1; --at)
            std::swap(claims[at - 1], claims[random.below(at)]);
        ASSERT_EQ(apportion(claims, 64, 16), first);
    }
}

TEST(Apportion, one_seat_more_takes_no_seat_from_anybody)
{
    Random random(6);
    for (int i = 0; i != 50; ++i)
    {
        const auto claims = random_claims(random, 1 + random.below(60));
        Allocation fewer;
        for (uint32_t seats = 1; seats <= kSeatsMax; ++seats)
        {
            const auto more = apportion(claims, seats, 25);
            for (const auto& holder : fewer)
                ASSERT_GE(seats_of(more, holder.account), holder.seats);
            ASSERT_EQ(total_of(more), seats);
            fewer = more;
        }
    }
}

/// D'Hondt's bounds: nobody below its quota rounded down; no group of the elected above its
/// weight times seats and validators outside it.
TEST(Apportion, seats_follow_weight_within_the_bounds)
{
    Random random(7);
    for (int i = 0; i != 500; ++i)
    {
        const auto claims = random_claims(random, 2 + random.below(24));
        const auto size = uint32_t(claims.size());
        const u128 sum = sum_of(claims);
        const uint32_t seats = 100;
        const auto allocation = apportion(claims, seats, size);
        uint32_t group_seats = 0, group = 0;
        u128 group_weight = 0;
        for (const auto& claim : claims)
        {
            const auto has = seats_of(allocation, claim.account);
            ASSERT_GE(has, uint32_t(claim.weight * seats / sum));
            ASSERT_LE(u128{has} * sum, claim.weight * (seats + size - 1));
            group_seats += has;
            group_weight += claim.weight;
            ++group;
            ASSERT_LE(u128{group_seats} * sum, group_weight * (seats + size - group)) << group;
        }
    }
}

TEST(Apportion, splitting_gains_nothing_and_merging_gains_at_most_a_seat)
{
    Random random(8);
    int gained = 0;
    for (int i = 0; i != 3000; ++i)
    {
        auto claims = random_claims(random, 3 + random.below(20));
        const auto size = uint32_t(claims.size());
        const auto split = apportion(claims, 100, size);
        const auto apart = seats_of(split, claims[0].account) + seats_of(split, claims[1].account);
        claims[0].weight += claims[1].weight;
        claims.erase(claims.begin() + 1);
        const auto together = seats_of(apportion(claims, 100, size), claims[0].account);
        ASSERT_GE(together, apart);
        ASSERT_LE(together, apart + 1);
        gained += together != apart;
    }
    EXPECT_GT(gained, 300); // D'Hondt favours the large
}

/// In ties too, by exhaustion: a validator split in all ways beside another.
TEST(Apportion, splitting_gains_nothing_in_a_tie_that_the_whole_would_win)
{
    for (uint64_t first = 0; first <= 8; ++first)
        for (uint64_t second = 0; second <= 8; ++second)
            for (uint64_t other = 0; other <= 8; ++other)
                for (uint32_t seats = 1; seats <= 8; ++seats)
                {
                    const auto split = apportion(claims_of(std::array{first, second, other}), seats, 3);
                    const auto whole = apportion(claims_of(std::array{first + second, uint64_t{0}, other}), seats, 3);
                    ASSERT_GE(seats_of(whole, account(0)), seats_of(split, account(0)) + seats_of(split, account(1)));
                }
}

/// An account can be chosen to come first. What that is worth: one seat, where two quotients are equal to the last of
/// 10³³ units; a stake larger by 10⁻¹² of the network's is worth the same.
TEST(Apportion, a_tie_goes_to_the_first_account_and_the_least_stake_outweighs_it)
{
    EXPECT_EQ(apportion(claims_of(std::array<uint64_t, 2>{5, 5}), 1, 2), (Allocation{{account(0), 1}}));
    EXPECT_EQ(apportion(claims_of(std::array<uint64_t, 2>{5, 6}), 1, 2), (Allocation{{account(1), 1}}));
    EXPECT_EQ(apportion(claims_of(std::array<uint64_t, 3>{5, 5, 5}), 8, 3),
              (Allocation{{account(0), 3}, {account(1), 3}, {account(2), 2}}));
}

TEST(Apportion, hands_out_fewer_seats_where_keys_are_fewer)
{
    const std::vector<Claim> claims{{account(0), 100, 2}, {account(1), 1, 3}, {account(2), 0, 50}, {account(3), 9, 0}};
    EXPECT_EQ(apportion(claims, 100, 25), (Allocation{{account(0), 2}, {account(1), 3}}));
    EXPECT_TRUE(apportion({}, 100, 25).empty());
    EXPECT_TRUE(apportion(claims_of(std::array<uint64_t, 2>{0, 0}), 100, 25).empty());
    EXPECT_EQ(apportion(std::vector<Claim>{{account(0), 1, ~0U}}, 100, 25), (Allocation{{account(0), 100}}));
}

TEST(Apportion, elects_only_the_heaviest)
{
    const auto claims = claims_of(std::array<uint64_t, 4>{10, 30, 10, 29});
    EXPECT_EQ(apportion(claims, 4, 1), (Allocation{{account(1), 4}}));
    EXPECT_EQ(apportion(claims, 4, 2), (Allocation{{account(1), 2}, {account(3), 2}}));
    EXPECT_EQ(apportion(claims, 7, 3), (Allocation{{account(0), 1}, {account(1), 3}, {account(3), 3}}));
}

} // namespace
} // namespace seats
