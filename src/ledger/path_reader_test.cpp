#include "ledger/path_reader.hpp"

#include "trie/update.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

namespace ledger {
namespace {

/// Counts what is asked of it; has nothing once told so.
class Counting final : public trie::CachedStore
{
public:
    explicit Counting(const trie::NodeStore& inner) : inner_(inner) {}
    trie::NodeBytes recall(const Digest&) const override { return nullptr; }
    void remember(const Digest& hash, const trie::NodeBytes& bytes) const override
    {
        EXPECT_EQ(*inner_.find(hash), *bytes);
        ++remembered;
        remembered.notify_all();
    }
    trie::NodeBytes find(const Digest& hash) const override
    {
        ++asked;
        asked.notify_all();
        return empty ? nullptr : inner_.find(hash);
    }

    mutable std::atomic<size_t> asked = 0, remembered = 0;
    std::atomic<bool> empty = false;

private:
    const trie::NodeStore& inner_;
};

class Paths : public ::testing::Test
{
protected:
    Paths() : root(fill(memory, trie::Version::v1)) {}

    /// A trie of long and short values; its root.
    static Digest fill(trie::MemoryStore& memory, trie::Version version)
    {
        std::map<Bytes, Bytes> rows;
        for (uint32_t i = 0; i != 1000; ++i)
            rows[key(i)] = value(i);
        std::vector<trie::Change> changes;
        for (const auto& [key, value] : rows)
            changes.push_back({key, value});
        const auto update = trie::apply(trie::EmptyStore{}, trie::empty_root(), changes, version);
        memory.insert(*update);
        return update->root;
    }
    static Bytes value(uint32_t i) { return Bytes(i % 2 == 0 ? 40 : 32, uint8_t(i)); }
    static Bytes key(uint32_t i) { return {uint8_t(i * 37), uint8_t(i >> 8), uint8_t(i), 7}; }
    void wait_for(size_t asked) const
    {
        for (auto seen = store.asked.load(); seen < asked; seen = store.asked.load())
            store.asked.wait(seen);
    }

    trie::MemoryStore memory;
    Digest root;
    Counting store{memory};
};

TEST_F(Paths, the_nodes_of_every_key_are_asked_for)
{
    PathReader reader(store, root);
    for (uint32_t i = 0; i != 128; ++i)
        reader.add(key(i), {});
    wait_for(128 * 3); // the root, a branch and a leaf at least, of each
}

TEST_F(Paths, leaves_are_made_of_their_values_under_both_versions)
{
    for (const auto version : {trie::Version::v0, trie::Version::v1})
    {
        trie::MemoryStore nodes;
        const auto top = fill(nodes, version);
        const Counting counting(nodes);
        PathReader reader(counting, top);
        for (uint32_t i = 0; i != 128; ++i)
            reader.add(key(i), executor::Slice::of(value(i)));
        for (auto seen = counting.remembered.load(); seen < 128; seen = counting.remembered.load())
            counting.remembered.wait(seen);
    }
}

TEST_F(Paths, a_value_that_is_not_there_makes_no_leaf)
{
    PathReader reader(store, root);
    for (uint32_t i = 0; i != 128; ++i)
        reader.add(key(i), executor::Slice::of(Bytes(40, uint8_t(i + 1))));
    wait_for(128 * 3);
    EXPECT_EQ(store.remembered, 0U);
}

TEST_F(Paths, a_large_value_is_not_held_while_its_key_waits)
{
    auto large = std::make_shared<const Bytes>(Bytes(1000, 1));
    PathReader reader(store, root);
    reader.add(key(0), executor::Slice{*large, large});
    EXPECT_EQ(large.use_count(), 1);
}

TEST_F(Paths, few_keys_are_left_to_who_needs_them)
{
    {
        PathReader reader(store, root);
        for (uint32_t i = 0; i != 63; ++i)
            reader.add(key(i), {});
    }
    EXPECT_EQ(store.asked, 0U);
}

TEST_F(Paths, nodes_that_are_not_there_stop_nothing)
{
    store.empty = true;
    PathReader reader(store, root);
    for (uint32_t i = 0; i != 6400; ++i)
        reader.add(key(i % 1000), {});
    wait_for(100);
}

TEST_F(Paths, it_ends_at_once_with_keys_unread)
{
    for (int round = 0; round != 50; ++round)
    {
        PathReader reader(store, root);
        for (uint32_t i = 0; i != 1000; ++i)
            reader.add(key(i), {});
    }
}

} // namespace
} // namespace ledger
