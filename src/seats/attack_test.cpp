#include "seats/testing/attack.hpp"

#include <gtest/gtest.h>

#include <cstdio>

/// docs/specs/consensus.md states the figures that these tests print.
namespace seats {
namespace {

using testing::Holders;
using testing::Random;

constexpr std::array kHolders{Holders::attacker, Holders::nobody, Holders::honest};

Rules rules_of(uint32_t seats, uint32_t elected) { return {.mix = {}, .seats = seats, .elected_max = elected}; }

struct Row
{
    const char* name;
    uint32_t seats, elected;
    testing::Crowd crowd;
};
constexpr std::array kRows{
    Row{"64 seats, 16 validators", 64, 16, testing::Crowd::fits},
    Row{"64 seats, crowding out", 64, 16, testing::Crowd::too_many},
    Row{"100 seats, 25 validators", 100, 25, testing::Crowd::fits},
    Row{"100 seats, crowding out", 100, 25, testing::Crowd::too_many},
    Row{"128 seats, 32 validators", 128, 32, testing::Crowd::fits},
    Row{"128 seats, crowding out", 128, 32, testing::Crowd::too_many},
    Row{"100 seats, 100 validators", 100, 100, testing::Crowd::fits},
    Row{"16 seats, 4 validators", 16, 4, testing::Crowd::fits},
    Row{"16 seats, 16 validators", 16, 16, testing::Crowd::fits},
};

/// What the closed form says is reached by the real computation, and a thousandth less of stake is not enough for the
/// same shapes.
TEST(Attack, the_worst_worlds_need_what_the_closed_form_says)
{
    std::printf(
        "  least share in %%, to block | to decide: of the weight; of the stake with all work and space, where there "
        "is none, against all of it\n");
    for (const auto& row : kRows)
    {
        const auto rules = rules_of(row.seats, row.elected);
        std::printf("  %-26s", row.name);
        std::array<std::array<double, 2>, 4> figures{};
        for (size_t goal = 0; goal != 2; ++goal)
        {
            const auto seats = goal == 0 ? testing::blocking(row.seats) : testing::deciding(row.seats);
            const auto plan = testing::best_plan(rules, seats, row.crowd);
            figures[0][goal] = plan.weight();
            for (size_t who = 0; who != kHolders.size(); ++who)
            {
                const auto needs = testing::stake_of(plan.weight(), kHolders[who]);
                figures[1 + who][goal] = needs;
                EXPECT_GE(testing::attacker_seats(plan.shapes(), needs + 1e-5, kHolders[who], rules), seats)
                    << row.name;
                EXPECT_LT(testing::attacker_seats(plan.shapes(), needs - 1e-3, kHolders[who], rules), seats)
                    << row.name;
            }
        }
        for (const auto& [block, decide] : figures)
            std::printf("  %4.1f | %4.1f", 100 * block, 100 * decide);
        std::printf("\n");
    }
}

/// Random shapes of both sides, and the worst ones, improved step by step, never need less than the closed form says.
TEST(Attack, no_search_finds_a_cheaper_world)
{
    struct Search
    {
        Holders who;
        uint32_t seats, elected;
        int steps;
    };
    Random random(12);
    for (const auto& search :
         {Search{Holders::attacker, 16, 4, 80}, Search{Holders::nobody, 16, 4, 80}, Search{Holders::honest, 16, 4, 80},
          Search{Holders::attacker, 10, 10, 80}, Search{Holders::nobody, 64, 16, 20}})
        for (const auto goal : {testing::blocking(search.seats), testing::deciding(search.seats)})
        {
            const auto rules = rules_of(search.seats, search.elected);
            const auto plan = testing::best_plan(rules, goal, testing::Crowd::too_many);
            const auto bound = testing::stake_of(plan.weight(), search.who);
            const auto climbed = [&](const testing::Shapes& shapes) {
                return testing::climb(shapes, random, rules, goal, search.who, search.steps);
            };
            EXPECT_NEAR(climbed(plan.shapes()), bound, 1e-5) << search.seats << " " << goal;
            double least = 1;
            for (int start = 0; start != 4; ++start)
                least = std::min(least, climbed(testing::any_shapes(random, rules)));
            EXPECT_GT(least, bound - 1e-6) << search.seats << " " << goal;
            EXPECT_LT(least, bound + 0.25) << search.seats << " " << goal;
        }
}

} // namespace
} // namespace seats
