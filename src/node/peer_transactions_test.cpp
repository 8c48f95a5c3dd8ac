#include "node/peer_transactions.hpp"

#include "libp2p/reputation.hpp"

#include <gtest/gtest.h>

namespace node {
namespace {

using base::Bytes;
using libp2p::PeerId;
using libp2p::Time;
using namespace std::chrono_literals;

PeerId peer_of(uint8_t number)
{
    PeerId peer;
    peer.key[0] = number;
    return peer;
}

Bytes transaction(uint32_t number, size_t size = 100)
{
    Bytes bytes(size);
    for (size_t i = 0; i != 4; ++i)
        bytes[i] = uint8_t(number >> (8 * i));
    return bytes;
}

struct PeerQueue : ::testing::Test
{
    void push(const PeerId& peer, Bytes bytes) { table.change(peer, queue.push(peer, std::move(bytes), now), now); }
    /// Validates one, in a millisecond; whose it was.
    std::optional<PeerId> validate(Worth worth)
    {
        const auto next = queue.next(now);
        if (!next)
            return std::nullopt;
        EXPECT_FALSE(queue.next(now)) << "one at a time";
        now += 1ms;
        table.change(next->peer, queue.done(next->peer, worth, 1ms, now), now);
        return next->peer;
    }

    PeerTransactions queue;
    libp2p::ReputationTable table;
    Time now = 1h;
};

const PeerId kFlooder = peer_of(1), kHonest = peer_of(2);

TEST_F(PeerQueue, a_peer_that_floods_keeps_no_other_peers_transaction_out)
{
    for (uint32_t i = 0; i != 10'000; ++i)
        push(kFlooder, transaction(i));
    EXPECT_EQ(queue.waiting(), PeerTransactions::kLimits.waiting_of_peer_max);
    validate(Worth::invalid);
    push(kHonest, transaction(0));
    EXPECT_EQ(validate(Worth::good), kHonest) << "the next turn is its own";
}

TEST_F(PeerQueue, many_peers_that_flood_keep_no_other_peers_transaction_out)
{
    constexpr size_t kLarge = size_t{1} << 20; // no notification is larger
    for (const bool large : {true, false})
    {
        queue = {};
        for (uint32_t i = 0; i != (large ? 50U : 2'000U); ++i)
            for (uint8_t peer = 10; peer != 30; ++peer)
                push(peer_of(peer), transaction(i, large ? kLarge : 8));
        push(kHonest, transaction(0));
        size_t turns = 1;
        while (turns != 100 && validate(Worth::invalid) != kHonest)
            ++turns;
        EXPECT_LE(turns, 21u) << large;
    }
}

TEST_F(PeerQueue, who_sends_mostly_invalid_ones_is_banned_and_who_sends_mostly_good_ones_is_not)
{
    uint32_t number = 0;
    const auto sent_until_banned = [&](uint8_t peer, auto worth) {
        for (int sent = 0; sent != 100'000; ++sent)
        {
            if (table.banned(peer_of(peer), now))
                return sent;
            push(peer_of(peer), transaction(++number));
            validate(worth(sent));
        }
        return -1;
    };
    EXPECT_EQ(sent_until_banned(3, [](int) { return Worth::bad; }), 20);
    EXPECT_NEAR(sent_until_banned(4, [](int) { return Worth::invalid; }), 500, 5);
    EXPECT_GT(sent_until_banned(5, [](int i) { return i % 5 < 2 ? Worth::good : Worth::invalid; }), 0);
    EXPECT_EQ(sent_until_banned(6, [](int i) { return i % 5 == 0 ? Worth::invalid : Worth::good; }), -1);
    EXPECT_EQ(sent_until_banned(7, [](int) { return Worth::known; }), -1) << "gossip comes from many sides";
}

TEST_F(PeerQueue, saying_the_same_again_and_again_costs_too)
{
    int sent = 0;
    for (; !table.banned(kFlooder, now) && sent != 10'000; ++sent)
    {
        push(kFlooder, transaction(7));
        validate(Worth::known);
    }
    EXPECT_NEAR(sent, 201, 2);
}

TEST_F(PeerQueue, what_waits_of_a_peer_goes_with_it)
{
    push(kFlooder, transaction(1));
    push(kFlooder, transaction(2));
    queue.forget(kFlooder);
    EXPECT_EQ(queue.waiting(), 0u);
    EXPECT_FALSE(queue.next(now));
    push(kHonest, transaction(3));
    now += 1min;
    push(kHonest, transaction(4));
    EXPECT_EQ(queue.waiting(), 1u) << "too old ones are dropped";
}

TEST(Worth, follows_from_what_the_pool_says)
{
    using Why = rpc::PoolError::Why;
    const auto worth = [](Why why, primitives::InvalidTransaction invalid = {}) {
        rpc::PoolError error;
        error.why = why;
        error.invalid = invalid;
        return worth_of(std::unexpected(error));
    };
    using enum primitives::InvalidTransaction::Why;
    EXPECT_EQ(worth_of(pool::Hash{}), Worth::good);
    EXPECT_EQ(worth(Why::already_imported), Worth::known);
    EXPECT_EQ(worth(Why::too_low_priority), Worth::known);
    EXPECT_EQ(worth(Why::invalid, {.why = Stale}), Worth::invalid);
    EXPECT_EQ(worth(Why::invalid, {.why = Payment}), Worth::invalid);
    EXPECT_EQ(worth(Why::invalid, {.why = BadProof}), Worth::bad);
    EXPECT_EQ(worth(Why::verification), Worth::invalid);
    EXPECT_EQ(worth(Why::banned), Worth::bad);
}

} // namespace
} // namespace node
