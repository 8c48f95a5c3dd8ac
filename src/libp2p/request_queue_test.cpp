#include "libp2p/request_queue.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using namespace std::chrono_literals;

PeerId peer_of(uint8_t number)
{
    PeerId peer;
    peer.key[0] = number;
    return peer;
}

struct Queue : ::testing::Test
{
    RequestQueue::Pushed push(uint8_t peer, size_t size = 1, Time now = {})
    {
        ++id;
        return queue.push({.peer = peer_of(peer), .protocol = 0, .id = id, .message = Bytes(size, uint8_t(id))}, now);
    }
    /// Whose request is next, done at once; 0 for nobody's.
    uint8_t turn(Time cost = {}, Time now = {})
    {
        const auto request = queue.next(now, [&](const PeerId& peer) { return peer.key[0] != deaf; });
        if (!request)
            return 0;
        queue.done(request->peer, cost, now);
        return request->peer.key[0];
    }

    RequestQueue queue{{.waiting_max = 20, .waiting_of_peer_max = 12, .waiting_bytes_max = 1000, .peers_max = 8}};
    RequestId id = 0;
    uint8_t deaf = 0;
};

TEST_F(Queue, turns_go_round_the_peers_however_much_one_of_them_asks)
{
    for (int i = 0; i != 6; ++i)
        push(1);
    push(2);
    push(2);
    push(3);
    std::vector<uint8_t> order;
    while (const auto peer = turn())
        order.push_back(peer);
    EXPECT_EQ(order, (std::vector<uint8_t>{1, 2, 3, 1, 2, 1, 1, 1, 1}));
}

TEST_F(Queue, a_peer_has_one_under_way_and_all_peers_as_many_as_there_are_workers)
{
    for (const uint8_t peer : {1, 1, 2, 3})
        push(peer);
    const auto any = [](const PeerId&) { return true; };
    const auto first = queue.next(0s, any), second = queue.next(0s, any);
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->peer, second->peer);
    EXPECT_FALSE(queue.next(0s, any));
    queue.done(first->peer, 1ms, 0s);
    EXPECT_EQ(queue.next(0s, any)->peer, peer_of(3));
}

TEST_F(Queue, no_work_is_done_for_a_peer_that_does_not_read_until_its_requests_are_too_old)
{
    deaf = 1;
    push(1);
    push(2);
    EXPECT_EQ(turn(), 2);
    EXPECT_EQ(turn(), 0);
    EXPECT_TRUE(queue.expired(14s).empty());
    EXPECT_EQ(queue.expired(15s), std::vector<RequestId>{1});
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST_F(Queue, a_peer_that_has_used_up_its_share_waits_while_others_go_on)
{
    for (int i = 0; i != 4; ++i)
        push(1);
    EXPECT_EQ(turn(1s), 1);
    EXPECT_EQ(turn(1s), 1);
    EXPECT_EQ(turn(1s), 1); // 6 s of its share are owed now: 4 s are a burst
    EXPECT_EQ(turn(1s), 0);
    push(2);
    EXPECT_EQ(turn(1s), 2);
    EXPECT_EQ(turn(1s, 1s), 0);
    EXPECT_EQ(turn(1s, 2s), 1);
    EXPECT_TRUE(queue.expired(14s).empty());
}

TEST_F(Queue, a_peer_that_comes_back_still_owes)
{
    push(1);
    EXPECT_EQ(turn(10s), 1);
    queue.forget(peer_of(1));
    push(1);
    EXPECT_EQ(turn(), 0);
    queue.forget(peer_of(1));
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST_F(Queue, when_it_is_full_who_has_the_most_makes_room_and_nobody_starves_another)
{
    for (int i = 0; i != 12; ++i)
        EXPECT_TRUE(push(1).refused.empty());
    EXPECT_EQ(push(1).refused, std::vector<RequestId>{13});
    for (int i = 0; i != 8; ++i)
        EXPECT_TRUE(push(2).refused.empty());
    EXPECT_EQ(push(3).refused, std::vector<RequestId>{12}); // the greediest one's newest
    EXPECT_EQ(queue.waiting(), 20U);
    for (int i = 0; i != 4; ++i)
        push(3);
    EXPECT_EQ(queue.waiting(), 20U);
    EXPECT_EQ(turn(), 1);
    EXPECT_EQ(turn(), 2);
    EXPECT_EQ(turn(), 3);
}

TEST_F(Queue, bytes_that_wait_are_bounded_too)
{
    EXPECT_EQ(push(1, 1001).refused.size(), 1U);
    for (int i = 0; i != 9; ++i)
        EXPECT_TRUE(push(1, 100).refused.empty());
    EXPECT_EQ(push(2, 300).refused, (std::vector<RequestId>{10, 9}));
    EXPECT_EQ(queue.waiting(), 8U);
    while (turn() != 0)
        ;
    EXPECT_TRUE(push(1, 1000).refused.empty());
}

TEST_F(Queue, whoever_has_the_most_bytes_makes_room_for_a_small_request)
{
    for (uint8_t peer = 1; peer != 5; ++peer)
        EXPECT_TRUE(push(peer, 250).refused.empty());
    EXPECT_EQ(push(5, 10).refused.size(), 1U);
    EXPECT_EQ(queue.waiting(), 4U);
    EXPECT_EQ(push(6, 250).refused.back(), id) << "it would have as much as the others";
    RequestQueue tight({.waiting_bytes_max = 1000, .waiting_bytes_of_peer_max = 300});
    const auto ask = [&](size_t size) {
        return tight.push({.peer = peer_of(1), .protocol = 0, .id = ++id, .message = Bytes(size)}, {}).refused.size();
    };
    EXPECT_EQ(ask(200), 0U);
    EXPECT_EQ(ask(101), 1U);
    EXPECT_EQ(ask(100), 0U);
}

TEST_F(Queue, repeats_are_counted_by_peer_and_what_they_say)
{
    const auto ask = [&](uint8_t peer, std::string_view text) {
        return queue.push(
            {.peer = peer_of(peer), .protocol = 1, .id = ++id, .message = Bytes(text.begin(), text.end())}, {});
    };
    EXPECT_EQ(ask(1, "x").repeats, 0U);
    EXPECT_EQ(ask(1, "y").repeats, 0U);
    EXPECT_EQ(ask(1, "x").repeats, 1U);
    EXPECT_EQ(ask(1, "x").repeats, 2U);
    EXPECT_EQ(ask(2, "x").repeats, 0U);
}

TEST_F(Queue, peers_without_work_or_debt_are_forgotten_and_those_with_are_not)
{
    for (uint8_t peer = 1; peer != 9; ++peer)
    {
        push(peer);
        EXPECT_EQ(turn(peer == 1 ? 1ms : 5s), peer);
    }
    EXPECT_TRUE(push(20, 1, 1s).refused.empty());  // in the place of the first
    EXPECT_EQ(push(21, 1, 1s).refused.size(), 1U); // all others still owe
    EXPECT_TRUE(push(2, 1, 1s).refused.empty());
    EXPECT_EQ(turn({}, 1s), 20);
    EXPECT_TRUE(push(22, 1, 20s).refused.empty());
}

} // namespace
} // namespace libp2p
