#include "trie/read.hpp"

#include "trie/testing/world.hpp"

namespace trie {
namespace {

using Answer = std::expected<std::optional<Bytes>, Error>;

class TrieRead : public ::testing::TestWithParam<Version>
{
};

INSTANTIATE_TEST_SUITE_P(versions, TrieRead, ::testing::Values(Version::v0, Version::v1));

TEST_P(TrieRead, lookups_answer_like_the_map)
{
    const auto world = testing::random_world(5, 300, GetParam());
    std::mt19937_64 random(6);
    for (int i = 0; i != 3000; ++i)
    {
        const auto key = testing::random_key(random);
        const auto found = world.state.find(key);
        const auto value = find_value(world.store, world.root, key);
        ASSERT_TRUE(value);
        EXPECT_EQ(*value, found == world.state.end() ? std::nullopt : std::optional(found->second));
        const auto held = find_held(world.store, world.root, key);
        ASSERT_TRUE(held);
        ASSERT_EQ(held->has_value(), value->has_value());
        if (*held && (*held)->kind == ValueKind::hashed)
            EXPECT_EQ(digest_of((*held)->bytes), blake2_256(**value));
    }
}

TEST_P(TrieRead, next_key_and_the_cursor_walk_like_the_map)
{
    for (const size_t size : {0, 1, 2, 30, 400})
    {
        const auto world = testing::random_world(7 + size, size, GetParam());
        std::mt19937_64 random(8);
        for (int i = 0; i != 2000; ++i)
        {
            const auto key = testing::random_key(random);
            const auto above = world.state.upper_bound(key);
            const auto next = next_key(world.store, world.root, key);
            ASSERT_TRUE(next);
            EXPECT_EQ(*next, above == world.state.end() ? std::nullopt : std::optional(above->first));

            Cursor cursor(world.store, world.root);
            ASSERT_TRUE(cursor.seek(key, true));
            auto expected = world.state.lower_bound(key);
            for (int step = 0; step != 3 && expected != world.state.end(); ++step, ++expected)
                ASSERT_EQ(cursor.next(), Answer(expected->first));
        }
        Cursor cursor(world.store, world.root);
        for (const auto& [key, value] : world.state)
        {
            ASSERT_EQ(cursor.next(), Answer(key));
            const auto held = cursor.held();
            EXPECT_EQ(held.bytes.size(), held.kind == ValueKind::hashed ? 32 : value.size());
        }
        EXPECT_EQ(cursor.next(), Answer(std::nullopt));
        EXPECT_EQ(cursor.next(), Answer(std::nullopt));
    }
}

TEST_P(TrieRead, the_merkle_value_of_a_prefix_changes_exactly_with_the_keys_below_it)
{
    auto world = testing::random_world(9, 200, GetParam());
    std::mt19937_64 random(10);
    EXPECT_EQ(merkle_value(world.store, world.root, {}), Answer(Bytes(world.root.begin(), world.root.end())));
    for (int i = 0; i != 300; ++i)
    {
        const auto prefix = testing::random_key(random), key = testing::random_key(random);
        const auto below = [&](const Bytes& one) {
            return one.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), one.begin());
        };
        const auto before = merkle_value(world.store, world.root, prefix);
        ASSERT_TRUE(before);
        EXPECT_EQ(before->has_value(), std::ranges::any_of(world.state, below, &testing::State::value_type::first));
        // A value that stands at no key yet.
        const testing::Batch batch{{key, Bytes{9, 9, 9, uint8_t(i), uint8_t(i >> 8)}}};
        const auto update = apply(world.store, world.root, testing::changes_of(batch), GetParam());
        ASSERT_TRUE(update);
        world.store.insert(*update);
        testing::apply_to(world.state, batch);
        world.root = update->root;
        const auto after = merkle_value(world.store, world.root, prefix);
        ASSERT_TRUE(after);
        EXPECT_EQ(*before != *after, below(key));
    }
}

TEST(TrieRead, a_store_without_a_node_says_which_one_it_lacks)
{
    const auto world = testing::random_world(11, 200, Version::v1);
    const auto& [key, value] = *std::next(world.state.begin(), 100);
    EXPECT_EQ(find_value(EmptyStore{}, world.root, key),
              Answer(std::unexpected(Error{Fault::missing_node, world.root})));
    EXPECT_EQ(next_key(EmptyStore{}, world.root, key), Answer(std::unexpected(Error{Fault::missing_node, world.root})));
    const Change change{key, std::nullopt};
    const auto update = apply(EmptyStore{}, world.root, {&change, 1}, Version::v1);
    ASSERT_FALSE(update);
    EXPECT_EQ(update.error(), (Error{Fault::missing_node, world.root}));
}

TEST(TrieRead, keys_that_begin_one_another_too_often_are_refused_by_every_operation)
{
    // One branch for each two nibbles: a key of n bytes lies n levels deep.
    testing::Batch batch;
    for (size_t size = 1; size <= kLevelsMax + 2; ++size)
        batch[Bytes(size, 0)] = Bytes{1};
    const auto refused = apply(EmptyStore{}, empty_root(), testing::changes_of(batch), Version::v1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().why, Fault::too_deep);

    while (batch.size() > kLevelsMax)
        batch.erase(std::prev(batch.end()));
    MemoryStore store;
    const auto deep = apply(store, empty_root(), testing::changes_of(batch), Version::v1);
    ASSERT_TRUE(deep);
    store.insert(*deep);
    EXPECT_EQ(find_value(store, deep->root, batch.rbegin()->first), Answer(Bytes{1}));
    size_t walked = 0;
    Cursor cursor(store, deep->root);
    for (auto key = cursor.next(); key && *key; key = cursor.next())
        ++walked;
    EXPECT_EQ(walked, batch.size());
}

} // namespace
} // namespace trie
