#include "merkle/proof.hpp"

#include "merkle/tree.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <set>

namespace {

using base::Digest;
using merkle::Error;
using merkle::Refusal;

/// A tree over leaves that differ in one byte.
merkle::Tree small_tree(size_t leaves)
{
    return merkle::Tree({.leaves = leaves, .value_bytes = 1}, Digest{},
                        [](size_t begin, size_t end, uint8_t* out, size_t stride) {
                            for (size_t i = begin; i != end; ++i)
                                out[(i - begin) * stride] = uint8_t(i);
                        });
}

std::vector<uint32_t> positions_of(uint32_t subset)
{
    std::vector<uint32_t> positions;
    for (; subset != 0; subset &= subset - 1)
        positions.push_back(uint32_t(std::countr_zero(subset)));
    return positions;
}

std::vector<Digest> leaves_at(const merkle::TreeView& tree, std::span<const uint32_t> positions)
{
    std::vector<Digest> leaves;
    for (const uint32_t position : positions)
        leaves.push_back(tree.leaf(position));
    return leaves;
}

/// The nodes that a proof must hold, by the definition: siblings of known nodes that are not known themselves.
std::vector<std::pair<size_t, size_t>> defined_siblings(size_t leaves, std::span<const uint32_t> positions)
{
    std::vector<std::pair<size_t, size_t>> wanted; // width of the level, index in it
    std::set<size_t> known(positions.begin(), positions.end());
    for (size_t width = leaves; width != 1; width /= 2)
    {
        std::set<size_t> parents;
        for (size_t i = 0; i != width; ++i)
            if (!known.contains(i) && known.contains(i ^ 1))
                wanted.emplace_back(width, i);
        for (const size_t i : known)
            parents.insert(i / 2);
        known = parents;
    }
    return wanted;
}

/// The nodes of `tree` from the definition of a parent, by their level's width.
Digest node(const merkle::TreeView& tree, size_t width, size_t i)
{
    if (width == tree.leaves())
        return tree.leaf(i);
    const std::array children{node(tree, 2 * width, 2 * i), node(tree, 2 * width, 2 * i + 1)};
    Digest parent;
    crypto::hash_pairs(merkle::node_key(), children, {&parent, 1});
    return parent;
}

TEST(MerkleProof, holds_exactly_the_nodes_that_cannot_be_computed_in_canonical_order)
{
    for (uint32_t log_leaves = 0; log_leaves <= 3; ++log_leaves)
    {
        const size_t leaves = size_t{1} << log_leaves;
        const auto tree = small_tree(leaves);
        for (uint32_t subset = 1; subset >> leaves == 0; ++subset)
        {
            const auto positions = positions_of(subset);
            std::vector<Digest> wanted;
            for (const auto& [width, i] : defined_siblings(leaves, positions))
                wanted.push_back(node(tree.view(), width, i));
            ASSERT_EQ(tree.view().open(positions), wanted) << leaves << " " << subset;
        }
    }
}

/// Completeness and soundness by exhaustion: every set of leaves of every tree up to 16; every digest flipped.
TEST(MerkleProof, every_opening_verifies_and_every_flipped_digest_is_refused)
{
    for (uint32_t log_leaves = 0; log_leaves <= 4; ++log_leaves)
    {
        const size_t leaves = size_t{1} << log_leaves;
        const auto tree = small_tree(leaves);
        for (uint32_t subset = 1; subset >> leaves == 0; ++subset)
        {
            const auto positions = positions_of(subset);
            auto opened = leaves_at(tree.view(), positions);
            auto proof = tree.view().open(positions);
            const auto verified = [&] { return merkle::verify(tree.root(), log_leaves, positions, opened, proof); };
            ASSERT_EQ(merkle::sibling_count(log_leaves, positions), proof.size());
            ASSERT_TRUE(verified()) << leaves << " " << subset;

            for (auto* digests : {&opened, &proof})
                for (auto& digest : *digests)
                {
                    digest[subset % 32] ^= 1;
                    ASSERT_EQ(verified(), std::unexpected(Error{Refusal::root, 0})) << leaves << " " << subset;
                    digest[subset % 32] ^= 1;
                }
        }
    }
}

TEST(MerkleProof, one_digest_too_few_or_too_many_is_refused_with_the_right_number)
{
    const auto tree = small_tree(16);
    for (uint32_t subset = 1; subset >> 16 == 0; ++subset)
    {
        const auto positions = positions_of(subset);
        const auto opened = leaves_at(tree.view(), positions);
        auto proof = tree.view().open(positions);
        const auto expected = std::unexpected(Error{Refusal::sibling_count, proof.size()});

        proof.push_back({});
        ASSERT_EQ(merkle::verify(tree.root(), 4, positions, opened, proof), expected);
        proof.pop_back();
        if (!proof.empty())
        {
            proof.pop_back();
            ASSERT_EQ(merkle::verify(tree.root(), 4, positions, opened, proof), expected);
        }
    }
}

TEST(MerkleProof, a_leaf_proves_nothing_about_another_position)
{
    const auto tree = small_tree(16);
    for (uint32_t at = 0; at != 16; ++at)
        for (uint32_t claimed = 0; claimed != 16; ++claimed)
        {
            const std::array positions{claimed};
            const std::vector<Digest> leaf{tree.view().leaf(at)};
            const auto proof = tree.view().open(std::array{at});
            EXPECT_EQ(merkle::verify(tree.root(), 4, positions, leaf, proof).has_value(), at == claimed);
        }
}

TEST(MerkleProof, another_depth_is_refused)
{
    const auto tree = small_tree(16);
    const std::array<uint32_t, 1> positions{2};
    const std::vector<Digest> leaf{tree.view().leaf(2)};
    const auto proof = tree.view().open(positions);
    EXPECT_EQ(merkle::verify(tree.root(), 3, positions, leaf, proof),
              std::unexpected(Error{Refusal::sibling_count, 3}));
    EXPECT_EQ(merkle::verify(tree.root(), 5, positions, leaf, proof),
              std::unexpected(Error{Refusal::sibling_count, 5}));
}

TEST(MerkleProof, repeated_queries_open_each_leaf_once)
{
    EXPECT_EQ(merkle::distinct(std::array<uint32_t, 6>{5, 1, 5, 0, 1, 9}), (std::vector<uint32_t>{0, 1, 5, 9}));
    EXPECT_TRUE(merkle::distinct({}).empty());
}

TEST(MerkleProof, a_large_tree_opens_at_scattered_positions)
{
    constexpr uint32_t kLog = 14;
    const auto tree = merkle::Tree({.leaves = size_t{1} << kLog, .value_bytes = 64}, Digest{},
                                   [](size_t begin, size_t end, uint8_t* out, size_t stride) {
                                       for (size_t i = begin; i != end; ++i)
                                           for (size_t j = 0; j != 64; ++j)
                                               out[(i - begin) * stride + j] = uint8_t(i * 64 + j);
                                   });
    std::vector<uint32_t> queries;
    for (uint32_t i = 0; i != 200; ++i)
        queries.push_back((i * 2654435761u) >> (32 - kLog));
    const auto positions = merkle::distinct(queries);
    auto opened = leaves_at(tree.view(), positions);
    const auto proof = tree.view().open(positions);
    EXPECT_TRUE(merkle::verify(tree.root(), kLog, positions, opened, proof));
    std::swap(opened[0], opened[1]);
    EXPECT_FALSE(merkle::verify(tree.root(), kLog, positions, opened, proof));
}

TEST(MerkleProofDeathTest, positions_must_be_sorted_distinct_and_inside)
{
    EXPECT_DEATH(merkle::sibling_count(2, {}), "");
    EXPECT_DEATH(merkle::sibling_count(2, std::array<uint32_t, 2>{1, 1}), "");
    EXPECT_DEATH(merkle::sibling_count(2, std::array<uint32_t, 2>{2, 1}), "");
    EXPECT_DEATH(merkle::sibling_count(2, std::array<uint32_t, 1>{4}), "");
    EXPECT_DEATH(merkle::sibling_count(25, std::array<uint32_t, 1>{0}), "");
}

} // namespace
