#include "finality/testing/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

namespace finality {
namespace {

using testing::World;
using testing::WorldOptions;

/// Runs a world into the calm and asserts that nothing was broken and that finality follows the chain again.
void expect_well(const WorldOptions& options)
{
    const auto nodes = options.seats.size() - options.liars.size();
    World world(options);
    world.run_until(options.calm + options.after);
    EXPECT_EQ(world.finalised_since(options.calm + options.after / 2), nodes)
        << "seed " << options.seed << ": of " << world.highest() << " blocks" << world.describe();
    for (const auto& fault : world.faults)
        ADD_FAILURE() << fault;
}

TEST(World, a_quiet_network_finalises_each_block_within_one_gossip_time)
{
    WorldOptions options{.seed = 1, .delay_max = Time(20), .forks = 0};
    options.calm = Time(0);
    World world(options);
    world.run_until(Time(30'000));
    EXPECT_EQ(world.finalised_at(29), 4);
    EXPECT_LE(world.latency_max(), Time(300));
    EXPECT_TRUE(world.faults.empty());
}

TEST(World, one_voter_decides_alone)
{
    WorldOptions options{.seed = 1, .seats = {3}, .forks = 0};
    World world(options);
    world.run_until(Time(10'500));
    EXPECT_EQ(world.finalised_at(10), 1);
    EXPECT_LE(world.latency_max(), Time(30));
    EXPECT_TRUE(world.faults.empty());
}

double number_of(const char* variable, double usual)
{
    const auto* value = std::getenv(variable);
    return value == nullptr ? usual : std::strtod(value, nullptr);
}

/// Runs worlds of one kind: a few of them, or, in the long suite, ever new ones for ZKP_SECONDS in all kinds together.
class Worlds : public ::testing::Test
{
protected:
    static constexpr double kKinds = 7;

    void each(uint64_t count, const std::function<WorldOptions(uint64_t)>& options)
    {
        using Clock = std::chrono::steady_clock;
        const bool is_long = std::getenv("ZKP_FINALITY_LONG") != nullptr;
        const auto end = Clock::now() + std::chrono::duration<double>(number_of("ZKP_SECONDS", 600) / kKinds);
        const auto first = uint64_t(is_long ? number_of("ZKP_SEED", 1) : 0) * 1'000'000;
        for (uint64_t i = 0; (is_long ? Clock::now() < end : i != count) && !HasFailure(); ++i)
        {
            auto world = options(i);
            world.seed = first + i;
            expect_well(world);
        }
    }
};

TEST_F(Worlds, four_voters_with_loss_and_partitions)
{
    each(6, [](uint64_t i) {
        return WorldOptions{.loss = 0.1 * double(i % 4), .reorder = i % 2 == 1, .partitions = i % 2 == 0};
    });
}

TEST_F(Worlds, four_voters_that_crash_and_keep_their_marks)
{
    each(6, [](uint64_t i) {
        return WorldOptions{
            .loss = i % 3 == 0 ? 0.2 : 0, .partitions = i % 4 == 0, .crashes = true, .forget = i % 2 == 0};
    });
}

TEST_F(Worlds, one_of_four_lies)
{
    each(6, [](uint64_t i) {
        return WorldOptions{
            .liars = {size_t(i % 4)}, .loss = i % 3 == 0 ? 0.1 : 0, .partitions = i % 2 == 0, .crashes = i % 5 == 0};
    });
}

TEST_F(Worlds, seven_voters_of_which_two_lie)
{
    each(2, [](uint64_t i) {
        return WorldOptions{.seats = {1, 1, 1, 1, 1, 1, 1},
                            .liars = {size_t(i % 7), size_t((i + 3) % 7)},
                            .partitions = true,
                            .crashes = i % 2 == 0};
    });
}

TEST_F(Worlds, nodes_with_several_seats)
{
    each(2, [](uint64_t i) {
        return WorldOptions{.seats = {4, 2, 2, 1, 1}, .liars = {i % 2 == 0 ? size_t(1) : size_t(3)}, .crashes = true};
    });
}

TEST_F(Worlds, twenty_voters)
{
    each(1, [](uint64_t) {
        return WorldOptions{.seats = std::vector<size_t>(20, 1),
                            .liars = {0, 5, 9, 12, 17, 19},
                            .calm = Time(1'000),
                            .after = Time(8'000)};
    });
}

TEST_F(Worlds, the_set_changes)
{
    each(4, [](uint64_t i) {
        return WorldOptions{.loss = i % 2 == 0 ? 0.1 : 0, .partitions = true, .crashes = i % 3 == 0, .change = 6};
    });
}

} // namespace
} // namespace finality
