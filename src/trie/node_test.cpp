#include "trie/node.hpp"

#include "trie/update.hpp"

#include <gtest/gtest.h>

#include <random>

namespace trie {
namespace {

Bytes hex(std::string_view text)
{
    Bytes bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(uint8_t(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    return bytes;
}

Bytes encoded(const Node& node)
{
    Bytes out;
    encode_node(node, out);
    return out;
}

TEST(TrieNode, the_empty_trie_has_the_root_that_every_chain_without_state_has)
{
    // The extrinsics root of every genesis block, Polkadot's among them.
    const auto root = empty_root();
    EXPECT_EQ(Bytes(root.begin(), root.end()), hex("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314"));
}

TEST(TrieNode, a_leaf_and_a_branch_read_as_they_are_written)
{
    const Bytes key = hex("0a5b"), value = hex("0102"), inside = hex("4200040f");
    const Node leaf{.partial = Nibbles(key).from(1), .kind = ValueKind::plain, .value = value};
    EXPECT_EQ(encoded(leaf), hex("430a5b080102"));

    Node branch{.partial = Nibbles(key).first(2), .kind = ValueKind::none, .value = {}, .mask = 1 << 3 | 1 << 15};
    branch.children[3] = inside;
    branch.children[15] = inside;
    EXPECT_EQ(encoded(branch), hex("820a0880104200040f104200040f"));
    const auto bytes = encoded(branch);
    const auto again = decode_node(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(encoded(*again), bytes);
    EXPECT_TRUE(std::ranges::equal(again->children[15], inside));
}

TEST(TrieNode, every_variant_is_told_apart_and_every_size_of_the_partial_key_survives)
{
    const Bytes hash(32, 7), value{1, 2, 3};
    for (size_t size = 0; size != 700; ++size)
        for (const auto kind : {ValueKind::none, ValueKind::plain, ValueKind::hashed})
            for (const uint16_t mask : {0, 0x8001})
            {
                if (mask == 0 && kind == ValueKind::none)
                    continue;
                Bytes packed((size + 1) / 2, 0x5a);
                if (size % 2 == 1)
                    packed[0] = 0x0a;
                Node node{.partial = Nibbles(packed, size), .kind = kind, .value = {}, .mask = mask};
                if (kind != ValueKind::none)
                    node.value = kind == ValueKind::plain ? value : hash;
                if (mask != 0)
                    node.children[0] = node.children[15] = hash;
                const auto bytes = encoded(node);
                const auto again = decode_node(bytes);
                ASSERT_TRUE(again) << size;
                EXPECT_EQ(again->partial.size(), size);
                EXPECT_EQ(again->kind, kind);
                EXPECT_EQ(again->mask, mask);
                EXPECT_EQ(encoded(*again), bytes);
            }
}

TEST(TrieNode, what_no_encoder_writes_is_refused)
{
    for (const auto* bytes : {
             "",   // nothing
             "00", // the empty trie
             "01",
             "0f",             // reserved headers
             "41",             // no partial key
             "4110",           // padding nibble set
             "410a",           // no value
             "410a0801",       // a value cut short
             "410a040100",     // a byte left over
             "410a010004",     // a length longer than needed
             "410a0300000004", // a length in the form for large numbers
             "7f",             // a size that goes on after the end
             "7fff",           //
             "800000",         // a branch without children
             "8001",           // a bitmap cut short
             "80010000",       // an empty child
             "80010084",       // a child of 33 bytes
             "200101",         // a hash cut short
         })
        EXPECT_FALSE(decode_node(hex(bytes))) << bytes;
    EXPECT_TRUE(decode_node(hex("80010000"), Form::compact));
}

TEST(TrieNode, whatever_decodes_encodes_to_the_same_bytes)
{
    std::mt19937_64 random(3);
    size_t decoded = 0;
    for (int run = 0; run != 200'000; ++run)
    {
        Bytes bytes(1 + random() % 12);
        for (auto& byte : bytes)
            byte = uint8_t(random() % 2 == 0 ? random() % 8 : random());
        if (random() % 2 == 0)
            bytes[0] = uint8_t(0x40 + random() % 6);
        const auto node = decode_node(bytes);
        if (!node)
            continue;
        ++decoded;
        ASSERT_EQ(encoded(*node), bytes);
    }
    EXPECT_GT(decoded, 100u);
}

} // namespace
} // namespace trie
