#include "merkle/tree.hpp"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <string>

namespace {

using base::Bytes;
using base::ByteView;
using base::Digest;
using merkle::FillLeaves;
using merkle::Tree;

std::string hex(ByteView bytes)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : bytes)
        text += {digits[byte / 16], digits[byte % 16]};
    return text;
}

Digest counting()
{
    Digest bytes;
    std::iota(bytes.begin(), bytes.end(), uint8_t{0});
    return bytes;
}

/// A stand-in for a prime field: merkle knows none.
struct Word
{
    uint32_t number = 0;
    uint32_t value() const { return number; }
};

std::vector<Word> matrix_of(size_t rows, size_t width)
{
    std::vector<Word> matrix(rows * width);
    for (size_t i = 0; i != matrix.size(); ++i)
        matrix[i].number = uint32_t(2654435761u * i);
    return matrix;
}

Tree tree_of(std::span<const Word> matrix, size_t width)
{
    return Tree({.leaves = matrix.size() / width, .value_bytes = 4 * width}, counting(),
                merkle::rows_of(matrix, width));
}

/// The definition, one hash at a time.
Digest defined_leaf(std::span<const Word> row, const Digest& seed, size_t i)
{
    base::Writer bytes;
    for (const Word& word : row)
        bytes.put(word.number);
    Digest salt;
    crypto::Blake3::derive_key("zkp leaf salt v1").update(seed).xof(32 * i, salt);
    bytes.put(ByteView(salt));
    while (bytes.bytes().size() % 64 != 0)
        bytes.put(uint8_t{0});
    return crypto::Blake3::keyed(crypto::derive_key("zkp merkle leaf v1")).update(bytes.bytes()).digest();
}

Digest defined_root(std::span<const Digest> leaves)
{
    if (leaves.size() == 1)
        return leaves[0];
    const auto left = defined_root(leaves.first(leaves.size() / 2));
    const auto right = defined_root(leaves.subspan(leaves.size() / 2));
    return crypto::Blake3::keyed(crypto::derive_key("zkp merkle node v1")).update(left).update(right).digest();
}

/// Computed with Debian's b3sum 1.2.0 over bytes that a script laid out after the specification.
TEST(Tree, keys_salts_leaves_and_root_are_those_of_the_specification)
{
    EXPECT_EQ(hex(merkle::leaf_key()), "501f93386fdd0e4398321e166a43a8afc1395386e2ea2033c80b062639813646");
    EXPECT_EQ(hex(merkle::node_key()), "44373d21aa7abfa123d4ff951e376c454d6d93ae16519cd857397896230d35bb");
    EXPECT_EQ(hex(merkle::Salts(counting()).at(3)), "b75121b900b3b1ef941a5038742dab97094b9f93f3c981d57e191e31a51dfa68");

    const std::vector<Word> matrix{{0}, {1}, {10}, {11}, {20}, {21}, {30}, {31}};
    const auto tree = tree_of(matrix, 2);
    EXPECT_EQ(hex(tree.view().leaf(0)), "14db93bd7e6853754bad53fe3c47c0b0c8ce487dd5658f1b6918086221b9f38a");
    EXPECT_EQ(hex(tree.root()), "fb3d3986809ded27fa015ac2204b0f73bb2d72124c15ce88893472c689e7e9ba");
}

TEST(Tree, every_size_and_width_follows_the_definition)
{
    for (size_t leaves = 1; leaves <= 1024; leaves *= 2)
        for (const size_t width : {1, 7, 8, 9, 16, 64, 80, 248})
        {
            const auto matrix = matrix_of(leaves, width);
            const auto tree = tree_of(matrix, width);
            std::vector<Digest> digests;
            for (size_t i = 0; i != leaves; ++i)
            {
                digests.push_back(defined_leaf(std::span(matrix).subspan(i * width, width), counting(), i));
                ASSERT_EQ(tree.view().leaf(i), digests[i]) << leaves << " leaves of " << width << ": " << i;
            }
            ASSERT_EQ(tree.root(), defined_root(digests)) << leaves << " leaves of " << width;
        }
}

TEST(Tree, the_verifiers_leaf_digests_are_the_trees)
{
    const merkle::Salts salts(counting());
    for (const size_t width : {1, 16, 17, 248})
    {
        const auto matrix = matrix_of(64, width);
        const auto tree = tree_of(matrix, width);
        for (const size_t count : {0, 1, 15, 16, 17, 40})
        {
            base::Writer values;
            std::vector<Digest> salt;
            for (size_t k = 0; k != count; ++k)
            {
                const size_t leaf = 63 - k;
                for (size_t j = 0; j != width; ++j)
                    values.put(matrix[leaf * width + j].number);
                salt.push_back(salts.at(leaf));
            }
            std::vector<Digest> digests(count);
            merkle::hash_leaves(values.bytes(), 4 * width, salt, digests);
            for (size_t k = 0; k != count; ++k)
                ASSERT_EQ(digests[k], tree.view().leaf(63 - k)) << width << " " << k;
        }
    }
}

TEST(Tree, another_seed_changes_every_leaf)
{
    const auto matrix = matrix_of(64, 4);
    const auto fill = merkle::rows_of<Word>(matrix, 4);
    const Tree a({64, 16}, Digest{}, fill), b({64, 16}, counting(), fill);
    for (size_t i = 0; i != 64; ++i)
        EXPECT_NE(a.view().leaf(i), b.view().leaf(i));
}

TEST(Tree, equal_rows_have_different_leaves)
{
    const std::vector<Word> matrix(64 * 4);
    const auto tree = tree_of(matrix, 4);
    for (size_t i = 1; i != 64; ++i)
        EXPECT_NE(tree.view().leaf(i), tree.view().leaf(0));
}

struct Triple
{
    static constexpr size_t kDegree = 3;
    std::array<Word, 3> words;
    Word coefficient(size_t i) const { return words[i]; }
};

TEST(Tree, extension_elements_are_rows_of_their_coefficients)
{
    const auto matrix = matrix_of(64, 6);
    std::vector<Triple> triples;
    for (size_t i = 0; i != matrix.size(); i += 3)
        triples.push_back({{matrix[i], matrix[i + 1], matrix[i + 2]}});
    const Tree tree({64, 24}, counting(), merkle::rows_of<Triple>(triples, 2));
    EXPECT_EQ(tree.root(), tree_of(matrix, 6).root());
}

TEST(Tree, nodes_may_lie_in_memory_of_the_callers)
{
    const auto matrix = matrix_of(256, 16);
    std::vector<Digest> nodes(512);
    nodes[0].fill(0xff);
    merkle::build({256, 64}, counting(), merkle::rows_of<Word>(matrix, 16), nodes);
    EXPECT_EQ(merkle::TreeView(nodes).root(), tree_of(matrix, 16).root());
    EXPECT_EQ(nodes[0], Digest{});
}

TEST(TreeDeathTest, impossible_shapes_stop)
{
    const FillLeaves nothing = [](size_t, size_t, uint8_t*, size_t) {};
    EXPECT_DEATH(Tree({.leaves = 0, .value_bytes = 4}, Digest{}, nothing), "");
    EXPECT_DEATH(Tree({.leaves = 3, .value_bytes = 4}, Digest{}, nothing), "");
    EXPECT_DEATH(Tree({.leaves = 4, .value_bytes = merkle::kValueBytesMax + 1}, Digest{}, nothing), "");
    EXPECT_DEATH(merkle::TreeView(std::vector<Digest>(6)), "");
}

} // namespace
