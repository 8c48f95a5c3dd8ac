#include "chain/block_tree.hpp"

#include <gtest/gtest.h>

#include <random>

namespace chain {
namespace {

Hash name(uint32_t n)
{
    Hash hash{};
    for (size_t i = 0; i != 4; ++i)
        hash[i] = uint8_t(n >> (8 * i));
    return hash;
}

/// 0 ← 1 ← 2 ← 3 and 1 ← 12 ← 13; all secondary.
BlockTree forked()
{
    BlockTree tree({name(0), 100});
    EXPECT_TRUE(tree.insert(name(1), name(0), false));
    EXPECT_TRUE(tree.insert(name(2), name(1), false));
    EXPECT_TRUE(tree.insert(name(12), name(1), false));
    EXPECT_TRUE(tree.insert(name(3), name(2), false));
    EXPECT_TRUE(tree.insert(name(13), name(12), false));
    return tree;
}

TEST(BlockTree, of_equal_chains_the_first_seen_is_best) { EXPECT_EQ(forked().best().hash, name(3)); }

TEST(BlockTree, a_primary_claim_outweighs_length)
{
    auto tree = forked();
    ASSERT_TRUE(tree.insert(name(22), name(1), true));
    EXPECT_EQ(tree.best(), (BlockId{name(22), 102}));
}

TEST(BlockTree, the_best_block_on_another_is_on_its_chain)
{
    auto tree = forked();
    ASSERT_TRUE(tree.insert(name(14), name(13), false));
    ASSERT_TRUE(tree.insert(name(23), name(2), true));
    EXPECT_EQ(tree.best().hash, name(23));
    EXPECT_EQ(tree.best_containing(name(1))->hash, name(23));
    EXPECT_EQ(tree.best_containing(name(2))->hash, name(23));
    EXPECT_EQ(tree.best_containing(name(12))->hash, name(14));
    EXPECT_EQ(tree.best_containing(name(3))->hash, name(3)) << "a leaf";
    EXPECT_EQ(tree.best_containing(name(99)), std::nullopt);
}

TEST(BlockTree, strangers_and_repetitions_are_refused)
{
    auto tree = forked();
    EXPECT_EQ(tree.insert(name(3), name(2), false), std::unexpected(InsertRefusal::known));
    EXPECT_EQ(tree.insert(name(7), name(6), false), std::unexpected(InsertRefusal::unknown_parent));
}

TEST(BlockTree, finalising_returns_the_chain_and_the_forks_that_lost)
{
    auto tree = forked();
    const auto done = tree.finalise(name(2));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->chain, (std::vector<BlockId>{{name(1), 101}, {name(2), 102}}));
    EXPECT_EQ(done->pruned, (std::vector<BlockId>{{name(12), 102}, {name(13), 103}}));
    EXPECT_EQ(tree.size(), 2);
    EXPECT_EQ(tree.insert(name(14), name(13), true), std::unexpected(InsertRefusal::unknown_parent));
    EXPECT_FALSE(tree.finalise(name(1))) << "below the finalised block";
    EXPECT_TRUE(tree.finalise(name(2))->chain.empty());
}

TEST(BlockTree, a_route_goes_down_to_the_common_block_and_up_again)
{
    const auto route = forked().route(name(3), name(13));
    ASSERT_TRUE(route);
    EXPECT_EQ(route->retracted, (std::vector<BlockId>{{name(3), 103}, {name(2), 102}}));
    EXPECT_EQ(route->common.hash, name(1));
    EXPECT_EQ(route->enacted, (std::vector<BlockId>{{name(12), 102}, {name(13), 103}}));
}

/// A tree as a list of parents, and everything computed from scratch.
struct Naive
{
    std::vector<uint32_t> parent{0};
    std::vector<bool> primary{false};
    std::vector<uint32_t> alive{0};
    uint32_t finalised = 0;

    bool above(uint32_t ancestor, uint32_t block) const
    {
        for (; block > ancestor; block = parent[block])
            ;
        return block == ancestor;
    }
    std::pair<uint32_t, uint32_t> weight(uint32_t block) const
    {
        std::pair<uint32_t, uint32_t> sum{0, 0};
        for (; block != 0; block = parent[block])
            sum = {sum.first + primary[block], sum.second + 1};
        return sum;
    }
    uint32_t best() const
    {
        uint32_t best = finalised;
        for (const auto block : alive)
            if (weight(block) > weight(best))
                best = block;
        return best;
    }
};

TEST(BlockTree, agrees_with_a_naive_tree_on_random_histories)
{
    for (uint32_t seed = 0; seed != 200; ++seed)
    {
        std::mt19937 random(seed);
        BlockTree tree({name(0), 0});
        Naive naive;
        for (uint32_t block = 1; block != 60; ++block)
        {
            const auto parent = naive.alive[random() % naive.alive.size()];
            const bool primary = random() % 3 == 0;
            ASSERT_TRUE(tree.insert(name(block), name(parent), primary));
            naive.parent.push_back(parent);
            naive.primary.push_back(primary);
            naive.alive.push_back(block);
            if (random() % 10 == 0)
            {
                naive.finalised = naive.alive[random() % naive.alive.size()];
                std::erase_if(naive.alive, [&](uint32_t each) { return !naive.above(naive.finalised, each); });
                ASSERT_TRUE(tree.finalise(name(naive.finalised)));
            }
            ASSERT_EQ(tree.best().hash, name(naive.best())) << "seed " << seed << ", block " << block;
            ASSERT_EQ(tree.size(), naive.alive.size());
            const auto a = naive.alive[random() % naive.alive.size()], b = naive.alive[random() % naive.alive.size()];
            ASSERT_EQ(tree.is_ancestor(name(a), name(b)), naive.above(a, b));
        }
    }
}

} // namespace
} // namespace chain
