#pragma once

#include "trie/testing/naive.hpp"

#include <gtest/gtest.h>

namespace trie::testing {

/// A random state, as a map and as a trie.
struct World
{
    State state;
    MemoryStore store;
    Digest root = empty_root();
};

inline World random_world(uint64_t seed, size_t size, Version version)
{
    std::mt19937_64 random(seed);
    World world;
    Batch batch;
    for (size_t i = 0; i != size; ++i)
        batch[random_key(random)] = random_value(random);
    apply_to(world.state, batch);
    const auto update = apply(world.store, world.root, changes_of(batch), version);
    EXPECT_TRUE(update);
    world.store.insert(*update);
    world.root = update->root;
    return world;
}

inline std::vector<Bytes> nodes_of(const Recorder& recorder)
{
    std::vector<Bytes> nodes;
    for (const auto& node : recorder.nodes())
        nodes.push_back(*node);
    return nodes;
}

inline std::vector<ByteView> views_of(const std::vector<Bytes>& all) { return {all.begin(), all.end()}; }

} // namespace trie::testing
