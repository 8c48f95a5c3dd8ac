#include "libp2p/testing/world.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::next;
using testing::World;

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

TEST_F(Swarms, an_answer_to_a_stream_that_was_closed_meanwhile_opens_nothing)
{
    world.dial(a, b);
    world.run();
    a.swarm.open(b.id(), a.gossip, world.now);
    world.run();
    ASSERT_TRUE(next<swarm_event::NotificationsWanted>(b.swarm));
    b.swarm.accept(a.id(), b.gossip, world.now);
    // b's acceptance is on its way while a closes, and opens anew.
    World::carry(b.swarm, world.wires[0].at_b, a.swarm, world.wires[0].at_a, world.now);
    a.swarm.close(b.id(), a.gossip, world.now);
    EXPECT_FALSE(a.swarm.notify(b.id(), a.gossip, bytes_of("to nobody")));
    a.swarm.open(b.id(), a.gossip, world.now);
    EXPECT_FALSE(a.swarm.notify(b.id(), a.gossip, bytes_of("not yet")));
    world.run();
    EXPECT_EQ(a.swarm.peers().size(), 1U);
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
