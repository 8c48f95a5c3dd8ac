#pragma once

#include "database/store.hpp"
#include "executor/overlay.hpp"
#include "trie/read.hpp"

/// Blocks executed and kept: the chain as one object, from which everything that serves it reads.
namespace ledger {

using base::Bytes;
using base::ByteView;
using base::Digest;

/// The state after a block, read through its trie alone: any state whose nodes are kept, and, over a trie::Recorder,
/// the proof of what was read.
class TrieState final : public executor::Backend
{
public:
    /// `nodes` outlives this.
    TrieState(const trie::NodeStore& nodes, const Digest& root) : nodes_(nodes), root_(root) {}

    std::expected<std::optional<executor::Slice>, executor::Trap> read(executor::Child child, ByteView key) override;
    std::expected<std::optional<Bytes>, executor::Trap> next_key(executor::Child child, ByteView key) override;

private:
    /// The root of a child trie; nothing where it has no keys.
    std::expected<std::optional<Digest>, executor::Trap> root_of(executor::Child child);

    const trie::NodeStore& nodes_;
    Digest root_;
};

/// The state after the finalised block or one above it: values from the flat table, keys in order from the trie.
class FlatState final : public executor::Backend
{
public:
    /// `store` outlives this.
    FlatState(const database::Store& store, const Digest& block, const Digest& root)
        : store_(store), block_(block), trie_(store.nodes(), root)
    {
    }

    std::expected<std::optional<executor::Slice>, executor::Trap> read(executor::Child child, ByteView key) override;
    std::expected<std::optional<Bytes>, executor::Trap> next_key(executor::Child child, ByteView key) override
    {
        return trie_.next_key(child, key);
    }

private:
    const database::Store& store_;
    Digest block_;
    TrieState trie_;
};

} // namespace ledger
