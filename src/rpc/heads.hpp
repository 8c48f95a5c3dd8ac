#pragma once

#include "rpc/event.hpp"

#include <deque>
#include <map>
#include <memory>

namespace rpc {

/// Finalised blocks, the newest included, that a view keeps: how far a subscription may lag without a gap.
inline constexpr size_t kRecentFinalized = 128;

/// A block of a view. `order` counts imports from 1, so that parents come before children.
struct HeadBlock : Imported
{
    uint64_t order = 0;
    BlockNumber number() const { return header.number; }
};
using HeadBlockPtr = std::shared_ptr<const HeadBlock>;

/// The chain near its head at one moment; never changes. Subscriptions compare two of them, so a slow one may skip
/// some, and nothing can slip between a subscription's first answer and its first notification.
struct View
{
    uint64_t sequence = 0;               ///< greater in later views
    std::vector<HeadBlockPtr> finalized; ///< the last ones, at least one, oldest first
    std::vector<HeadBlockPtr> open;      ///< descendants of the newest finalised block, in order of import
    HeadBlockPtr best;
    uint64_t imported = 0; ///< the greatest `order` given out

    const HeadBlock& last_finalized() const { return *finalized.back(); }
};
using ViewPtr = std::shared_ptr<const View>;

/// Follows the head of the chain from events.
///
/// Cost  a view copies kRecentFinalized pointers and one for each block that is not final
class Heads
{
public:
    /// Caller  blocks of head.open come after their parents; head.best is one of them, or the finalised one
    explicit Heads(Head head);

    /// Events that do not fit are passed over: a block whose parent is unknown or that is known itself, a best block
    /// or a finalised one that is unknown.
    void apply(const Imported& block);
    void apply(const BestChanged& best);
    void apply(const Finalized& finalized);

    ViewPtr view();

private:
    HeadBlockPtr find(const Hash& hash) const;
    void prune();

    std::deque<HeadBlockPtr> finalized_;
    std::map<Hash, HeadBlockPtr> open_;
    std::map<uint64_t, HeadBlockPtr> in_order_;
    HeadBlockPtr best_;
    uint64_t imported_ = 0, sequence_ = 0;
};

} // namespace rpc
