#include "libp2p/swarm.hpp"
#include "libp2p/testing/pair.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;

/// Swarms joined by wires that lose nothing: what network does, without sockets.
struct World
{
    struct Member
    {
        explicit Member(uint8_t seed, SwarmLimits limits = {})
            : entropy(seed), identity(entropy), swarm(identity, entropy, {}, limits)
        {
            gossip = swarm.add({.name = "/test/gossip/1", .kind = ProtocolKind::notifications});
            fetch = swarm.add({.name = "/test/fetch/1", .kind = ProtocolKind::requests});
        }
        const PeerId& id() const { return swarm.peer_id(); }
        testing::SeededEntropy entropy;
        Identity identity;
        Swarm swarm;
        ProtocolId gossip, fetch;
    };
    struct Wire
    {
        Member *a, *b;
        ConnectionId at_a, at_b;
    };

    static Multiaddr address(uint8_t last) { return address_of_socket(Bytes{10, 0, 0, last}, 30333); }

    bool dial(Member& from, Member& to, uint8_t last = 1)
    {
        const auto outbound = from.swarm.dial(address(last), std::nullopt, now);
        const auto inbound = outbound ? to.swarm.accept(address(last), now) : std::nullopt;
        if (!inbound)
        {
            if (outbound)
                from.swarm.end_of_input(*outbound);
            return false;
        }
        wires.push_back({&from, &to, *outbound, *inbound});
        return true;
    }
    static bool carry(Swarm& from, ConnectionId at_from, Swarm& to, ConnectionId at_to, Time now)
    {
        const auto bytes = from.take_output(at_from);
        to.receive(at_to, bytes, now);
        if (bytes.empty() && from.over(at_from) && !to.over(at_to))
            to.end_of_input(at_to);
        return !bytes.empty();
    }
    void run()
    {
        for (bool moved = true; moved;)
        {
            moved = false;
            for (const auto& [a, b, at_a, at_b] : wires)
            {
                moved |= carry(a->swarm, at_a, b->swarm, at_b, now);
                moved |= carry(b->swarm, at_b, a->swarm, at_a, now);
            }
        }
    }

    Time now{};
    std::vector<Wire> wires;
};

template <class E>
std::optional<E> next(Swarm& swarm)
{
    while (auto event = swarm.next_event())
        if (auto* found = std::get_if<E>(&*event))
            return std::move(*found);
    return std::nullopt;
}

struct Swarms : ::testing::Test
{
    World world;
    World::Member a{1}, b{2};
};

TEST_F(Swarms, peers_connect_gossip_and_ask_each_other)
{
    ASSERT_TRUE(world.dial(a, b));
    world.run();
    EXPECT_EQ(next<swarm_event::Connected>(a.swarm)->peer, b.id());
    EXPECT_EQ(b.swarm.peers(), std::vector{a.id()});

    a.swarm.set_handshake(a.gossip, bytes_of("from a"));
    b.swarm.set_handshake(b.gossip, bytes_of("from b"));
    a.swarm.open(b.id(), a.gossip, world.now);
    world.run();
    EXPECT_EQ(next<swarm_event::NotificationsWanted>(b.swarm)->handshake, bytes_of("from a"));
    b.swarm.accept(a.id(), b.gossip, world.now);
    world.run();
    EXPECT_EQ(next<swarm_event::NotificationsOpen>(a.swarm)->handshake, bytes_of("from b"));
    // Accepting opens the other direction, which the first side accepts in its turn.
    a.swarm.accept(b.id(), a.gossip, world.now);
    world.run();
    EXPECT_TRUE(next<swarm_event::NotificationsOpen>(b.swarm));
    EXPECT_TRUE(a.swarm.notify(b.id(), a.gossip, bytes_of("hello")));
    EXPECT_TRUE(b.swarm.notify(a.id(), b.gossip, bytes_of("hi")));
    world.run();
    EXPECT_EQ(next<swarm_event::Notification>(b.swarm)->message, bytes_of("hello"));
    EXPECT_EQ(next<swarm_event::Notification>(a.swarm)->message, bytes_of("hi"));

    const auto asked = b.swarm.request(a.id(), b.fetch, bytes_of("what?"), world.now);
    world.run();
    const auto request = next<swarm_event::Request>(a.swarm);
    ASSERT_TRUE(request);
    a.swarm.answer(request->id, bytes_of("that"), world.now);
    a.swarm.answer(request->id, bytes_of("twice"), world.now);
    world.run();
    const auto response = next<swarm_event::Response>(b.swarm);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->id, asked);
    EXPECT_EQ(response->result, bytes_of("that"));

    a.swarm.close(b.id(), a.gossip, world.now);
    world.run();
    EXPECT_TRUE(next<swarm_event::NotificationsClosed>(b.swarm));
    EXPECT_FALSE(a.swarm.notify(b.id(), a.gossip, bytes_of("late")));
}

TEST_F(Swarms, a_refused_handshake_closes_and_may_be_tried_again)
{
    world.dial(a, b);
    world.run();
    for (int i = 0; i != 3; ++i)
    {
        a.swarm.open(b.id(), a.gossip, world.now);
        world.run();
        ASSERT_TRUE(next<swarm_event::NotificationsWanted>(b.swarm)) << i;
        b.swarm.refuse(a.id(), b.gossip, world.now);
        world.run();
        EXPECT_TRUE(next<swarm_event::NotificationsClosed>(a.swarm));
    }
}

TEST_F(Swarms, of_two_connections_to_one_peer_one_stays_on_both_sides)
{
    world.dial(a, b);
    world.dial(b, a);
    world.run();
    EXPECT_EQ(a.swarm.peers().size(), 1U);
    EXPECT_EQ(b.swarm.peers().size(), 1U);
    EXPECT_NE(a.swarm.over(world.wires[0].at_a), a.swarm.over(world.wires[1].at_b));
    EXPECT_EQ(a.swarm.over(world.wires[0].at_a), b.swarm.over(world.wires[0].at_b));

    const auto asked = a.swarm.request(b.id(), a.fetch, bytes_of("x"), world.now);
    world.run();
    EXPECT_TRUE(asked && next<swarm_event::Request>(b.swarm));
}

TEST_F(Swarms, a_peer_that_reconnects_replaces_its_old_connection)
{
    world.dial(a, b);
    world.run();
    world.dial(a, b);
    world.run();
    EXPECT_TRUE(b.swarm.over(world.wires[0].at_b));
    EXPECT_FALSE(b.swarm.over(world.wires[1].at_b));
    EXPECT_EQ(b.swarm.peers().size(), 1U);
}

TEST_F(Swarms, requests_of_a_lost_connection_fail)
{
    world.dial(a, b);
    world.run();
    const auto asked = a.swarm.request(b.id(), a.fetch, bytes_of("x"), world.now);
    a.swarm.end_of_input(world.wires[0].at_a);
    const auto response = next<swarm_event::Response>(a.swarm);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->id, asked);
    EXPECT_EQ(response->result.error(), RequestFailure::disconnected);
    EXPECT_TRUE(next<swarm_event::Disconnected>(a.swarm));
    EXPECT_FALSE(a.swarm.request(b.id(), a.fetch, {}, world.now));
}

TEST_F(Swarms, a_banned_peer_is_cut_off_and_may_come_back_when_its_time_is_over)
{
    world.dial(a, b);
    world.run();
    b.swarm.report(a.id(), -999, world.now);
    EXPECT_EQ(b.swarm.peers().size(), 1U);
    b.swarm.report(a.id(), -1, world.now);
    world.run();
    EXPECT_TRUE(b.swarm.peers().empty());
    world.dial(a, b);
    world.run();
    EXPECT_TRUE(b.swarm.peers().empty());
    world.now += ReputationTable::kBan;
    world.dial(a, b);
    world.run();
    EXPECT_EQ(b.swarm.peers().size(), 1U);
}

TEST_F(Swarms, connections_are_refused_beyond_each_limit)
{
    World::Member small(3, {.inbound_max = 3, .pending_max = 2, .per_address_max = 2});
    EXPECT_TRUE(small.swarm.accept(World::address(1), world.now));
    EXPECT_TRUE(small.swarm.accept(World::address(2), world.now));
    EXPECT_FALSE(small.swarm.accept(World::address(3), world.now)); // two are in their handshake
    small.swarm.tick(9s);
    while (const auto id = small.swarm.next_touched())
        if (small.swarm.over(*id))
            small.swarm.drop(*id);
    EXPECT_EQ(small.swarm.connections(), 0U);

    World::Member peers[] = {World::Member(11), World::Member(12), World::Member(13), World::Member(14)};
    EXPECT_TRUE(world.dial(peers[0], small, 7));
    world.run();
    EXPECT_TRUE(world.dial(peers[1], small, 7));
    world.run();
    EXPECT_FALSE(world.dial(peers[2], small, 7));
    EXPECT_TRUE(world.dial(peers[2], small, 8));
    world.run();
    EXPECT_FALSE(world.dial(peers[3], small, 9));
    EXPECT_EQ(small.swarm.peers().size(), 3U);
}

TEST_F(Swarms, a_node_that_reaches_itself_lets_go)
{
    world.dial(a, a);
    world.run();
    EXPECT_TRUE(a.swarm.peers().empty());
}

TEST(Reputation, scores_return_to_zero_and_the_table_stays_bounded)
{
    ReputationTable table;
    PeerId peer;
    EXPECT_FALSE(table.change(peer, -500, 0s));
    EXPECT_EQ(table.score(peer, 100s), -400);
    EXPECT_EQ(table.score(peer, 1000s), 0);
    EXPECT_FALSE(table.change(peer, 100000, 0s));
    EXPECT_EQ(table.score(peer, 0s), ReputationTable::kScoreMax);
    EXPECT_TRUE(table.change(peer, -3000, 0s));
    EXPECT_TRUE(table.banned(peer, 1s));
    for (uint32_t i = 1; i != 5000; ++i)
    {
        PeerId other;
        other.key[1] = uint8_t(i);
        other.key[2] = uint8_t(i >> 8);
        table.change(other, -int32_t(i % 100), 0s);
    }
    EXPECT_EQ(table.size(), ReputationTable::kEntriesMax);
    EXPECT_TRUE(table.banned(peer, 1s)); // bans are kept
}

} // namespace
} // namespace libp2p
