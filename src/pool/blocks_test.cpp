#include "pool/testing/make.hpp"

#include <gtest/gtest.h>

namespace pool {
namespace {

using namespace testing;
using What = Event::What;
using Why = Refusal::Why;

Event event(What what, uint32_t number) { return {.what = what, .transaction = hash_of(number)}; }
Event at_block(What what, uint32_t number, uint8_t in, uint32_t index)
{
    return {what, hash_of(number), block(in), index};
}

struct BlocksTest : ::testing::Test
{
    Pool pool;

    auto insert(uint32_t number, const primitives::ValidTransaction& validity, BlockNumber at = 1)
    {
        return pool.insert(extrinsic(number), validity, at, 0);
    }
    void import(uint8_t number, std::initializer_list<uint32_t> included, std::initializer_list<std::string_view> gives)
    {
        pool.on_block(block(number), number, hashes(included), tags(gives), 0);
    }
    std::vector<Hash> due(size_t count = 100)
    {
        std::vector<Hash> found;
        for (const auto& each : pool.next_to_revalidate(count))
            found.push_back(each.hash);
        return found;
    }
};

TEST_F(BlocksTest, what_a_block_holds_leaves_and_what_stands_on_it_stays)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"b"})));
    pool.drain();
    import(2, {90, 1}, {});
    EXPECT_EQ(pool.drain(), (std::vector{at_block(What::in_block, 1, 2, 1)})) << "90 is not ours";
    EXPECT_EQ(walk(pool.ready()), hashes({2}));
    EXPECT_EQ(pool.admit(extrinsic(1), 1), std::unexpected(Refusal{Why::temporarily_banned})) << "peers send it still";
}

TEST_F(BlocksTest, tags_of_strangers_make_future_ones_ready)
{
    ASSERT_TRUE(insert(2, valid(5, {"a", "b"}, {"c"})));
    ASSERT_TRUE(insert(3, valid(5, {"c"}, {"d"})));
    pool.drain();
    import(2, {90}, {"a"});
    EXPECT_TRUE(pool.drain().empty());
    for (uint8_t number = 3; number != 10; ++number)
        import(number, {}, {});
    import(10, {91}, {"b"});
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 2), event(What::ready, 3)})) << "a is not forgotten";
}

TEST_F(BlocksTest, what_was_validated_just_before_a_block_finds_its_tags_for_two_blocks)
{
    import(2, {}, {"a"});
    ASSERT_TRUE(insert(1, valid(5, {"a"}, {"b"})));
    EXPECT_EQ(pool.status().ready, 1U);
    import(3, {}, {});
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"c"})));
    EXPECT_EQ(pool.status().ready, 2U);
    import(4, {}, {});
    ASSERT_TRUE(insert(3, valid(5, {"a"}, {"d"})));
    EXPECT_EQ(pool.status().future, 1U);
}

TEST_F(BlocksTest, a_future_one_can_be_in_a_block_too)
{
    ASSERT_TRUE(insert(1, valid(5, {"x"}, {"a"})));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"b"})));
    pool.drain();
    import(2, {1}, {});
    EXPECT_EQ(pool.drain(), (std::vector{at_block(What::in_block, 1, 2, 0), event(What::ready, 2)}));
}

TEST_F(BlocksTest, one_whose_tag_another_provided_is_asked_about_again)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a", "z"})));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"b"})));
    ASSERT_TRUE(insert(3, valid(5, {"z"}, {"c"})));
    pool.drain();
    import(2, {90}, {"a"});
    EXPECT_EQ(pool.drain(), (std::vector{event(What::future, 3)})) << "z is not provided";
    EXPECT_EQ(walk(pool.ready()), hashes({2}));
    ASSERT_EQ(due(), hashes({1}));
    pool.revalidated(hash_of(1), std::unexpected(stale()), 2, 0);
    EXPECT_EQ(pool.drain(), (std::vector{event(What::invalid, 1)}));
    EXPECT_EQ(pool.status(), (Status{.ready = 1, .ready_bytes = 10, .future = 1, .future_bytes = 10}));
}

TEST_F(BlocksTest, what_the_chain_gave_a_moved_one_is_not_forgotten)
{
    import(2, {}, {"c"});
    ASSERT_TRUE(insert(1, valid(5, {}, {"a", "z"})));
    ASSERT_TRUE(insert(3, valid(5, {"z", "c"}, {"d"})));
    import(3, {}, {});
    import(4, {}, {});
    import(5, {90}, {"a"});
    EXPECT_EQ(pool.status().future, 1U);
    ASSERT_TRUE(insert(4, valid(5, {}, {"z"})));
    EXPECT_EQ(walk(pool.ready()), hashes({4, 3}));
}

TEST_F(BlocksTest, one_that_is_still_valid_comes_back_in_silence)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a", "z"})));
    ASSERT_TRUE(insert(3, valid(5, {"z"}, {"c"})));
    import(2, {90}, {"a"});
    pool.drain();
    ASSERT_EQ(due(), hashes({1}));
    pool.revalidated(hash_of(1), valid(5, {}, {"z"}), 2, 0);
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 3)}));
    EXPECT_EQ(walk(pool.ready()), hashes({1, 3}));
}

TEST_F(BlocksTest, what_an_included_one_required_is_on_the_chain_whoever_provided_it)
{
    ASSERT_TRUE(insert(1, by_nonce("alice", 0, 0, 5)));
    ASSERT_TRUE(insert(2, by_nonce("alice", 1, 0, 5)));
    ASSERT_TRUE(insert(3, by_nonce("alice", 2, 0, 5)));
    import(2, {90, 2}, {});
    EXPECT_EQ(walk(pool.ready()), hashes({3}));
    EXPECT_EQ(due(), hashes({1}));
}

TEST_F(BlocksTest, those_that_expire_go_with_all_that_stand_on_them)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"}, 10)));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"b"}, 60)));
    ASSERT_TRUE(insert(3, valid(5, {"x"}, {"c"}, 10)));
    ASSERT_TRUE(insert(4, valid(5, {}, {"d"}, UINT64_MAX)));
    import(10, {}, {});
    pool.drain();
    import(11, {}, {});
    EXPECT_EQ(pool.drain(), (std::vector{event(What::invalid, 1), event(What::invalid, 2), event(What::invalid, 3)}));
    EXPECT_EQ(walk(pool.ready()), hashes({4}));
    EXPECT_FALSE(pool.admit(extrinsic(1), 1));
    EXPECT_TRUE(pool.admit(extrinsic(2), 1));
}

TEST_F(BlocksTest, a_retracted_one_is_asked_about_first_and_stands_below_what_required_it)
{
    ASSERT_TRUE(insert(1, valid(1, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(9, {"a"}, {"b"})));
    import(2, {1}, {});
    pool.drain();
    pool.on_retracted(block(2), std::vector<Bytes>{extrinsic(1), extrinsic(77)});
    EXPECT_EQ(pool.drain(), (std::vector{at_block(What::retracted, 1, 2, 0)}));
    import(3, {}, {});
    EXPECT_EQ(due(), (std::vector<Hash>{hash_of(1), hash_of(77), hash_of(2)}));
    EXPECT_TRUE(due().empty()) << "each once";
    pool.revalidated(hash_of(1), valid(1, {}, {"a"}), 3, 0);
    pool.revalidated(hash_of(77), std::unexpected(stale()), 3, 0);
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 1), event(What::invalid, 77)}));
    EXPECT_EQ(walk(pool.ready()), hashes({1, 2})) << "in spite of its ban and of the lower priority";
}

TEST_F(BlocksTest, a_retracted_one_can_be_in_the_block_that_takes_over)
{
    ASSERT_TRUE(insert(1, valid(1, {}, {"a"})));
    import(2, {1}, {});
    pool.on_retracted(block(2), std::vector<Bytes>{extrinsic(1)});
    import(3, {80, 81, 1}, {});
    pool.drain();
    EXPECT_EQ(pool.status(), Status{});
    pool.on_finalized(block(2));
    pool.on_finalized(block(3));
    EXPECT_EQ(pool.drain(), (std::vector{at_block(What::finalized, 1, 3, 2)}));
    pool.on_finalized(block(3));
    EXPECT_TRUE(pool.drain().empty());
}

TEST_F(BlocksTest, tags_of_a_retracted_block_are_taken_back)
{
    import(2, {}, {"a"});
    pool.on_retracted(block(2), {});
    ASSERT_TRUE(insert(1, valid(5, {"a"}, {"b"})));
    EXPECT_EQ(pool.status().future, 1U);
}

TEST_F(BlocksTest, a_returning_one_may_come_in_by_itself_and_stays_when_refused)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    import(2, {90}, {"a"});
    ASSERT_TRUE(insert(2, valid(5, {}, {"a"})));
    EXPECT_EQ(insert(1, valid(5, {}, {"a"})), std::unexpected(Refusal{Why::too_low_priority, 5, 5}));
    EXPECT_EQ(pool.status().returning, 1U);
    EXPECT_TRUE(insert(1, valid(6, {}, {"a"})));
    EXPECT_EQ(walk(pool.ready()), hashes({1}));
    EXPECT_EQ(pool.status().returning, 0U);
}

TEST_F(BlocksTest, blocks_that_are_never_final_are_given_up)
{
    for (uint32_t i = 0; i != Inclusions::kBlocksMax + 1; ++i)
    {
        ASSERT_TRUE(pool.insert(extrinsic(i), valid(1, {}, {"a"}, UINT64_MAX), i, 0));
        Hash name = block(1);
        name[1] = uint8_t(i), name[2] = uint8_t(i >> 8);
        pool.drain();
        pool.on_block(name, i + 1, std::vector<Hash>{hash_of(i)}, {}, 0);
    }
    EXPECT_EQ(pool.drain(), (std::vector{Event{What::in_block, hash_of(Inclusions::kBlocksMax),
                                               [] {
                                                   Hash name = block(1);
                                                   name[2] = 2;
                                                   return name;
                                               }(),
                                               0},
                                         Event{What::finality_timeout, hash_of(0), block(1), 0}}));
}

TEST_F(BlocksTest, transactions_are_validated_again_after_twenty_blocks_the_oldest_first)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"}), 5));
    ASSERT_TRUE(insert(2, valid(5, {"x"}, {"b"}), 3));
    import(22, {}, {});
    EXPECT_TRUE(due().empty());
    import(23, {}, {});
    EXPECT_EQ(due(), hashes({2}));
    import(43, {}, {});
    EXPECT_EQ(due(1), hashes({1}));
    EXPECT_EQ(due(1), hashes({2})) << "no answer came: again";
    pool.drain();
    pool.revalidated(hash_of(1), valid(7, {}, {"a"}), 43, 0);
    pool.revalidated(hash_of(2),
                     primitives::TransactionValidity(
                         std::unexpected(primitives::TransactionValidityError(primitives::UnknownTransaction{}))),
                     43, 0);
    EXPECT_TRUE(pool.drain().empty());
    EXPECT_EQ(pool.find(hash_of(1))->priority, 7U);
    EXPECT_EQ(pool.find(hash_of(1))->valid_till, 43U + 64U);
    EXPECT_EQ(pool.status().future, 1U);
}

TEST_F(BlocksTest, new_tags_move_what_stands_on_the_old_ones)
{
    ASSERT_TRUE(insert(1, valid(5, {}, {"a"})));
    ASSERT_TRUE(insert(2, valid(5, {"a"}, {"b"})));
    ASSERT_TRUE(insert(3, valid(5, {"n"}, {"c"})));
    pool.drain();
    pool.revalidated(hash_of(1), valid(5, {}, {"n"}), 9, 0);
    EXPECT_EQ(pool.drain(), (std::vector{event(What::ready, 3), event(What::future, 2)}));
    pool.revalidated(hash_of(1), valid(5, {"far"}, {"a"}), 9, 0);
    EXPECT_EQ(pool.status().future, 3U);
    pool.revalidated(hash_of(1), valid(5, {}, {}), 9, 0);
    EXPECT_FALSE(pool.contains(hash_of(1))) << "one without tags is invalid";
    pool.revalidated(hash_of(1), valid(5, {}, {"a"}), 9, 0);
    EXPECT_FALSE(pool.contains(hash_of(1))) << "what has left stays away";
}

TEST_F(BlocksTest, a_nonce_that_the_chain_has_reached_moves_nothing)
{
    for (uint32_t nonce = 0; nonce != 5; ++nonce)
        ASSERT_TRUE(insert(nonce, by_nonce("alice", nonce, 0, 5)));
    import(2, {0, 1}, {});
    pool.drain();
    pool.revalidated(hash_of(2), by_nonce("alice", 2, 2, 5), 2, 0);
    EXPECT_TRUE(pool.drain().empty()) << "2 requires nothing any more, 3 and 4 stay on it";
    EXPECT_EQ(walk(pool.ready()), hashes({2, 3, 4}));
}

TEST_F(BlocksTest, what_comes_out_of_blocks_has_limits_too)
{
    Pool small({.ready_max = 2});
    small.on_retracted(block(1), std::vector<Bytes>{extrinsic(1), extrinsic(2), extrinsic(3)});
    EXPECT_EQ(small.status().returning, 2U);
    EXPECT_EQ(small.drain(), (std::vector{event(What::dropped, 3)}));
}

} // namespace
} // namespace pool
