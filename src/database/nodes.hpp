#pragma once

#include "database/diff.hpp"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace database {

/// The trie nodes of every state that is kept: of unfinalised blocks in memory, of final ones in the tables, those
/// lately read in a cache. Safe to read from several threads while blocks come and go.
class Nodes final : public trie::CachedStore
{
public:
    /// `tables` outlives this.
    Nodes(const KeyValue& tables, size_t cache_bytes) : tables_(tables), half_(cache_bytes / 2) {}

    /// Null also where the tables cannot be read or hold something else; failure() then says why.
    trie::NodeBytes find(const Digest& hash) const override;
    trie::NodeBytes recall(const Digest& hash) const override;
    void remember(const Digest& hash, const trie::NodeBytes& bytes) const override;
    std::optional<Failure> failure() const;

    /// Adds the nodes of an unfinalised block, or forgets them: it became final, its nodes are in the tables, or died.
    void hold(const BlockDiff& diff);
    void release(const BlockDiff& diff, bool is_final);

    /// Nodes of a pruned state: no longer read, even if they were lately.
    void forget(std::span<const Digest> hashes);

private:
    struct Held
    {
        trie::NodeBytes bytes;
        uint32_t count = 0;
    };
    using Cache = std::unordered_map<Digest, trie::NodeBytes, trie::DigestHash>;

    trie::NodeBytes from_cache(const Digest& hash) const;

    const KeyValue& tables_;
    mutable std::shared_mutex held_mutex_;
    std::unordered_map<Digest, Held, trie::DigestHash> held_;
    mutable std::mutex cache_mutex_;
    mutable Cache young_, old_; ///< full, the young cache becomes the old one: what is read again moves back
    mutable size_t young_bytes_ = 0;
    size_t half_;
    mutable std::optional<Failure> failure_;
};

/// A row of Table::nodes.
struct CountedNode
{
    uint32_t count;
    Bytes bytes;
};
std::optional<CountedNode> decode_counted(ByteView row);
Bytes encode_counted(uint32_t count, ByteView bytes);

} // namespace database
