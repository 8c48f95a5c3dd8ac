#include "trie/child.hpp"

#include "trie/read.hpp"
#include "trie/testing/world.hpp"

namespace trie {
namespace {

TEST(TrieChild, a_child_trie_is_a_trie_whose_root_is_a_value_and_is_gone_with_its_last_key)
{
    std::mt19937_64 random(12);
    MemoryStore store;
    testing::State top;
    std::map<Bytes, testing::State> children;
    auto root = empty_root();
    const auto step = [&](const testing::Batch& batch, const std::map<Bytes, testing::Batch>& below) {
        StateChanges changes{.top = testing::changes_of(batch)};
        for (const auto& [name, one] : below)
            changes.children[name] = testing::changes_of(one);
        const auto update = apply_state(store, root, changes, Version::v1);
        ASSERT_TRUE(update);
        store.insert(*update);
        store.remove(*update);
        root = update->root;
        testing::apply_to(top, batch);
        auto whole = top;
        for (const auto& [name, one] : below)
            testing::apply_to(children[name], one);
        std::vector<Digest> roots;
        for (const auto& [name, state] : children)
            if (!state.empty())
            {
                roots.push_back(testing::naive_root(state, Version::v1));
                whole[child_key(name)] = Bytes(roots.back().begin(), roots.back().end());
            }
        ASSERT_EQ(root, testing::naive_root(whole, Version::v1));
        EXPECT_EQ(child_roots(store, root), roots);
    };
    const std::array<Bytes, 3> names{Bytes{}, Bytes{1}, Bytes{1, 2}};
    for (int run = 0; run != 60; ++run)
    {
        testing::Batch batch{{testing::random_key(random), testing::random_value(random)}};
        std::map<Bytes, testing::Batch> below;
        for (const auto& name : names)
            for (size_t i = random() % 4; i != 0; --i)
                below[name][testing::random_key(random)] = testing::random_value(random);
        step(batch, below);
    }
    testing::Batch all;
    for (const auto& [key, value] : top)
        all[key] = std::nullopt;
    std::map<Bytes, testing::Batch> below;
    for (const auto& [name, state] : children)
        for (const auto& [key, value] : state)
            below[name][key] = std::nullopt;
    step(all, below);
    EXPECT_EQ(root, empty_root());
    EXPECT_EQ(store.size(), 0u);
}

TEST(TrieChild, a_child_root_that_is_no_hash_is_refused)
{
    for (const size_t size : {1, 31, 33, 40})
    {
        const testing::Batch batch{{child_key(Bytes{1}), Bytes(size, 5)}, {child_key(Bytes{2}), Bytes(32, 5)}};
        MemoryStore store;
        const auto update = apply(store, empty_root(), testing::changes_of(batch), Version::v1);
        ASSERT_TRUE(update);
        store.insert(*update);
        EXPECT_FALSE(child_roots(store, update->root)) << size;
        const Bytes key{3};
        StateChanges changes{.top = {}};
        changes.children[Bytes{1}] = {{key, key}};
        EXPECT_FALSE(apply_state(store, update->root, changes, Version::v1)) << size;
    }
}

} // namespace
} // namespace trie
