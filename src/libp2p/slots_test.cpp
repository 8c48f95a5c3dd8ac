#include "libp2p/testing/world.hpp"

#include <gtest/gtest.h>

/// Who gets a slot, who loses it, and what all may hold together.
namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::next;
using testing::pattern;
using testing::World;

struct Slots : ::testing::Test
{
    World::Member& member(SwarmLimits limits = {})
    {
        return *members.emplace_back(std::make_unique<World::Member>(uint8_t(members.size() + 1), limits));
    }
    /// A new member with a connection to `to` from 10.net.0.last; whether it still stands after the handshakes.
    World::Member* join(World::Member& to, uint8_t last, uint8_t net)
    {
        auto& from = member();
        if (!world.dial(from, to, last, net))
            return nullptr;
        world.run();
        return has(to, from) ? &from : nullptr;
    }
    static bool has(const World::Member& node, const World::Member& peer)
    {
        const auto peers = node.swarm.peers();
        return std::ranges::find(peers, peer.id()) != peers.end();
    }
    /// Time passes in steps, so that everybody answers pings.
    void wait(Time time)
    {
        for (Time passed{}; passed < time; passed += 5s)
        {
            world.now += 5s;
            for (auto& each : members)
                each->swarm.tick(world.now);
            world.run();
        }
    }
    void ask(World::Member& from, const World::Member& to)
    {
        from.swarm.request(to.id(), from.fetch, bytes_of("?"), world.now);
        world.run();
    }
    static void drop_what_is_over(World::Member& node)
    {
        while (const auto id = node.swarm.next_touched())
            if (node.swarm.over(*id) && node.swarm.take_output(*id).empty())
                node.swarm.drop(*id);
    }

    World world;
    std::vector<std::unique_ptr<World::Member>> members;
};

TEST_F(Slots, silent_handshakes_of_one_address_leave_room_for_others)
{
    auto& node = member({.pending_max = 4, .pending_per_address_max = 2});
    EXPECT_TRUE(node.swarm.accept(World::address(1), world.now));
    EXPECT_TRUE(node.swarm.accept(World::address(1), world.now));
    EXPECT_FALSE(node.swarm.accept(World::address(1), world.now));
    EXPECT_TRUE(join(node, 2, 0));
    node.swarm.tick(8s); // and their time is short
    drop_what_is_over(node);
    EXPECT_EQ(node.swarm.connections(), 1U);
}

TEST_F(Slots, when_handshakes_are_too_many_an_old_one_of_the_crowd_makes_room)
{
    auto& node = member({.pending_max = 4, .pending_per_address_max = 2});
    const auto first = node.swarm.accept(World::address(1), 0ms);
    node.swarm.accept(World::address(2), 100ms);
    node.swarm.accept(World::address(3), 200ms);
    const auto other = node.swarm.accept(World::address(9, 9), 50ms);
    EXPECT_FALSE(node.swarm.accept(World::address(4), 900ms)); // all are young, and its network has most of them
    EXPECT_TRUE(node.swarm.accept(World::address(4), 1100ms));
    EXPECT_TRUE(node.swarm.over(*first));
    EXPECT_FALSE(node.swarm.over(*other));
}

TEST_F(Slots, a_crowd_of_young_handshakes_makes_room_for_another_network_at_once)
{
    auto& node = member({.pending_max = 4});
    for (uint8_t i = 1; i != 5; ++i)
        EXPECT_TRUE(node.swarm.accept(World::address(i), 0ms));
    EXPECT_FALSE(node.swarm.accept(World::address(5), 10ms));
    EXPECT_TRUE(node.swarm.accept(World::address(1, 7), 10ms));
    EXPECT_TRUE(node.swarm.accept(World::address(2, 7), 10ms));
    drop_what_is_over(node);
    EXPECT_FALSE(node.swarm.accept(World::address(3, 7), 10ms)); // now both networks have as many
}

TEST_F(Slots, addresses_of_one_ipv6_site_count_as_one)
{
    auto& node = member({.pending_per_address_max = 2});
    const auto in_site = [](uint8_t last) {
        Bytes ip{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1};
        ip.resize(16, last);
        return address_of_socket(ip, 30333);
    };
    EXPECT_TRUE(node.swarm.accept(in_site(1), world.now));
    EXPECT_TRUE(node.swarm.accept(in_site(2), world.now));
    EXPECT_FALSE(node.swarm.accept(in_site(3), world.now));
    EXPECT_TRUE(node.swarm.accept(*address_of_text("/ip6/2001:db8:0:2::3/tcp/1"), world.now));
}

TEST_F(Slots, open_connections_of_one_address_are_bounded)
{
    auto& node = member({.per_address_max = 2});
    EXPECT_TRUE(join(node, 7, 0));
    EXPECT_TRUE(join(node, 7, 0));
    EXPECT_FALSE(join(node, 7, 0));
    EXPECT_TRUE(join(node, 8, 0));
}

TEST_F(Slots, idle_peers_lose_their_slots_to_newcomers_and_those_in_use_do_not)
{
    auto& node = member({.inbound_max = 3});
    auto *busy = join(node, 1, 1), *idle = join(node, 1, 2), *also_busy = join(node, 1, 3);
    ASSERT_TRUE(busy && idle && also_busy);
    EXPECT_FALSE(join(node, 1, 4)); // the first may have just begun
    wait(70s);
    ask(*busy, node);
    ask(*also_busy, node);
    const auto* newcomer = join(node, 1, 5);
    ASSERT_TRUE(newcomer);
    EXPECT_TRUE(has(node, *busy) && has(node, *also_busy));
    EXPECT_FALSE(has(node, *idle));
    wait(5s);
    EXPECT_FALSE(join(node, 1, 6)); // nobody is idle, and each network has one
    EXPECT_EQ(node.swarm.peers().size(), 3U);
}

TEST_F(Slots, a_network_with_many_slots_loses_one_to_another_network_but_not_to_its_own)
{
    auto& node = member({.inbound_max = 3});
    auto *oldest = join(node, 1, 1), *other = join(node, 1, 2);
    wait(5s);
    auto* crowd = join(node, 2, 1);
    ASSERT_TRUE(oldest && other && crowd);
    wait(40s);
    for (auto* peer : {oldest, other, crowd})
        ask(*peer, node);
    EXPECT_FALSE(join(node, 3, 1));
    EXPECT_TRUE(join(node, 1, 3));
    EXPECT_TRUE(has(node, *oldest) && has(node, *other));
    EXPECT_FALSE(has(node, *crowd)); // the newest of the crowd
}

TEST_F(Slots, of_peers_in_use_the_one_that_misbehaved_goes_first_and_such_a_newcomer_gets_nothing)
{
    auto& node = member({.inbound_max = 2});
    auto *good = join(node, 1, 1), *bad = join(node, 1, 2);
    ASSERT_TRUE(good && bad);
    wait(40s);
    ask(*good, node);
    ask(*bad, node);
    node.swarm.report(bad->id(), -100, world.now);
    EXPECT_TRUE(join(node, 1, 3));
    EXPECT_TRUE(has(node, *good));
    EXPECT_FALSE(has(node, *bad));
    wait(80s);
    node.swarm.report(bad->id(), -100, world.now);
    world.dial(*bad, node, 1, 2);
    world.run();
    EXPECT_FALSE(has(node, *bad));
}

TEST_F(Slots, of_all_peers_the_one_that_makes_us_hold_the_most_is_closed_first)
{
    auto& node = member({.buffered_max = 10 << 20});
    std::vector<World::Member*> peers;
    for (uint8_t i = 1; i != 5; ++i)
        ASSERT_TRUE(peers.emplace_back(join(node, i, i)));
    for (auto* peer : peers)
        peer->swarm.request(node.id(), peer->fetch, bytes_of("?"), world.now);
    world.run();
    for (size_t i = 0; i != peers.size(); ++i)
    {
        const auto request = next<swarm_event::Request>(node.swarm);
        ASSERT_TRUE(request && request->peer == peers[i]->id());
        node.swarm.answer(request->id, pattern((i == 2 ? 5 : 2) << 20), world.now); // nobody reads
        EXPECT_LE(node.swarm.buffered(), size_t{10 << 20});
    }
    EXPECT_EQ(node.swarm.peers().size(), 3U);
    EXPECT_FALSE(has(node, *peers[2]));
    std::optional<CloseReason> why;
    while (const auto lost = next<swarm_event::Disconnected>(node.swarm))
        why = lost->why;
    EXPECT_EQ(why, CloseReason::greedy);
    world.run(); // the others read
    for (const size_t i : {0, 1, 3})
        EXPECT_TRUE(next<swarm_event::Response>(peers[i]->swarm)->result);
    drop_what_is_over(node);
    EXPECT_LT(node.swarm.buffered(), size_t{64 << 10});
    EXPECT_GT(node.swarm.bytes_out(), uint64_t{6 << 20});
}

TEST_F(Slots, what_peers_send_in_part_counts_as_well)
{
    auto& node = member({.buffered_max = 1 << 20});
    std::vector<World::Member*> peers;
    for (uint8_t i = 1; i != 4; ++i)
        ASSERT_TRUE(peers.emplace_back(join(node, i, i)));
    for (auto* peer : peers)
        peer->swarm.request(node.id(), peer->fetch, pattern(900 * 1024), world.now);
    for (int round = 0; round != 2; ++round) // each sends a window, about 256 KiB, and then half a window
        for (const auto& [a, b, at_a, at_b] : world.wires)
        {
            World::carry(a->swarm, at_a, b->swarm, at_b, world.now);
            World::carry(b->swarm, at_b, a->swarm, at_a, world.now);
        }
    EXPECT_LE(node.swarm.buffered(), size_t{1 << 20});
}

} // namespace
} // namespace libp2p
