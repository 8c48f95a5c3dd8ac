#pragma once

#include "trie/error.hpp"

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace trie {

/// The encoded bytes of a node or of a hashed value, shared between stores, caches and readers. Never changed.
using NodeBytes = std::shared_ptr<const Bytes>;

/// Where nodes come from: the database, memory, a proof. The trie asks for one node at a time and keeps none.
class NodeStore
{
public:
    virtual ~NodeStore() = default;

    /// The bytes whose hash this is; null where the store has none.
    ///
    /// Implementer  called from several threads at once; returns the right bytes or none: callers do not hash again
    virtual NodeBytes find(const Digest& hash) const = 0;
};

/// A slow store with a memory of the nodes that were lately read.
class CachedStore : public NodeStore
{
public:
    /// As find(), but null too where the node would have to be read.
    ///
    /// Implementer  as of find()
    virtual NodeBytes recall(const Digest& hash) const = 0;

    /// Remembers a node that the caller came to know without reading it.
    ///
    /// Caller  it is in the store, and `hash` is its hash
    virtual void remember(const Digest& hash, const NodeBytes& bytes) const = 0;
};

/// No nodes at all: what a trie is built over from nothing.
class EmptyStore final : public NodeStore
{
public:
    NodeBytes find(const Digest&) const override { return nullptr; }
};

struct NewNode
{
    Digest hash;
    NodeBytes bytes;
};

/// What one batch of changes does to a trie.
///
/// `inserted` and `removed` are counted, not sets: two equal subtrees are two insertions, and the same hash may be
/// in both lists. A store that holds each hash with its count, +1 for each insertion, −1 for each removal, has
/// exactly the nodes of all the tries that it was told to keep.
struct Update
{
    Digest root;
    std::vector<NewNode> inserted;
    std::vector<Digest> removed;
};

struct DigestHash
{
    size_t operator()(const Digest& digest) const
    {
        size_t word;
        std::memcpy(&word, digest.data(), sizeof word);
        return word;
    }
};

/// Counted nodes in memory: for tests, simulation, genesis and benches.
class MemoryStore final : public NodeStore
{
public:
    NodeBytes find(const Digest& hash) const override;

    void insert(const Update& update);
    /// Forgets nodes that an earlier update removed. Each must be there.
    void remove(const Update& update);

    size_t size() const { return nodes_.size(); }

private:
    struct Counted
    {
        NodeBytes bytes;
        uint64_t count = 0;
    };
    std::unordered_map<Digest, Counted, DigestHash> nodes_;
};

/// Notes every node that is read through it. What it noted, in any order, proves what was read: lookups, walks,
/// keys that are absent, and a new root computed from the old one.
class Recorder final : public NodeStore
{
public:
    /// below      outlives the recorder
    /// bytes_max  of all nodes noted: beyond, nothing is found any more
    explicit Recorder(const NodeStore& below, size_t bytes_max = ~size_t{0}) : below_(below), bytes_max_(bytes_max) {}

    NodeBytes find(const Digest& hash) const override;

    /// Every node and hashed value that was found, each once, ordered by hash.
    std::vector<NodeBytes> nodes() const;
    /// Bytes of all of them.
    size_t bytes() const;

private:
    const NodeStore& below_;
    size_t bytes_max_;
    mutable std::mutex mutex_;
    mutable std::map<Digest, NodeBytes> seen_;
    mutable size_t bytes_ = 0;
};

} // namespace trie
