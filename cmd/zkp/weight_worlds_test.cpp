#include "weight_worlds.hpp"

#include "chart.hpp"

#include <gtest/gtest.h>

#include <array>

namespace {

using cmd::Formula;

const cmd::WeightRules kRules{.rules = {.mix = {}, .seats = 100, .elected_max = 100}};

cmd::WeightWorld equal_world()
{
    return {std::vector(100, 1000.0), std::vector(100, 950'000.0), std::vector(100, 0.01)};
}

TEST(WeightWorlds, gini_is_zero_for_equals_and_nearly_one_for_one_owner)
{
    EXPECT_NEAR(cmd::gini(std::array{5.0, 5.0, 5.0}), 0, 1e-12);
    EXPECT_NEAR(cmd::gini(std::array{0.0, 0.0, 0.0, 8.0}), 0.75, 1e-12);
    EXPECT_NEAR(cmd::gini(std::array{1.0, 3.0}), 0.25, 1e-12);
    EXPECT_EQ(cmd::gini(std::array{0.0, 0.0}), 0);
}

/// The system's own examples: 285,400 by the static formula, 143,100.003 by the dynamic one (50 of 100 validators,
/// average space 0.01, stake variance 500).
TEST(WeightWorlds, the_published_formulas_give_the_published_examples)
{
    const auto fixed = cmd::weights_of({{1000}, {950'000}, {0.0099}}, Formula::published_static, kRules);
    EXPECT_NEAR(fixed[0], 285'400, 0.01);
    cmd::WeightWorld half{std::vector(50, 1000.0), std::vector(50, 950'000.0), std::vector(50, 0.01)};
    for (size_t i = 0; i != 50; ++i)
        half.stake[i] += i % 2 == 0 ? 22.360679775 : -22.360679775; // the root of 500
    const auto moving = cmd::weights_of(half, Formula::published_dynamic, {.rules = {}, .published_max = 100});
    EXPECT_NEAR((moving[0] + moving[1]) / 2, 143'100.003, 0.001);
}

/// Beside one honest validator, so that nothing is lost to rounding but by D'Hondt's favour.
TEST(WeightWorlds, costs_of_an_attack_are_those_of_the_closed_form)
{
    const cmd::WeightWorld one{{1000}, {950'000}, {1}};
    const auto all = cmd::attack_cost(one, 1, Formula::weight, kRules);
    EXPECT_NEAR(all.block, 0.2278, 1e-4);
    EXPECT_NEAR(all.decide, 0.5168, 1e-4);
    const auto none = cmd::attack_cost(one, 0, Formula::weight, kRules);
    EXPECT_NEAR(none.block, 0.4832, 1e-4);
    EXPECT_NEAR(none.decide, 0.7722, 1e-4);
    EXPECT_LT(cmd::attack_cost(equal_world(), 1, Formula::seats, kRules).block, all.block);
}

TEST(WeightWorlds, published_formulas_are_bought_without_stake)
{
    EXPECT_LT(cmd::attack_cost(equal_world(), 0.34, Formula::published_static, kRules).block, 0.001);
    std::mt19937_64 random(1);
    const auto unequal = cmd::draw_world(random, 100, 1.16, cmd::Spread::independent);
    EXPECT_LT(cmd::attack_cost(unequal, 0, Formula::published_dynamic, kRules).block, 0.01); // by many identities
}

TEST(WeightWorlds, the_same_seed_draws_the_same_world)
{
    std::mt19937_64 one(7), two(7);
    EXPECT_EQ(cmd::draw_world(one, 100, 1.16, cmd::Spread::with_stake).stake,
              cmd::draw_world(two, 100, 1.16, cmd::Spread::with_stake).stake);
}

TEST(Chart, values_lie_inside_the_frame)
{
    const auto picture = cmd::svg({"title", {"x"}, {"y"}, {{"line", {{0, 0}, {50, 100}, {100, 250}}}}, {50}});
    EXPECT_NE(picture.find("points=\"70.0,420.0 335.0,50.0 600.0,50.0 \""), std::string::npos);
    EXPECT_NE(picture.find(">title</text>"), std::string::npos);
}

} // namespace
