#pragma once

#include "finality/justification.hpp"

namespace finality {

/// What GRANDPA asks about the blocks of this node. The answers are of one moment: they change only between calls.
///
/// Holds  what is said of a block is said until the block is pruned; a final block is never pruned, and all of its
///        ancestors down to the first block of the set are known
class Chain
{
public:
    Chain() = default;
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;
    virtual ~Chain() = default;

    /// Nothing when this node does not have the block, or has pruned it.
    virtual std::optional<BlockNumber> number(const Hash& block) const = 0;
    virtual std::optional<Hash> parent(const Hash& block) const = 0;
    virtual std::optional<Header> header(const Hash& block) const = 0;
    /// The block with that number on the chain of `block`, itself included.
    virtual std::optional<Hash> ancestor_at(const Hash& block, BlockNumber number) const = 0;

    /// The best block on whose chain `base` lies, but never one above the first block at which this set ends on that
    /// chain, where a change of authorities takes effect that was scheduled in this set: the next set decides about
    /// what stands on it. `base` itself where it is that block, where nothing better is there, and where it is unknown.
    /// It may lie below the finalised block.
    virtual BlockId best_containing(const BlockId& base) const = 0;

    /// Whether `ancestor` is on the chain of `block`; a block is its own ancestor.
    bool leads(const BlockId& ancestor, const BlockId& block) const
    {
        return ancestor == block ||
               (ancestor.number < block.number && ancestor_at(block.hash, ancestor.number) == ancestor.hash);
    }
};

} // namespace finality
