#include "pool/testing/make.hpp"

#include <gtest/gtest.h>

namespace pool {
namespace {

using namespace testing;
using What = Event::What;
using Why = Refusal::Why;

Event event(What what, uint32_t number) { return {.what = what, .transaction = hash_of(number)}; }

Event usurped(uint32_t number, uint32_t by)
{
    return {.what = What::usurped, .transaction = hash_of(number), .other = hash_of(by)};
}

struct PoolTest : ::testing::Test
{
    Pool pool;

    auto insert(uint32_t number, const primitives::ValidTransaction& validity)
    {
        return pool.insert(extrinsic(number), validity, 1, 0);
    }
    static auto refused(Why why, uint64_t old_priority = 0, uint64_t new_priority = 0)
    {
        return std::unexpected(Refusal{why, old_priority, new_priority});
    }
};

/// The length is SCALE compact: one byte below 64, two from there on.
TEST_F(PoolTest, the_hash_covers_the_length_in_front)
{
    const Bytes with_length{0x0c, 1, 2, 3};
    EXPECT_EQ(transaction_hash(Bytes{1, 2, 3}), hash::blake2_256(ByteView{with_length}));
    Bytes longer(64, 7); // two bytes of length: 64 << 2 | 1
    Bytes encoded{0x01, 0x01};
    encoded.insert(encoded.end(), longer.begin(), longer.end());
    EXPECT_EQ(transaction_hash(longer), hash::blake2_256(ByteView{encoded}));
}

TEST_F(PoolTest, one_that_requires_nothing_is_ready_at_once)
{
    EXPECT_EQ(insert(1, valid(5, {}, {"a"})), hash_of(1));
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 1)}));
    EXPECT_EQ(walk(pool.ready()), hashes({1}));
    EXPECT_TRUE(pool.provides(tag("a")));
    EXPECT_TRUE(pool.contains(hash_of(1)));
    EXPECT_EQ(*pool.find(hash_of(1))->bytes, extrinsic(1));
    EXPECT_TRUE(pool.drain().empty());
}

TEST_F(PoolTest, a_repetition_is_refused_in_either_queue)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(5, {"x"}, {"y"})));
    EXPECT_EQ(insert(1, valid(9, {}, {"b"})), refused(Why::already_imported));
    EXPECT_EQ(insert(2, valid(9, {}, {"b"})), refused(Why::already_imported));
    EXPECT_EQ(pool.admit(extrinsic(1), 0), refused(Why::already_imported));
}

TEST_F(PoolTest, one_without_tags_is_refused)
{
    EXPECT_EQ(insert(1, valid(5, {"x"}, {})), refused(Why::no_tags));
    EXPECT_TRUE(pool.drain().empty());
}

TEST_F(PoolTest, what_is_not_for_gossip_is_refused_by_a_node_that_makes_no_blocks)
{
    auto own = valid(5, {}, {"a"});
    own.propagate = false;
    Pool follower({.authors = false});
    EXPECT_EQ(follower.insert(extrinsic(1), own, 1, 0), refused(Why::unactionable));
    EXPECT_TRUE(insert(1, own));
}

TEST_F(PoolTest, future_ones_become_ready_when_the_last_tag_appears)
{
    ASSERT_TRUE(insert(3, valid(5, {"b"}, {"c"})));
    ASSERT_TRUE(insert(2, valid(5, {"a", "z"}, {"b"})));
    ASSERT_TRUE(insert(9, valid(5, {}, {"z"})));
    EXPECT_EQ(pool.status().future, 2U);
    EXPECT_FALSE(pool.provides(tag("b"))) << "future ones provide nothing";
    pool.drain();
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 1), event(What::ready, 2), event(What::ready, 3)}));
    EXPECT_EQ(walk(pool.ready()), hashes({9, 1, 2, 3}));
}

TEST_F(PoolTest, a_strictly_higher_priority_takes_the_place)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    EXPECT_EQ(insert(2, valid(5, {}, {"a"})), refused(Why::too_low_priority, 5, 5));
    EXPECT_EQ(insert(3, valid(4, {}, {"a"})), refused(Why::too_low_priority, 5, 4));
    pool.drain();
    ASSERT_TRUE(insert(4, valid(6, {}, {"a"})));
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 4), usurped(1, 4)}));
    EXPECT_EQ(walk(pool.ready()), hashes({4}));
}

TEST_F(PoolTest, who_takes_several_places_must_outweigh_their_sum)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(7, {}, {"b"})));
    EXPECT_EQ(insert(3, valid(12, {}, {"a", "b"})), refused(Why::too_low_priority, 12, 12));
    EXPECT_TRUE(insert(4, valid(13, {}, {"a", "b"})));
    EXPECT_EQ(pool.status().ready, 1U);
}

TEST_F(PoolTest, sums_of_priorities_do_not_wrap)
{
    ASSERT_TRUE(insert(1, valid(UINT64_MAX, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(2, {}, {"b"})));
    EXPECT_EQ(insert(3, valid(UINT64_MAX, {}, {"a", "b"})), refused(Why::too_low_priority, UINT64_MAX, UINT64_MAX));
}

TEST_F(PoolTest, what_stands_on_a_replaced_one_stays_if_its_tag_does)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a", "b"})));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"c"})));
    ASSERT_TRUE(insert(3, valid(5, {"b"}, {"d"})));
    ASSERT_TRUE(insert(4, valid(5, {"d"}, {"e"})));
    pool.drain();
    ASSERT_TRUE(insert(5, valid(9, {}, {"a"})));
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 5), usurped(1, 5), usurped(3, 5), usurped(4, 5)}));
    EXPECT_EQ(walk(pool.ready()), hashes({5, 2}));
}

TEST_F(PoolTest, circles_are_refused_and_change_nothing)
{
    EXPECT_EQ(insert(1, valid(5, {"a"}, {"a"})), refused(Why::cycle)) << "requires itself";
    ASSERT_TRUE(insert(2, valid(5, {}, {"a", "b"})));
    EXPECT_EQ(insert(3, valid(9, {"b"}, {"a"})), refused(Why::cycle)) << "would remove what it requires";
    ASSERT_TRUE(insert(4, valid(5, {"a"}, {"c"})));
    EXPECT_EQ(insert(5, valid(9, {"c"}, {"a", "b"})), refused(Why::cycle)) << "what it requires stands on it";
    EXPECT_EQ(walk(pool.ready()), hashes({2, 4}));
}

TEST_F(PoolTest, two_that_require_each_other_wait_for_ever)
{
    ASSERT_TRUE(insert(1, valid(5, {"a"}, {"b"})));
    ASSERT_TRUE(insert(2, valid(5, {"b"}, {"a"})));
    EXPECT_EQ(pool.status().future, 2U);
}

TEST_F(PoolTest, a_future_one_that_finds_its_place_taken_is_invalid)
{
    ASSERT_TRUE(insert(1, valid(5, {"x"}, {"a"})));
    ASSERT_TRUE(insert(2, valid(5, {}, {"a"})));
    pool.drain();
    ASSERT_TRUE(insert(3, valid(5, {}, {"x"})));
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 3), event(What::invalid, 1)}));
}

TEST_F(PoolTest, order_is_priority_then_expiry_then_arrival)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"}, 50)));
    ASSERT_TRUE(insert(2, valid(5, {}, {"b"}, 50)));
    ASSERT_TRUE(insert(3, valid(5, {}, {"c"}, 40)));
    ASSERT_TRUE(insert(4, valid(6, {}, {"d"}, 60)));
    ASSERT_TRUE(insert(5, valid(1, {}, {"e"})));
    ASSERT_TRUE(insert(6, valid(9, {"e"}, {"f"})));
    EXPECT_EQ(walk(pool.ready()), hashes({4, 3, 1, 2, 5, 6})) << "6 is best, but 5 must come before it";
}

TEST_F(PoolTest, what_stands_on_a_refused_one_is_passed_over)
{
    ASSERT_TRUE(insert(1, valid(9, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(9, {"a"}, {"b"})));
    ASSERT_TRUE(insert(3, valid(9, {"b"}, {"c"})));
    ASSERT_TRUE(insert(4, valid(1, {}, {"d"})));
    auto order = pool.ready();
    ASSERT_EQ(order.next()->hash, hash_of(1));
    pool.remove(hashes({1, 2, 3, 4}), 0); // a snapshot: the walk goes on
    order.invalid(hash_of(1));
    order.invalid(hash_of(77));
    EXPECT_EQ(order.next()->hash, hash_of(4));
    EXPECT_EQ(order.next(), nullptr);
}

TEST_F(PoolTest, removal_takes_what_stands_on_it_and_bans_what_was_named)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"b"})));
    ASSERT_TRUE(insert(3, valid(5, {}, {"c"})));
    pool.drain();
    EXPECT_EQ(pool.remove(hashes({1, 7}), 1000), hashes({1, 2}));
    EXPECT_EQ(pool.drain(), (std::vector{event(What::invalid, 1), event(What::invalid, 2)}));
    EXPECT_EQ(pool.admit(extrinsic(1), 1000 + kBanMs - 1), refused(Why::temporarily_banned));
    EXPECT_EQ(pool.admit(extrinsic(7), 1000), refused(Why::temporarily_banned));
    EXPECT_TRUE(pool.admit(extrinsic(1), 1000 + kBanMs));
    EXPECT_TRUE(pool.admit(extrinsic(2), 1000)) << "nothing is wrong with it";
}

TEST_F(PoolTest, beyond_the_limit_the_lowest_goes_with_all_that_stand_on_it)
{
    Pool small({.ready_max = 3});
    ASSERT_TRUE(small.insert(extrinsic(1), valid(2, {}, {"a"}), 1, 0));
    ASSERT_TRUE(small.insert(extrinsic(2), valid(9, {"a"}, {"b"}), 1, 0));
    ASSERT_TRUE(small.insert(extrinsic(3), valid(5, {}, {"c"}), 1, 0));
    small.drain();
    ASSERT_TRUE(small.insert(extrinsic(4), valid(5, {}, {"d"}), 1, 0));
    EXPECT_EQ(small.drain(), (std::vector{event(What::ready, 4), event(What::dropped, 1), event(What::dropped, 2)}));
    EXPECT_EQ(small.admit(extrinsic(1), 0), refused(Why::temporarily_banned));
    EXPECT_EQ(walk(small.ready()), hashes({3, 4}));
}

TEST_F(PoolTest, a_newcomer_of_the_lowest_priority_is_dropped_without_a_word)
{
    Pool small({.ready_max = 1});
    ASSERT_TRUE(small.insert(extrinsic(1), valid(5, {}, {"a"}), 1, 0));
    small.drain();
    EXPECT_EQ(small.insert(extrinsic(2), valid(4, {}, {"b"}), 1, 0), refused(Why::immediately_dropped));
    EXPECT_TRUE(small.drain().empty());
    EXPECT_TRUE(small.insert(extrinsic(3), valid(5, {}, {"c"}), 1, 0)) << "of equals the oldest goes";
    EXPECT_EQ(walk(small.ready()), hashes({3}));
}

TEST_F(PoolTest, a_chain_that_is_too_long_loses_only_its_end)
{
    Pool small({.ready_max = 100});
    for (uint32_t nonce = 0; nonce != 100; ++nonce)
        ASSERT_TRUE(small.insert(extrinsic(nonce), by_nonce("alice", nonce, 0, 1), 1, 0));
    EXPECT_EQ(small.insert(extrinsic(100), by_nonce("alice", 100, 0, 1), 1, 0), refused(Why::immediately_dropped));
    EXPECT_EQ(small.status().ready, 100U);
}

TEST_F(PoolTest, bytes_count_tags_included)
{
    Pool small({.ready_bytes_max = 100, .future_bytes_max = 50});
    EXPECT_EQ(small.insert(extrinsic(1, 100), valid(5, {}, {"a"}), 1, 0), refused(Why::immediately_dropped));
    EXPECT_EQ(small.insert(extrinsic(1, 50), valid(5, {"x"}, {"a"}), 1, 0), refused(Why::immediately_dropped));
    ASSERT_TRUE(small.insert(extrinsic(2, 98), valid(5, {}, {"a"}), 1, 0));
    EXPECT_EQ(small.status().ready_bytes, 99U);
    ASSERT_TRUE(small.insert(extrinsic(3, 98), valid(5, {}, {"bb"}), 1, 0));
    EXPECT_EQ(small.status(), (Status{.ready = 1, .ready_bytes = 100}));
}

TEST_F(PoolTest, of_the_future_ones_the_oldest_goes)
{
    for (uint32_t i = 0; i != kFutureMax + 10; ++i)
        ASSERT_TRUE(insert(i, by_nonce("mallory" + std::to_string(i), 5, 0, 1)));
    EXPECT_EQ(pool.status().future, kFutureMax);
    EXPECT_FALSE(pool.contains(hash_of(9)));
    EXPECT_TRUE(pool.contains(hash_of(10)));
}

TEST_F(PoolTest, ten_thousand_that_claim_one_tag_leave_one)
{
    for (uint32_t i = 0; i != 10'000; ++i)
    {
        const auto done = insert(i, valid(i % 2 ? i : 0, {}, {"a"}));
        ASSERT_EQ(done.has_value(), i == 0 || i % 2 == 1) << i;
    }
    EXPECT_EQ(walk(pool.ready()), hashes({9'999}));
    EXPECT_EQ(pool.status().ready, 1U);
}

TEST_F(PoolTest, ten_thousand_more_than_there_is_room_for_leave_the_best)
{
    for (uint32_t i = 0; i != kReadyMax + 10'000; ++i)
        (void)insert(i, by_nonce(std::to_string(i), 0, 0, (i * 7919) % 20'000));
    EXPECT_EQ(pool.status().ready, kReadyMax);
    EXPECT_LE(pool.drain().size(), 2 * (kReadyMax + 10'000));
    auto order = pool.ready();
    uint64_t last = UINT64_MAX;
    while (const auto txn = order.next())
    {
        EXPECT_LE(txn->priority, last);
        last = txn->priority;
    }
    EXPECT_GE(last, 10'000U) << "the worst that is left is better than all that went";
}

TEST_F(PoolTest, the_longest_chain_walks_in_order_and_goes_at_once)
{
    for (uint32_t nonce = kReadyMax; nonce-- != 1;)
    {
        if (nonce >= kFutureMax)
            continue;
        ASSERT_TRUE(insert(nonce, by_nonce("alice", nonce, 0, nonce)));
    }
    ASSERT_TRUE(insert(0, by_nonce("alice", 0, 0, 0)));
    for (uint32_t nonce = kFutureMax; nonce != kReadyMax; ++nonce)
        ASSERT_TRUE(insert(nonce, by_nonce("alice", nonce, 0, nonce)));
    const auto order = walk(pool.ready());
    ASSERT_EQ(order.size(), kReadyMax);
    for (uint32_t nonce = 0; nonce != kReadyMax; ++nonce)
        ASSERT_EQ(order[nonce], hash_of(nonce));
    EXPECT_EQ(pool.remove(hashes({0}), 0).size(), kReadyMax);
    EXPECT_EQ(pool.status(), Status{});
}

TEST(Bans, end_by_themselves_and_the_soonest_give_way)
{
    Bans bans;
    for (uint32_t i = 0; i != Bans::kBansMax + 5; ++i)
        bans.add(hash_of(i), 1000 + i);
    EXPECT_EQ(bans.size(), Bans::kBansMax);
    EXPECT_FALSE(bans.contains(hash_of(4), 0));
    EXPECT_TRUE(bans.contains(hash_of(5), 1004));
    EXPECT_FALSE(bans.contains(hash_of(5), 1005));
    bans.add(hash_of(6), 10);
    EXPECT_TRUE(bans.contains(hash_of(6), 1005)) << "a later end stands";
    bans.expire(1010);
    EXPECT_EQ(bans.size(), Bans::kBansMax - 6);
    bans.lift(hash_of(11));
    EXPECT_FALSE(bans.contains(hash_of(11), 0));
}

} // namespace
} // namespace pool
