#include "trie/compact.hpp"

#include "trie/child.hpp"
#include "trie/read.hpp"
#include "trie/testing/world.hpp"

namespace trie {
namespace {

TEST(TrieCompact, a_proof_that_is_packed_and_unpacked_has_the_same_nodes_and_is_smaller)
{
    for (const auto version : {Version::v0, Version::v1})
        for (uint64_t run = 0; run != 20; ++run)
        {
            const auto world = testing::random_world(run, 10 * run, version);
            std::mt19937_64 random(run);
            const Recorder recorder(world.store);
            for (int i = 0; i != 12; ++i)
                ASSERT_TRUE(find_value(recorder, world.root, testing::random_key(random)));
            const auto nodes = testing::nodes_of(recorder);
            const auto proof = Proof::check(testing::views_of(nodes), world.root);
            ASSERT_TRUE(proof);
            const auto items = encode_compact(*proof, world.root);
            ASSERT_TRUE(items);
            const auto again = decode_compact(testing::views_of(*items), world.root);
            ASSERT_TRUE(again);
            EXPECT_EQ(again->size(), nodes.size());
            size_t whole = 0, packed = 0;
            for (const auto& node : nodes)
            {
                EXPECT_NE(again->find(blake2_256(node)), nullptr);
                whole += node.size();
            }
            for (const auto& item : *items)
                packed += item.size();
            EXPECT_TRUE(nodes.size() < 4 || packed < whole);
        }
}

TEST(TrieCompact, child_tries_follow_the_top_trie)
{
    MemoryStore store;
    StateChanges changes{.top = {}};
    const Bytes key{1, 2, 3}, value(50, 7);
    for (uint8_t name = 0; name != 3; ++name)
        changes.children[Bytes{name}] = {{key, value}, {value, key}};
    const auto update = apply_state(store, empty_root(), changes, Version::v1);
    ASSERT_TRUE(update);
    store.insert(*update);
    const auto items = encode_compact(store, update->root);
    ASSERT_TRUE(items);
    const auto proof = decode_compact(testing::views_of(*items), update->root);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->size(), store.size());
    const auto roots = child_roots(*proof, update->root);
    ASSERT_TRUE(roots && roots->size() == 3);
    EXPECT_EQ(find_value(*proof, roots->at(1), key).value(), std::optional(value));

    // A trie that the top trie does not name.
    auto more = *items;
    more.push_back({0x41, 0x0a, 0x04, 0x01});
    EXPECT_EQ(decode_compact(testing::views_of(more), update->root).error(),
              (ProofError{Refusal::unused, items->size()}));
}

TEST(TrieCompact, cut_extended_and_changed_proofs_are_refused)
{
    const auto world = testing::random_world(50, 40, Version::v1);
    const auto items = encode_compact(world.store, world.root);
    ASSERT_TRUE(items);
    ASSERT_TRUE(decode_compact(testing::views_of(*items), world.root));
    for (size_t keep = 0; keep != items->size(); ++keep)
    {
        auto fewer = *items;
        fewer.resize(keep);
        EXPECT_EQ(decode_compact(testing::views_of(fewer), world.root).error().why, Refusal::incomplete);
    }
    for (size_t i = 0; i != items->size(); ++i)
        for (size_t at = 0; at < items->at(i).size(); at += 3)
        {
            auto changed = *items;
            changed[i][at] ^= uint8_t(1 << at % 8);
            EXPECT_FALSE(decode_compact(testing::views_of(changed), world.root));
        }
    auto more = *items;
    more.push_back({0});
    EXPECT_FALSE(decode_compact(testing::views_of(more), world.root));
    // Children that stand for the next item, deeper than any trie.
    const std::vector<Bytes> deep(kLevelsMax + 10, Bytes{0x80, 1, 0, 0});
    EXPECT_EQ(decode_compact(testing::views_of(deep), world.root).error().why, Refusal::too_deep);
}

TEST(TrieCompact, the_empty_trie_is_one_zero_byte)
{
    const auto items = encode_compact(EmptyStore{}, empty_root());
    ASSERT_TRUE(items);
    EXPECT_EQ(*items, std::vector<Bytes>{{0}});
    EXPECT_TRUE(decode_compact(testing::views_of(*items), empty_root()));
    EXPECT_FALSE(decode_compact(testing::views_of(*items), Digest{}));
}

} // namespace
} // namespace trie
