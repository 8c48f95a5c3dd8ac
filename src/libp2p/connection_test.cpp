#include "libp2p/connection.hpp"
#include "libp2p/testing/pair.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::next;
using testing::pattern;

constexpr ProtocolId kGossip = 0, kFetch = 1;

std::vector<Protocol> protocols()
{
    return {{.name = "/test/gossip/1", .kind = ProtocolKind::notifications},
            {.name = "/test/fetch/1", .kind = ProtocolKind::requests, .inbound_max = 4}};
}

/// An open pair.
struct Opened : ::testing::Test
{
    explicit Opened(size_t chunk = 65536) : pair(a, b, chunk) { pair.run(); }

    testing::Node a{1, protocols()}, b{2, protocols()};
    testing::Pair pair;
};
using Connections = Opened;

TEST_F(Connections, both_ends_learn_who_the_other_is_and_what_it_says_of_itself)
{
    EXPECT_EQ(next<event::Established>(pair.dialer)->peer, b.identity.peer_id());
    EXPECT_EQ(next<event::Established>(pair.listener)->peer, a.identity.peer_id());
    const auto info = next<event::Identified>(pair.dialer);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->info.agent_version, "test/2");
    EXPECT_EQ(info->info.peer, b.identity.peer_id());
    EXPECT_EQ(info->info.protocols.size(), 4U);
    EXPECT_TRUE(next<event::Identified>(pair.listener));
}

TEST_F(Connections, a_request_is_answered_however_the_wire_cuts_it)
{
    for (const size_t chunk : {size_t{1}, size_t{13}, size_t{65536}})
    {
        testing::Pair wire(a, b, chunk);
        wire.run();
        const auto question = pattern(chunk == 1 ? 3000 : 900000), answer = pattern(chunk == 1 ? 5000 : 3000000, 2);
        ASSERT_TRUE(wire.dialer.request(kFetch, question, wire.now));
        wire.run();
        const auto request = next<event::Request>(wire.listener);
        ASSERT_TRUE(request) << chunk;
        EXPECT_EQ(request->message, question);
        EXPECT_TRUE(wire.listener.respond(request->stream, answer, wire.now));
        wire.run();
        const auto response = next<event::Response>(wire.dialer);
        ASSERT_TRUE(response);
        EXPECT_EQ(response->result, answer);
    }
}

TEST_F(Connections, a_request_that_is_refused_unknown_or_too_late_fails_with_its_reason)
{
    pair.dialer.request(kFetch, {}, pair.now);
    pair.run();
    pair.listener.refuse_request(next<event::Request>(pair.listener)->stream, pair.now);
    pair.run();
    EXPECT_EQ(next<event::Response>(pair.dialer)->result.error(), RequestFailure::refused);

    pair.dialer.request(kFetch, {}, pair.now);
    pair.wait(19s);
    pair.wait(2s);
    EXPECT_EQ(next<event::Response>(pair.dialer)->result.error(), RequestFailure::timeout);

    testing::Node stranger(3);
    testing::Pair other(a, stranger);
    other.run();
    other.dialer.request(kFetch, {}, other.now);
    other.run();
    EXPECT_EQ(next<event::Response>(other.dialer)->result.error(), RequestFailure::unsupported);
}

TEST_F(Connections, a_request_or_response_over_its_bound_is_refused_before_it_is_held)
{
    testing::Node small(
        3, {{.name = "/test/fetch/1", .kind = ProtocolKind::requests, .message_max = 100, .response_max = 100}});
    testing::Pair wire(a, small);
    wire.run();
    wire.dialer.request(kFetch, pattern(101), wire.now);
    wire.run();
    EXPECT_EQ(next<event::Response>(wire.dialer)->result.error(), RequestFailure::refused);

    wire.listener.request(0, pattern(10), wire.now);
    wire.run();
    wire.dialer.respond(next<event::Request>(wire.dialer)->stream, pattern(101), wire.now);
    wire.run();
    EXPECT_EQ(next<event::Response>(wire.listener)->result.error(), RequestFailure::malformed);
}

TEST_F(Connections, one_peer_may_not_have_more_requests_under_way_than_the_protocol_allows)
{
    for (int i = 0; i != 5; ++i)
        pair.dialer.request(kFetch, {}, pair.now);
    pair.run();
    int requests = 0;
    while (next<event::Request>(pair.listener))
        ++requests;
    EXPECT_EQ(requests, 4);
    EXPECT_EQ(next<event::Response>(pair.dialer)->result.error(), RequestFailure::refused);
}

TEST_F(Connections, notifications_flow_after_both_handshakes)
{
    const auto stream = pair.dialer.open_notifications(kGossip, bytes_of("mine"), pair.now);
    ASSERT_TRUE(stream);
    EXPECT_FALSE(pair.dialer.notify(*stream, bytes_of("early"), pair.now));
    pair.run();
    const auto wanted = next<event::NotificationsWanted>(pair.listener);
    ASSERT_TRUE(wanted);
    EXPECT_EQ(wanted->handshake, bytes_of("mine"));
    pair.listener.accept_notifications(wanted->stream, bytes_of("yours"));
    pair.run();
    EXPECT_EQ(next<event::NotificationsOpen>(pair.dialer)->handshake, bytes_of("yours"));
    for (const size_t size : {0, 1, 70000, 1024 * 1024})
    {
        EXPECT_TRUE(pair.dialer.notify(*stream, pattern(size), pair.now));
        pair.run();
        EXPECT_EQ(next<event::Notification>(pair.listener)->message, pattern(size));
    }
    EXPECT_TRUE(pair.dialer.notify(*stream, bytes_of("last"), pair.now));
    pair.dialer.end_notifications(*stream, pair.now);
    pair.run();
    EXPECT_EQ(next<event::Notification>(pair.listener)->message, bytes_of("last"));
    EXPECT_EQ(next<event::NotificationsEnded>(pair.listener)->role, Role::listener);
}

TEST_F(Connections, refused_notifications_end_for_the_one_who_asked)
{
    const auto stream = pair.dialer.open_notifications(kGossip, {}, pair.now);
    pair.run();
    pair.listener.end_notifications(next<event::NotificationsWanted>(pair.listener)->stream, pair.now);
    pair.run();
    EXPECT_EQ(next<event::NotificationsEnded>(pair.dialer)->stream, *stream);
}

TEST_F(Connections, an_owner_who_does_not_decide_lets_the_wish_run_out)
{
    pair.dialer.open_notifications(kGossip, {}, pair.now);
    pair.run();
    pair.wait(11s);
    EXPECT_TRUE(next<event::NotificationsEnded>(pair.dialer));
    EXPECT_TRUE(next<event::NotificationsEnded>(pair.listener));
}

TEST_F(Connections, a_notification_over_its_bound_ends_the_stream)
{
    const auto stream = pair.dialer.open_notifications(kGossip, {}, pair.now);
    pair.run();
    pair.listener.accept_notifications(next<event::NotificationsWanted>(pair.listener)->stream, {});
    pair.run();
    EXPECT_TRUE(pair.dialer.notify(*stream, pattern(1024 * 1024 + 1), pair.now));
    pair.run();
    EXPECT_FALSE(next<event::Notification>(pair.listener));
    EXPECT_TRUE(next<event::NotificationsEnded>(pair.dialer));
}

TEST_F(Connections, a_peer_that_does_not_read_is_sent_no_more_than_the_queue_holds)
{
    const auto stream = pair.dialer.open_notifications(kGossip, {}, pair.now);
    pair.run();
    pair.listener.accept_notifications(next<event::NotificationsWanted>(pair.listener)->stream, {});
    pair.run();
    size_t taken = 0;
    while (pair.dialer.notify(*stream, pattern(1000), pair.now))
        ASSERT_LT(++taken, 10000U);
    EXPECT_GE(taken, 4000U);
}

TEST_F(Connections, a_stream_whose_reader_is_too_far_behind_or_too_slow_ends)
{
    const auto open = [&] {
        const auto stream = pair.dialer.open_notifications(kGossip, {}, pair.now);
        pair.run();
        pair.listener.accept_notifications(next<event::NotificationsWanted>(pair.listener)->stream, {});
        pair.run();
        while (pair.dialer.next_event())
            ;
        return *stream;
    };
    const auto far = open();
    while (pair.dialer.notify(far, pattern(100000), pair.now))
        ;
    EXPECT_EQ(next<event::NotificationsEnded>(pair.dialer)->stream, far);
    EXPECT_FALSE(pair.dialer.notify(far, {}, pair.now));
    pair.run();

    const auto slow = open();
    EXPECT_TRUE(pair.dialer.notify(slow, bytes_of("x"), pair.now));
    pair.wait(50s); // taken at once
    EXPECT_TRUE(pair.dialer.notify(slow, bytes_of("y"), pair.now));
    pair.wait(11s);
    pair.wait(61s);
    EXPECT_FALSE(next<event::NotificationsEnded>(pair.dialer));
    EXPECT_TRUE(pair.dialer.notify(slow, pattern(1000000), pair.now)); // nobody takes it
    pair.dialer.tick(pair.now + 19s);
    EXPECT_FALSE(next<event::NotificationsEnded>(pair.dialer));
    pair.dialer.tick(pair.now + 60s);
    EXPECT_TRUE(next<event::NotificationsEnded>(pair.dialer) || pair.dialer.over());
}

TEST_F(Connections, pings_keep_a_living_connection_and_end_a_dead_one)
{
    for (int i = 0; i != 20; ++i)
        pair.wait(10s);
    EXPECT_TRUE(pair.dialer.open());
    EXPECT_TRUE(pair.dialer.round_trip());
    EXPECT_TRUE(pair.listener.round_trip());

    pair.now += 21s; // the wire is cut
    pair.dialer.tick(pair.now);
    pair.now += 11s;
    pair.dialer.tick(pair.now);
    EXPECT_EQ(next<event::Closed>(pair.dialer)->why, CloseReason::dead);
}

TEST(Connection, a_ping_that_waits_for_its_answer_is_the_only_one)
{
    const testing::Node a(1, {}, {.ping_every = 1s, .ping_answer = 60s}), b(2);
    testing::Pair pair(a, b);
    pair.run();
    const auto quiet = pair.dialer.buffered();
    pair.dialer.tick(1s);
    const auto asked = pair.dialer.buffered();
    EXPECT_GT(asked, quiet);
    for (const Time now : {2s, 3s, 4s})
        pair.dialer.tick(now);
    EXPECT_EQ(pair.dialer.buffered(), asked);
    pair.run();
    pair.now = 5s;
    pair.wait(1s);
    EXPECT_TRUE(pair.dialer.round_trip());
}

TEST(Connection, a_slow_handshake_ends_after_its_time)
{
    testing::Node node(1);
    Connection listener(Role::listener, node.host, {}, {}, Time{});
    listener.receive(bytes_of("\x13/multi"), 1s);
    EXPECT_EQ(listener.deadline(), 8s);
    listener.tick(7999ms);
    EXPECT_FALSE(listener.over());
    listener.tick(8s);
    EXPECT_EQ(next<event::Closed>(listener)->why, CloseReason::slow);
}

TEST(Connection, somebody_else_than_the_expected_peer_is_not_talked_to)
{
    testing::Node a(1), b(2), c(3);
    Connection dialer(Role::dialer, a.host, c.identity.peer_id(), {}, Time{});
    Connection listener(Role::listener, b.host, {}, {}, Time{});
    while (testing::Pair::carry(dialer, listener, 1000, {}) | testing::Pair::carry(listener, dialer, 1000, {}))
        ;
    EXPECT_EQ(next<event::Closed>(dialer)->why, CloseReason::wrong_peer);
}

TEST(Connection, random_bytes_at_any_point_end_it_without_harm)
{
    testing::Node a(1, protocols()), b(2, protocols());
    for (uint32_t seed = 1; seed != 60; ++seed)
    {
        testing::Pair pair(a, b, 100);
        const auto rounds = seed % 6;
        for (uint32_t i = 0; i != rounds; ++i)
        {
            testing::Pair::carry(pair.dialer, pair.listener, 100, {});
            testing::Pair::carry(pair.listener, pair.dialer, 100, {});
        }
        pair.listener.receive(pattern(70000, seed), {});
        pair.listener.tick(8s); // some bytes are the start of a Noise message that never ends
        pair.listener.tick(40s);
        EXPECT_TRUE(pair.listener.over()) << seed;
    }
}

TEST_F(Connections, a_closed_connection_says_go_away)
{
    pair.dialer.close();
    pair.run();
    EXPECT_EQ(next<event::Closed>(pair.dialer)->why, CloseReason::ours);
    EXPECT_EQ(next<event::Closed>(pair.listener)->why, CloseReason::theirs);
}

TEST_F(Connections, a_thousand_requests_one_after_another_leave_nothing_behind)
{
    for (int i = 0; i != 1000; ++i)
    {
        ASSERT_TRUE(pair.dialer.request(kFetch, bytes_of("q"), pair.now)) << i;
        pair.run();
        const auto request = next<event::Request>(pair.listener);
        ASSERT_TRUE(request);
        pair.listener.respond(request->stream, bytes_of("a"), pair.now);
        pair.run();
        ASSERT_TRUE(next<event::Response>(pair.dialer)->result);
    }
}

/// Everything a hostile peer needs: the handshake done by hand, then frames of its own making.
struct Hostile : ::testing::Test
{
    Hostile()
    {
        auto to_victim = Bytes{};
        auto outer = Multistream::dial({"/noise"}, to_victim);
        exchange(to_victim, [&](ByteView& input, Bytes& out) { outer.receive(input, out); });
        NoiseHandshake handshake(Role::dialer, self.host.noise, self.entropy, std::nullopt, to_victim);
        exchange(to_victim, [&](ByteView& input, Bytes& out) { static_cast<void>(handshake.receive(input, out)); });
        channel.emplace(handshake.split());
        Bytes plain;
        auto inner = Multistream::dial({"/yamux/1.0.0"}, plain);
        send(plain);
        victim.take_output();
    }
    template <class F>
    void exchange(Bytes& wire, F take)
    {
        while (!wire.empty())
        {
            victim.receive(std::exchange(wire, {}), Time{});
            const auto reply = victim.take_output();
            ByteView rest(reply);
            take(rest, wire);
        }
    }
    void send(ByteView plain)
    {
        Bytes wire;
        channel->send(plain, wire);
        victim.receive(wire, Time{});
    }
    static Bytes frame(uint8_t type, uint16_t flags, uint32_t stream, uint32_t length, ByteView body = {})
    {
        Bytes out{0, type, 0, uint8_t(flags)};
        for (const uint32_t word : {stream, length})
            for (int shift = 24; shift >= 0; shift -= 8)
                out.push_back(uint8_t(word >> shift));
        append(out, body);
        return out;
    }
    Bytes open_fetch(uint32_t stream)
    {
        const auto text = bytes_of("\x13/multistream/1.0.0\n\x0e/test/fetch/1\n");
        return frame(0, 1, stream, uint32_t(text.size()), text);
    }

    testing::Node node{1, protocols()}, self{2};
    Connection victim{Role::listener, node.host, {}, {}, Time{}};
    std::optional<NoiseChannel> channel;
};

TEST_F(Hostile, data_beyond_the_window_ends_the_connection)
{
    ASSERT_TRUE(victim.open());
    send(open_fetch(1));
    send(frame(0, 0, 1, 0xffffffff));
    next<event::Established>(victim);
    EXPECT_EQ(next<event::Closed>(victim)->why, CloseReason::yamux);
}

TEST_F(Hostile, a_flood_of_streams_leaves_the_bound_of_them_and_they_run_out)
{
    for (uint32_t i = 0; i != 2000; ++i)
    {
        send(frame(0, 1, 2 * i + 1, 0));
        if (!victim.wants_input())
            victim.take_output();
    }
    EXPECT_TRUE(victim.open());
    victim.take_output();
    victim.tick(11s);
    // All 256 were reset, so that an honest stream fits again.
    victim.take_output();
    send(open_fetch(9001));
    send(frame(0, 0, 9001, 2, bytes_of("\x01q")));
    EXPECT_TRUE(next<event::Request>(victim));
}

TEST_F(Hostile, pings_of_the_multiplexer_without_reading_stop_the_input)
{
    Bytes pings;
    for (int i = 0; i != 5000; ++i)
        append(pings, frame(2, 1, 0, 1));
    EXPECT_TRUE(victim.wants_input());
    send(pings);
    send(pings);
    EXPECT_FALSE(victim.wants_input());
    victim.take_output();
    EXPECT_TRUE(victim.wants_input());
}

TEST_F(Hostile, a_stream_that_never_says_what_it_is_for_is_dropped)
{
    send(frame(0, 1, 1, 1, bytes_of("\x13")));
    victim.tick(9s);
    victim.tick(10s);
    victim.take_output();
    send(open_fetch(3)); // the connection lives
    send(frame(0, 0, 3, 2, bytes_of("\x01q")));
    EXPECT_TRUE(next<event::Request>(victim));
}

TEST_F(Hostile, unfinished_requests_are_held_up_to_the_bound_and_no_further)
{
    // 100 streams may each be in the middle of a request, but inbound_max is 4 of them: each of at most 1 MiB.
    for (uint32_t i = 0; i != 100; ++i)
    {
        const uint32_t id = 2 * i + 1;
        send(open_fetch(id));
        auto start = length_prefixed(pattern(1024 * 1024));
        start.resize(200000);
        send(frame(0, 0, id, uint32_t(start.size()), start));
        victim.take_output();
    }
    EXPECT_TRUE(victim.open());
    EXPECT_FALSE(next<event::Request>(victim));
}

TEST_F(Hostile, more_bytes_after_a_request_drop_the_stream)
{
    send(open_fetch(1));
    send(frame(0, 0, 1, 4, bytes_of("\x01qxx")));
    ASSERT_TRUE(victim.open());
    const auto request = next<event::Request>(victim);
    ASSERT_TRUE(request);
    EXPECT_FALSE(victim.respond(request->stream, {}, Time{}));
}

} // namespace
} // namespace libp2p
