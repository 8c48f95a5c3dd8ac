#include "libp2p/kad_messages.hpp"
#include "libp2p/testing/discovery_world.hpp"
#include "libp2p/testing/world.hpp"

#include <gtest/gtest.h>

/// Many at once, most of them hostile: what they cost, and that the others do not notice.
namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::next;
using testing::pattern;
using testing::World;

/// 10,000 different sites in 40 networks.
Multiaddr site(uint32_t number)
{
    return address_of_socket(Bytes{11, uint8_t(number % 40), uint8_t(number >> 8), uint8_t(number)}, 30333);
}

struct Flood : ::testing::Test
{
    World::Member& member(SwarmLimits limits = {})
    {
        return *members.emplace_back(std::make_unique<World::Member>(uint32_t(members.size() + 1), limits));
    }
    void drop_what_is_over(World::Member& node)
    {
        while (const auto id = node.swarm.next_touched())
        {
            replied += node.swarm.take_output(*id).size();
            if (node.swarm.over(*id))
                node.swarm.drop(*id);
        }
    }
    /// An honest peer from a network of its own; whether it is in.
    bool honest_peer_joins(World::Member& node, uint8_t net)
    {
        auto& peer = member();
        if (!world.dial(peer, node, 1, net))
            return false;
        while (World::carry(peer.swarm, world.wires.back().at_a, node.swarm, world.wires.back().at_b, world.now) |
               World::carry(node.swarm, world.wires.back().at_b, peer.swarm, world.wires.back().at_a, world.now))
            ;
        return peer.swarm.peers().size() == 1;
    }

    World world;
    std::vector<std::unique_ptr<World::Member>> members;
    size_t replied = 0;
};

TEST_F(Flood, ten_thousand_connections_with_garbage_leave_nothing_and_honest_peers_get_in_between)
{
    auto& node = member();
    const SwarmLimits limits;
    size_t admitted = 0, most_held = 0;
    for (uint32_t i = 0; i != 10'000; ++i)
    {
        world.now += 1ms; // 1,000 a second
        if (const auto id = node.swarm.accept(site(i), world.now))
        {
            ++admitted;
            // Some garbage is refused at once; a greeting and nothing more, or nothing at all, waits for its time.
            if (i % 3 == 0)
                node.swarm.receive(*id, pattern(3000, i), world.now);
            else if (i % 3 == 1)
                node.swarm.receive(*id, bytes_of("\x13/multistream/1.0.0\n"), world.now);
        }
        drop_what_is_over(node);
        EXPECT_LE(node.swarm.connections(), limits.pending_max + limits.inbound_max);
        most_held = std::max(most_held, node.swarm.buffered());
        if (i % 1000 == 999)
            EXPECT_TRUE(honest_peer_joins(node, uint8_t(200 + i / 1000))) << i;
    }
    EXPECT_GT(admitted, 600U); // 64 a second
    EXPECT_LE(most_held, (limits.pending_max + limits.inbound_max) * 16 * 1024);
    EXPECT_LE(replied, admitted * 64 + 10 * 4096); // no amplification
    node.swarm.tick(world.now += 8s);
    drop_what_is_over(node);
    EXPECT_EQ(node.swarm.connections(), 10U);
}

TEST_F(Flood, peers_that_send_a_byte_a_second_lose_their_place_in_time)
{
    auto& node = member();
    std::vector<ConnectionId> slow;
    for (uint32_t i = 0; i != 200; ++i)
        if (const auto id = node.swarm.accept(site(i), world.now))
            slow.push_back(*id);
    EXPECT_EQ(slow.size(), SwarmLimits{}.pending_max);
    const auto greeting = bytes_of("\x13/multistream/1.0.0\n");
    for (size_t second = 0; second != 9; ++second)
    {
        for (const auto id : slow)
            node.swarm.receive(id, ByteView(greeting).subspan(second, 1), world.now);
        world.now += 1s;
        node.swarm.tick(world.now);
        drop_what_is_over(node);
        EXPECT_TRUE(honest_peer_joins(node, uint8_t(100 + second))) << second;
    }
    for (const auto id : slow)
        EXPECT_TRUE(node.swarm.over(id));
}

TEST_F(Flood, requests_that_drip_are_given_up_and_the_connection_serves_others)
{
    auto& node = member();
    ASSERT_TRUE(honest_peer_joins(node, 1));
    auto& peer = *members.back();
    const auto [a, b, at_a, at_b] = world.wires[0];
    // Sixteen requests, of each the first window, and then not a byte.
    for (int i = 0; i != 16; ++i)
        peer.swarm.request(node.id(), peer.fetch, pattern(900'000), world.now);
    for (int round = 0; round != 8; ++round)
    {
        World::carry(a->swarm, at_a, b->swarm, at_b, world.now);
        World::carry(b->swarm, at_b, a->swarm, at_a, world.now);
    }
    const auto held = node.swarm.buffered();
    EXPECT_GT(held, 1U << 20);
    for (int i = 0; i != 8; ++i)
    {
        world.now += 5s;
        node.swarm.tick(world.now);
    }
    EXPECT_LT(node.swarm.buffered(), 64U * 1024);
    EXPECT_FALSE(next<swarm_event::Request>(node.swarm));
}

TEST_F(Flood, a_request_above_its_bound_is_refused_before_it_has_come)
{
    auto& node = member();
    auto& peer = *members.emplace_back(std::make_unique<World::Member>(77U));
    ASSERT_TRUE(world.dial(peer, node));
    world.run();
    peer.swarm.request(node.id(), peer.fetch, pattern((1 << 20) + 1), world.now);
    size_t most = 0;
    for (bool moved = true; moved;)
    {
        const auto& [a, b, at_a, at_b] = world.wires[0];
        moved = World::carry(a->swarm, at_a, b->swarm, at_b, world.now) |
                World::carry(b->swarm, at_b, a->swarm, at_a, world.now);
        most = std::max(most, node.swarm.buffered());
    }
    EXPECT_FALSE(next<swarm_event::Request>(node.swarm));
    EXPECT_LT(most, 64U * 1024);
    EXPECT_EQ(next<swarm_event::Response>(peer.swarm)->result.error(), RequestFailure::refused);
    EXPECT_EQ(node.swarm.peers().size(), 1U); // the connection lives
}

TEST_F(Flood, a_thousand_peers_are_served_within_some_kilobytes_each)
{
    auto& node = member({.inbound_max = 1000});
    std::vector<World::Member*> peers;
    for (uint32_t i = 0; i != 1000; ++i)
    {
        auto& peer = member();
        peers.push_back(&peer);
        const auto out = peer.swarm.dial(site(0), std::nullopt, world.now);
        const auto in = node.swarm.accept(site(i), world.now);
        ASSERT_TRUE(out && in) << i;
        world.wires.push_back({&peer, &node, *out, *in});
        const auto& wire = world.wires.back();
        while (World::carry(peer.swarm, wire.at_a, node.swarm, wire.at_b, world.now) |
               World::carry(node.swarm, wire.at_b, peer.swarm, wire.at_a, world.now))
            ;
    }
    EXPECT_EQ(node.swarm.peers().size(), 1000U);
    while (node.swarm.next_event())
        ;
    for (auto* peer : peers)
        peer->swarm.request(node.id(), peer->fetch, bytes_of("?"), world.now);
    world.run();
    size_t asked = 0;
    while (const auto request = next<swarm_event::Request>(node.swarm))
    {
        node.swarm.answer(request->id, pattern(1000), world.now);
        ++asked;
    }
    world.run();
    EXPECT_EQ(asked, 1000U);
    for (auto* peer : peers)
    {
        const auto response = next<swarm_event::Response>(peer->swarm);
        ASSERT_TRUE(response && response->result);
        EXPECT_EQ(response->result->size(), 1000U);
    }
    EXPECT_LE(node.swarm.buffered(), 1000U * 4096);
}

struct SilentNodes : ::testing::Test
{
    testing::DiscoveryWorld world;
    using W = testing::DiscoveryWorld;
};

TEST_F(SilentNodes, a_dialled_peer_that_says_nothing_or_falls_silent_gives_its_slot_to_another)
{
    auto& mute = world.add(W::address(1, 1), W::options());
    mute.mute = true;
    auto& later = world.add(W::address(2, 2), W::options());
    auto options = W::options({with_peer(mute.address, mute.id()), with_peer(later.address, later.id())});
    auto& node = world.add(W::address(3, 3), options);
    world.run(5s);
    EXPECT_TRUE(node.discovery.connector().holds_slot(later.id()));
    EXPECT_EQ(node.discovery.connector().dialling(), 1U);
    world.run(5s);
    EXPECT_EQ(node.discovery.peers().find(mute.id())->failures, 1U);
    EXPECT_EQ(node.discovery.connector().dialling(), 0U);
    later.mute = true;
    world.run(40s); // a ping is asked, and not answered
    EXPECT_FALSE(node.knows(later.id()));
    EXPECT_EQ(node.discovery.connector().slots(), 0U);
    for (int i = 0; i != 30; ++i)
    {
        world.run(60s);
        EXPECT_LE(node.swarm.connections(), 2U);
    }
    EXPECT_FALSE(node.discovery.kad().table().contains(later.id()));
    later.mute = false;
    world.run(120s);
    EXPECT_TRUE(node.knows(later.id()));
}

} // namespace
} // namespace libp2p
