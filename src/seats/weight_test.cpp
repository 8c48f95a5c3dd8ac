#include "seats/weight.hpp"

#include "seats/testing/world.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace seats {
namespace {

using testing::account;
using testing::Random;

double part(u128 weight) { return double(weight) / double(kWeightOne); }

/// n validators with random stakes, work and space of any shape; work and space each sum to at most one.
std::vector<Candidate> any_world(Random& random, size_t size)
{
    std::vector<Candidate> world(size);
    Share work = kOne, space = kOne;
    for (auto& candidate : world)
    {
        candidate.account = account(uint32_t(&candidate - world.data()));
        candidate.stake = random.wide() >> random.below(128) | 1;
        candidate.work = random.below(work + 1) >> random.below(8);
        candidate.space = random.below(space + 1) >> random.below(8);
        work -= candidate.work;
        space -= candidate.space;
        candidate.keys = kSeatsMax;
    }
    return world;
}

/// An attacker's part of the weight that holds `stake`, all work and all space, on one validator.
double weight_of_attacker(double stake, const Mix& mix)
{
    const auto own = u128(stake * 1e18);
    const std::vector<Candidate> world{{account(0), own, kOne, kOne, 1}, {account(1), u128(1e18) - own, 0, 0, 1}};
    return part(weigh(world, mix)[0].weight);
}

/// The least stake with which `weight_of_attacker` is at least a goal.
double least_stake(double goal, const Mix& mix)
{
    double low = 0, high = 1;
    for (int i = 0; i != 50; ++i)
        (weight_of_attacker((low + high) / 2, mix) < goal ? low : high) = (low + high) / 2;
    return high;
}

TEST(Weight, is_the_formula)
{
    const std::vector<Candidate> world{{account(0), 500, kOne / 10, kOne, 1}, {account(1), 500, kOne * 3 / 5, 0, 1}};
    const auto claims = weigh(world, {});
    // work counts 0.1 and 0.5, space 0.5 and 0: what is missing, 0.3·0.4 + 0.3·0.5, returns to stake.
    EXPECT_NEAR(part(claims[0].weight), 0.3 * 0.1 + 0.3 * 0.5 + (0.4 + 0.12 + 0.15) * 0.5, 1e-12);
    EXPECT_NEAR(part(claims[1].weight), 0.3 * 0.5 + (0.4 + 0.12 + 0.15) * 0.5, 1e-12);
    EXPECT_EQ(claims[0].weight + claims[1].weight, kWeightOne);
}

TEST(Weight, sums_to_one_but_for_the_rounding_of_shares)
{
    Random random(2);
    for (int i = 0; i != 2000; ++i)
    {
        const auto world = any_world(random, 1 + random.below(60));
        u128 sum = 0;
        for (const auto& claim : weigh(world, {}))
            sum += claim.weight;
        ASSERT_LE(sum, kWeightOne);
        ASSERT_GT(sum, kWeightOne - u128{kBillion} * kOne * 2 * world.size());
    }
}

/// Decision 4: all work and all space together still need 23 % of the stake to block finality, 52 % to decide it.
TEST(Weight, all_work_and_all_space_still_need_23_percent_of_the_stake_to_block_and_52_to_decide)
{
    EXPECT_NEAR(least_stake(1.0 / 3, {}), (1.6 - std::sqrt(1.76)) / 1.2, 1e-9); // 22.78 %
    EXPECT_NEAR(least_stake(2.0 / 3, {}), (1.6 - std::sqrt(0.96)) / 1.2, 1e-9); // 51.68 %
}

TEST(Weight, every_mix_that_governance_may_set_needs_at_least_as_much)
{
    int mixes = 0;
    for (uint32_t alpha = 0; alpha <= 100; ++alpha)
        for (uint32_t beta = 0; alpha + beta <= 100; ++beta)
        {
            const Mix mix{alpha * 10'000'000, beta * 10'000'000, (100 - alpha - beta) * 10'000'000};
            if (!check(mix))
                continue;
            ++mixes;
            EXPECT_TRUE(mix.gamma < kBillion / 2 && mix.alpha < 350'000'000 && mix.beta < 350'000'000);
            EXPECT_GE(least_stake(1.0 / 3, mix), 0.2277);
            EXPECT_GE(least_stake(2.0 / 3, mix), 0.5168);
        }
    EXPECT_EQ(mixes, 45);
    EXPECT_LT(least_stake(1.0 / 3, {350'000'000, 350'000'000, 300'000'000}), 0.22);
}

/// Nothing that honest validators hold, and no way to split, gives a group more than one validator with all work and
/// space has.
TEST(Weight, no_group_weighs_more_than_its_stake_with_all_work_and_all_space)
{
    Random random(3);
    for (int i = 0; i != 5000; ++i)
    {
        const auto world = any_world(random, 2 + random.below(12));
        const auto claims = weigh(world, {});
        Stakes stakes;
        for (const auto& candidate : world)
            stakes.add(candidate.stake);
        const size_t group = 1 + random.below(world.size() - 1);
        double stake = 0, weight = 0;
        for (size_t who = 0; who != group; ++who)
        {
            stake += double(stakes.share(world[who].stake)) / double(kOne);
            weight += part(claims[who].weight);
        }
        ASSERT_LE(weight, 1.6 * stake - 0.6 * stake * stake + 1e-9);
    }
}

TEST(Weight, without_scores_is_stake)
{
    const std::vector<Candidate> world{
        {account(0), 300, 0, 0, 9}, {account(1), 100, 0, 0, 9}, {account(2), 0, 0, 0, 9}};
    const auto claims = weigh(world, {});
    EXPECT_EQ(claims[0].weight, kWeightOne / 4 * 3);
    EXPECT_EQ(claims[1].weight, kWeightOne / 4);
    EXPECT_EQ(claims[2].weight, 0);
}

TEST(Weight, work_without_stake_weighs_nothing)
{
    const std::vector<Candidate> world{{account(0), 0, kOne, kOne, 9}, {account(1), 1, 0, 0, 9}};
    EXPECT_EQ(weigh(world, {})[0].weight, 0);
    EXPECT_EQ(weigh(world, {})[1].weight, kWeightOne);
    for (const auto& claim : weigh(std::vector<Candidate>{{account(0), 0, kOne, kOne, 9}}, {}))
        EXPECT_EQ(claim.weight, 0);
    EXPECT_TRUE(weigh({}, {}).empty());
}

TEST(Weight, a_candidate_without_keys_is_none)
{
    const std::vector<Candidate> world{{account(0), 900, kOne, 0, 0}, {account(1), 100, 0, 0, 1}};
    EXPECT_EQ(weigh(world, {})[0].weight, 0);
    EXPECT_EQ(weigh(world, {})[1].weight, kWeightOne);
}

TEST(Weight, the_largest_stakes_neither_overflow_nor_sum_to_more_than_one)
{
    std::vector<Candidate> world(4096, Candidate{{}, ~u128{0}, kOne / 4096, kOne / 4096, 128});
    world.push_back({{}, 1, kOne, kOne, 1});
    u128 sum = 0;
    for (const auto& claim : weigh(world, {}))
        sum += claim.weight;
    EXPECT_LE(sum, kWeightOne);
    EXPECT_NEAR(part(sum), 1, 1e-8);
}

TEST(Mix, refuses_what_would_weaken_the_figures_and_what_leaps)
{
    EXPECT_TRUE(check(Mix{}));
    EXPECT_EQ(check(Mix{300'000'000, 300'000'000, 400'000'001}).error(), MixRefusal::sum);
    EXPECT_EQ(check(Mix{~0U, ~0U, ~0U}).error(), MixRefusal::sum);
    EXPECT_EQ(check(Mix{250'000'000, 300'000'000, 450'000'000}).error(), MixRefusal::work_low);
    EXPECT_EQ(check(Mix{300'000'000, 250'000'000, 450'000'000}).error(), MixRefusal::space_low);
    EXPECT_EQ(check(Mix{300'000'001, 300'000'000, 399'999'999}).error(), MixRefusal::stake_low);
    EXPECT_TRUE(check_change({}, {250'000'001, 349'999'999, 400'000'000}));
    EXPECT_EQ(check_change({260'000'000, 340'000'000, 400'000'000}, {310'000'001, 289'999'999, 400'000'000}).error(),
              MixRefusal::step_large);
    EXPECT_EQ(check_change({}, {0, 0, kBillion}).error(), MixRefusal::work_low);
}

} // namespace
} // namespace seats
