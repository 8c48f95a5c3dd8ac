#include "trie/update.hpp"

#include "trie/read.hpp"
#include "trie/testing/naive.hpp"

#include <gtest/gtest.h>

namespace trie {
namespace {

using testing::Batch;
using testing::State;

Batch random_batch(std::mt19937_64& random, const State& state, size_t size)
{
    Batch batch;
    for (size_t i = 0; i != size; ++i)
    {
        auto key = testing::random_key(random);
        // Removals are aimed at what is there two times out of three.
        if (random() % 3 != 0 && !state.empty())
            if (const auto there = state.lower_bound(key); there != state.end())
                key = there->first;
        batch[key] = random() % 2 == 0 ? std::nullopt : std::optional(testing::random_value(random));
    }
    return batch;
}

class TrieUpdate : public ::testing::TestWithParam<Version>
{
};

INSTANTIATE_TEST_SUITE_P(versions, TrieUpdate, ::testing::Values(Version::v0, Version::v1));

TEST_P(TrieUpdate, any_sequence_of_batches_has_the_root_computed_from_scratch_and_leaves_no_stray_node)
{
    std::mt19937_64 random(1);
    for (int run = 0; run != 40; ++run)
    {
        MemoryStore store;
        State state;
        auto root = empty_root();
        for (int step = 0; step != 25; ++step)
        {
            const auto batch = random_batch(random, state, 1 + random() % 30);
            const auto update = apply(store, root, testing::changes_of(batch), GetParam());
            ASSERT_TRUE(update);
            testing::apply_to(state, batch);
            store.insert(*update);
            store.remove(*update);
            root = update->root;
            ASSERT_EQ(root, testing::naive_root(state, GetParam())) << run << ' ' << step;
        }
        Batch all;
        for (const auto& [key, value] : state)
            all[key] = std::nullopt;
        const auto cleared = apply(store, root, testing::changes_of(all), GetParam());
        ASSERT_TRUE(cleared);
        store.insert(*cleared);
        store.remove(*cleared);
        EXPECT_EQ(cleared->root, empty_root());
        EXPECT_EQ(store.size(), 0u);
    }
}

TEST_P(TrieUpdate, a_batch_on_all_cores_has_the_root_computed_from_scratch)
{
    std::mt19937_64 random(2);
    MemoryStore store;
    State state;
    auto root = empty_root();
    for (int step = 0; step != 6; ++step)
    {
        Batch batch;
        for (const auto& [key, value] : state)
            if (random() % 4 == 0)
                batch[key] = std::nullopt;
        for (int i = 0; i != 6000; ++i)
        {
            Bytes key(34, uint8_t(step % 2)); // from the second step on, the split lies below a long common path
            for (size_t at = 30; at != key.size(); ++at)
                key[at] = uint8_t(random() >> 8);
            batch[key] = testing::random_value(random);
        }
        const auto update = apply(store, root, testing::changes_of(batch), GetParam());
        ASSERT_TRUE(update);
        testing::apply_to(state, batch);
        store.insert(*update);
        store.remove(*update);
        root = update->root;
        ASSERT_EQ(root, testing::naive_root(state, GetParam()));
    }
    size_t counted = 0;
    Cursor cursor(store, root);
    for (auto key = cursor.next(); key && *key; key = cursor.next())
        ++counted;
    EXPECT_EQ(counted, state.size());
}

} // namespace
} // namespace trie
