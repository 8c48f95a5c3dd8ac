#pragma once

#include "database/testing/chain.hpp"
#include "trie/read.hpp"

#include <gtest/gtest.h>

namespace database::testing {

/// All keys of a state, read through the trie.
inline State state_of(const trie::NodeStore& nodes, const Digest& root)
{
    State state;
    trie::Cursor cursor(nodes, root);
    for (;;)
    {
        const auto key = cursor.next();
        EXPECT_TRUE(key);
        if (!key || !*key)
            return state;
        const auto value = trie::find_value(nodes, root, **key);
        EXPECT_TRUE(value && *value);
        if (value && *value)
            state[**key] = **value;
    }
}

/// The flat state of the finalised block is the trie's, its blocks are linked, and every kept state reads.
inline void expect_consistent(const Store& store, uint64_t states_kept)
{
    const auto place = store.finalised();
    const auto state = state_of(store.nodes(), root_of(store, place.hash));
    for (int a = 0; a != 5; ++a)
        for (int b = 0; b != 7; ++b)
            for (int c = 0; c != 3; ++c)
            {
                const Bytes key{uint8_t(a), uint8_t(b), uint8_t(c)};
                const auto found = state.find(key);
                const auto value = store.value(place.hash, flat_key(key));
                ASSERT_TRUE(value);
                EXPECT_EQ(*value, found == state.end() ? std::nullopt : std::optional(found->second));
            }
    for (uint64_t back = 0; back < states_kept && back <= place.number; ++back)
    {
        const auto hash = store.hash_of(place.number - back);
        ASSERT_TRUE(hash && *hash);
        EXPECT_TRUE(store.body(**hash).value());
        state_of(store.nodes(), root_of(store, **hash));
    }
    for (const auto& block : store.unfinalised())
        state_of(store.nodes(), root_of(store, block.hash));
    EXPECT_FALSE(store.nodes().failure());
}

} // namespace database::testing
