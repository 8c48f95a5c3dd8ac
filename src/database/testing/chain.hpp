#pragma once

#include "database/store.hpp"
#include "trie/node.hpp"
#include "trie/update.hpp"

#include <random>

/// A chain of made-up blocks over random states, for the tests.
namespace database::testing {

using State = std::map<Bytes, Bytes>;

inline Digest block_hash(uint64_t name)
{
    base::Writer out;
    out.put(name);
    return trie::blake2_256(out.bytes());
}

/// Few keys, so that values return to what they were; some values are hashed.
inline std::map<Bytes, std::optional<Bytes>> random_batch(std::mt19937_64& random, size_t size)
{
    std::map<Bytes, std::optional<Bytes>> batch;
    while (size-- != 0)
    {
        const auto pick = random();
        auto& value = batch[Bytes{uint8_t(pick % 5), uint8_t(pick / 5 % 7), uint8_t(pick / 35 % 3)}];
        if (random() % 3 != 0)
            value = Bytes(random() % 2 == 0 ? 40 : 3, uint8_t(random() % 4));
    }
    return batch;
}

/// The block that changes its parent's state by `batch`. Stops the process where the state does not read.
inline NewBlock make_block(const trie::NodeStore& nodes, uint64_t name, uint64_t number, const Digest& parent,
                           const Digest& parent_root, const std::map<Bytes, std::optional<Bytes>>& batch)
{
    std::vector<trie::Change> changes;
    NewBlock block;
    for (const auto& [key, value] : batch)
    {
        changes.push_back({key, value ? std::optional<ByteView>(*value) : std::nullopt});
        block.diff.flat[flat_key(key)] = value;
    }
    auto update = trie::apply(nodes, parent_root, changes, trie::Version::v1).value();
    block.hash = block_hash(name);
    block.header = Bytes(update.root.begin(), update.root.end());
    block.body = Bytes{uint8_t(name), 2};
    block.diff.number = number;
    block.diff.parent = parent;
    block.diff.state_root = update.root;
    block.diff.inserted = std::move(update.inserted);
    block.diff.removed = std::move(update.removed);
    return block;
}

/// Made-up headers are their state roots.
inline Digest root_of(const Store& store, const Digest& block)
{
    return trie::digest_of(store.header(block).value().value());
}

inline NewBlock genesis_block()
{
    std::mt19937_64 random(1);
    return make_block(trie::EmptyStore{}, 0, 0, {}, trie::empty_root(), random_batch(random, 20));
}

} // namespace database::testing
