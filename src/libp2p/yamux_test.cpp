#include "libp2p/testing/pair.hpp"
#include "libp2p/yamux.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using testing::from_hex;
using Kind = YamuxEvent::Kind;

constexpr uint16_t kSyn = 1, kFin = 4, kRst = 8;

/// A frame as the specification lays it out.
Bytes frame(uint8_t type, uint16_t flags, uint32_t stream, uint32_t length, ByteView body = {})
{
    Bytes out{0, type, uint8_t(flags >> 8), uint8_t(flags)};
    for (const uint32_t word : {stream, length})
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(uint8_t(word >> shift));
    append(out, body);
    return out;
}
Bytes data(uint16_t flags, uint32_t stream, ByteView body)
{
    return frame(0, flags, stream, uint32_t(body.size()), body);
}

/// Feeds all of `input`; what happened, or the refusal.
std::expected<std::vector<YamuxEvent>, YamuxRefusal> feed(Yamux& session, ByteView input, bool consume = true)
{
    std::vector<YamuxEvent> events;
    for (;;)
    {
        const auto event = session.receive(input);
        if (!event)
            return std::unexpected(event.error());
        if (!*event)
            return events;
        events.push_back(**event);
        if (consume && (*event)->kind == Kind::data)
            session.consumed((*event)->stream, (*event)->data.size());
    }
}

Bytes output(Yamux& session)
{
    Bytes out;
    session.pump(out, 1 << 24);
    return out;
}

TEST(Yamux, a_stream_opens_carries_data_both_ways_and_closes)
{
    Yamux client(Role::dialer), server(Role::listener);
    const auto id = client.open();
    ASSERT_EQ(id, 1U);
    client.send(*id, testing::bytes_of("hello"));
    client.finish(*id);
    const auto wire = output(client);
    EXPECT_EQ(wire, [&] {
        auto expected = frame(1, kSyn, 1, 0);
        append(expected, data(0, 1, testing::bytes_of("hello")));
        append(expected, frame(1, kFin, 1, 0));
        return expected;
    }());
    const auto events = feed(server, wire);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 3U);
    EXPECT_EQ((*events)[0].kind, Kind::opened);
    EXPECT_EQ((*events)[1].data.size(), 5U);
    EXPECT_EQ((*events)[2].kind, Kind::finished);
    server.send(1, testing::bytes_of("bye"));
    server.finish(1);
    const auto back = feed(client, output(server));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->back().kind, Kind::finished);
    EXPECT_FALSE(client.knows(1));
    EXPECT_FALSE(server.knows(1));
}

TEST(Yamux, a_sender_stops_at_the_window_and_goes_on_when_it_is_given_more)
{
    Yamux client(Role::dialer);
    const auto id = *client.open();
    client.send(id, Bytes(Yamux::kInitialWindow + 100));
    output(client);
    EXPECT_EQ(client.queued(id), 100U);
    EXPECT_TRUE(output(client).empty());
    ASSERT_TRUE(feed(client, frame(1, 0, id, 60)));
    EXPECT_EQ(output(client).size(), 12U + 60U);
    EXPECT_EQ(client.queued(id), 40U);
}

TEST(Yamux, a_receiver_gives_credit_only_for_what_was_consumed)
{
    Yamux server(Role::listener);
    feed(server, frame(1, kSyn, 1, 0));
    output(server);
    ASSERT_TRUE(feed(server, data(0, 1, Bytes(Yamux::kInitialWindow)), false));
    EXPECT_TRUE(output(server).empty());
    EXPECT_EQ(feed(server, data(0, 1, Bytes(1)), false).error(), YamuxRefusal::window);

    Yamux reader(Role::listener);
    feed(reader, frame(1, kSyn, 1, 0));
    output(reader);
    ASSERT_TRUE(feed(reader, data(0, 1, Bytes(Yamux::kInitialWindow))));
    // A stream that has brought a whole window is a long one: it gets the large window.
    EXPECT_EQ(output(reader), frame(1, 0, 1, Yamux::kReceiveWindow));
}

TEST(Yamux, streams_share_the_wire_in_turn)
{
    Yamux client(Role::dialer);
    const auto a = *client.open(), b = *client.open();
    output(client);
    client.send(a, Bytes(100000, 'a'));
    client.send(b, Bytes(100000, 'b'));
    Bytes wire;
    client.pump(wire, 60000);
    EXPECT_LT(client.queued(a), 100000U);
    EXPECT_LT(client.queued(b), 100000U);
}

TEST(Yamux, a_flood_of_streams_is_refused_one_by_one_beyond_the_bound)
{
    Yamux server(Role::listener);
    for (uint32_t i = 0; i != Yamux::kStreamsMax + 10; ++i)
        ASSERT_TRUE(feed(server, frame(1, kSyn, 2 * i + 1, 0)));
    EXPECT_EQ(server.streams(), Yamux::kStreamsMax);
    const auto answers = output(server);
    EXPECT_TRUE(std::ranges::equal(ByteView(answers).last(12), frame(1, kRst, 2 * Yamux::kStreamsMax + 19, 0)));
    // Data for the refused ones is skipped.
    EXPECT_TRUE(feed(server, data(0, 2 * Yamux::kStreamsMax + 19, Bytes(1000)))->empty());
}

TEST(Yamux, answers_to_a_flood_of_pings_fill_up_so_that_the_owner_stops_reading)
{
    Yamux server(Role::listener);
    size_t pings = 0;
    while (!server.control_full())
    {
        ASSERT_TRUE(feed(server, frame(2, kSyn, 0, 7)));
        ASSERT_LT(++pings, 100000U);
    }
    EXPECT_LE(output(server).size(), Yamux::kControlHigh + 12);
    EXPECT_FALSE(server.control_full());
}

TEST(Yamux, what_breaks_the_rules_ends_the_session)
{
    const auto refusal = [](const Bytes& input) {
        Yamux server(Role::listener);
        feed(server, frame(1, kSyn, 1, 0));
        const auto result = feed(server, input);
        EXPECT_FALSE(result);
        return result ? YamuxRefusal{} : result.error();
    };
    auto versioned = frame(0, 0, 1, 0);
    versioned[0] = 1;
    EXPECT_EQ(refusal(versioned), YamuxRefusal::header);
    EXPECT_EQ(refusal(frame(4, 0, 1, 0)), YamuxRefusal::header);
    EXPECT_EQ(refusal(frame(0, 0, 0, 0)), YamuxRefusal::header);
    EXPECT_EQ(refusal(frame(2, kSyn, 1, 0)), YamuxRefusal::header);
    EXPECT_EQ(refusal(frame(1, kSyn, 2, 0)), YamuxRefusal::stream_id);
    EXPECT_EQ(refusal(frame(1, kSyn, 1, 0)), YamuxRefusal::stream_id);
    EXPECT_EQ(refusal(frame(0, 0, 1, Yamux::kInitialWindow + 1)), YamuxRefusal::window);
    EXPECT_EQ(refusal(frame(1, 0, 1, 0xffffffff)), YamuxRefusal::window);
    auto after_fin = frame(1, kFin, 1, 0);
    append(after_fin, data(0, 1, Bytes(1)));
    EXPECT_EQ(refusal(after_fin), YamuxRefusal::after_close);
}

TEST(Yamux, a_reset_stream_is_gone_and_late_frames_for_it_are_skipped)
{
    Yamux server(Role::listener);
    feed(server, frame(1, kSyn, 1, 0));
    server.send(1, Bytes(1000000));
    server.reset(1);
    EXPECT_EQ(server.queued(), 0U);
    EXPECT_TRUE(feed(server, data(kFin, 1, Bytes(10)))->empty());
    EXPECT_FALSE(server.send(1, Bytes(1)));

    feed(server, frame(1, kSyn, 3, 0));
    const auto events = feed(server, data(kRst, 3, Bytes(10)));
    EXPECT_EQ(events->back().kind, Kind::reset);
    EXPECT_FALSE(server.knows(3));
}

TEST(Yamux, go_away_is_told_and_stops_new_streams)
{
    Yamux server(Role::listener);
    EXPECT_EQ(feed(server, frame(3, 0, 0, 0))->back().kind, Kind::go_away);
    EXPECT_FALSE(server.open());
    Yamux other(Role::dialer);
    other.go_away(1);
    other.go_away(1);
    EXPECT_EQ(output(other), frame(3, 0, 0, 1));
}

TEST(Yamux, frames_cut_into_single_bytes_say_the_same)
{
    Yamux server(Role::listener);
    auto wire = frame(1, kSyn, 1, 0);
    const auto body = testing::pattern(300);
    append(wire, data(kFin, 1, body));
    Bytes got;
    size_t finished = 0;
    for (const auto byte : wire)
        for (ByteView one(&byte, 1);;)
        {
            const auto event = server.receive(one);
            ASSERT_TRUE(event);
            if (!*event)
                break;
            append(got, (*event)->data);
            finished += (*event)->kind == Kind::finished;
        }
    EXPECT_EQ(got, body);
    EXPECT_EQ(finished, 1U);
}

} // namespace
} // namespace libp2p
