#pragma once

#include "database/store.hpp"
#include "executor/overlay.hpp"
#include "ledger/path_reader.hpp"
#include "trie/read.hpp"

#include <unordered_map>

/// Blocks executed and kept: the chain as one object, from which everything that serves it reads.
namespace ledger {

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

/// Of what one call has read, kept to read it again; further values are read anew each time.
inline constexpr size_t kReadCacheBytes = size_t{64} << 20;

/// The state after the finalised block or one above it: values from the flat table, keys in order from the trie. What
/// was read is kept: the state below a call never changes.
class FlatState final : public executor::Backend
{
public:
    /// `store` outlives this.
    FlatState(const database::Store& store, const Digest& block, const Digest& root)
        : store_(store), block_(block), root_(root), trie_(store.nodes(), root)
    {
    }

    std::expected<std::optional<executor::Slice>, executor::Trap> read(executor::Child child, ByteView key) override;
    std::expected<std::optional<Bytes>, executor::Trap> next_key(executor::Child child, ByteView key) override
    {
        return trie_.next_key(child, key);
    }

    /// For a call that writes, most often what it read, and asks for a root.
    void read_paths() { paths_.emplace(store_.nodes(), root_); }

private:
    struct Hash
    {
        size_t operator()(const Bytes& key) const;
    };

    const database::Store& store_;
    Digest block_, root_;
    TrieState trie_;
    std::optional<PathReader> paths_;
    std::unordered_map<Bytes, std::optional<executor::Slice>, Hash> read_; ///< by flat key
    size_t read_bytes_ = 0;
};

} // namespace ledger
