#pragma once

#include "executor/overlay.hpp"
#include "trie/store.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace ledger {

using base::Bytes;
using base::ByteView;
using base::Digest;

/// Reads the trie's nodes on the way to keys, beside the execution that asks for their values, so that they are in the
/// store's cache when the block's root is made: what a block reads it mostly writes. Another core does what would
/// otherwise be one disk read after another; nothing depends on how far it comes. A leaf is made of its key and value
/// where its hash says that this is what stands there: hashing costs a tenth of reading.
///
/// Cost  a thread from the kBatch-th key on
/// Safe  add() from one thread; nodes that are missing or damaged are left to who needs them
class PathReader
{
public:
    /// `nodes` outlives this.
    PathReader(const trie::CachedStore& nodes, const Digest& root) : nodes_(nodes), root_(root) {}
    PathReader(const PathReader&) = delete;
    PathReader& operator=(const PathReader&) = delete;
    /// Leaves unread what is not begun.
    ~PathReader();

    /// `value` is what stands at the key; nothing where there is none.
    void add(ByteView key, std::optional<executor::Slice> value);

private:
    static constexpr size_t kBatch = 64;         ///< fewer are read as fast when they are needed
    static constexpr size_t kWaitingMax = 16384; ///< keys; further ones are left out
    static constexpr size_t kValueMax = 512; ///< bytes; larger ones are not held, and cost as much to hash as to read

    struct Path
    {
        Bytes key;
        std::optional<executor::Slice> value;
    };

    void work();
    void read(const Path& path) const;

    const trie::CachedStore& nodes_;
    const Digest root_;
    std::vector<Path> mine_; ///< not yet handed over
    std::mutex mutex_;
    std::condition_variable more_;
    std::vector<Path> waiting_;
    bool ended_ = false;
    std::thread thread_;
};

} // namespace ledger
