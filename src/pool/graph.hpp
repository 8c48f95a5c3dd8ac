#pragma once

#include "pool/transaction.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>

namespace pool {

enum class Queue : uint8_t
{
    none,      ///< on its way from one to another
    ready,     ///< each tag it requires is provided by another ready one or by the chain
    future,    ///< waits for tags
    returning, ///< came out of a block or lost its place: what it requires and provides must be asked again
};

/// A transaction and where it stands.
struct Entry
{
    TransactionPtr txn;
    uint64_t order = 0; ///< of arrival; no two are equal
    Queue queue = Queue::none;
    BlockNumber due = 0;               ///< block from which on it is to be validated again
    std::set<Tag> given{};             ///< what it requires and the chain provides
    std::optional<Event::What> told{}; ///< last event, of future and ready

    struct ByOrder
    {
        bool operator()(const Entry* a, const Entry* b) const { return a->order < b->order; }
    };
};

/// Entries in their queues, and who provides what to whom.
///
/// Holds   of ready entries no two provide the same tag; an edge leads from the ready provider of a tag to each ready
///         entry that requires it; edges form no circle
/// Caller  decides what goes where; this class keeps the indices true
class Graph
{
public:
    using Set = std::set<Entry*, Entry::ByOrder>;

    Entry* find(const Hash& hash);
    const Entry* find(const Hash& hash) const;
    /// A new entry in Queue::none; `txn` is not there yet.
    Entry& add(TransactionPtr txn);
    /// From Queue::none into another. Cost O((r + p) log n) for r required and p provided tags, as for leave().
    void enter(Entry& entry, Queue queue);
    void leave(Entry& entry);
    /// Out of its queue and gone.
    void erase(Entry& entry);
    void set_due(Entry& entry, BlockNumber due);

    /// Whether the chain or a ready entry provides all it requires.
    bool satisfied(const Entry& entry) const;
    Entry* provider(const Tag& tag) const;
    /// Ready entries that provide a tag of the transaction.
    Set conflicts(const Transaction& txn) const;
    /// The roots and all ready entries that stand on them; not through tags in `kept`, which others provide.
    Set subtree(const Set& roots, std::span<const Tag> kept = {}) const;
    /// Whether the transaction, ready in place of `gone`, would come to require itself.
    bool closes_circle(const Transaction& txn, const Set& gone) const;
    /// Future entries that require the tag.
    Set wanting(const Tag& tag) const;

    /// The first to go: lowest priority, of equals the oldest; nothing when none is ready.
    Entry* worst_ready() const { return worst_.empty() ? nullptr : worst_.begin()->second; }
    const Set& in(Queue queue) const { return queues_[size_t(queue)]; }
    size_t bytes(Queue queue) const { return bytes_[size_t(queue)]; }
    /// The entry whose next validation is due first; nothing when there is none.
    Entry* first_due() const { return due_.empty() ? nullptr : due_.begin()->second; }

private:
    struct Uses
    {
        Entry* provider = nullptr; ///< ready
        Set ready, future;         ///< that require it
    };

    const Uses* uses(const Tag& tag) const;
    void drop_unused(std::map<Tag, Uses>::iterator at);

    uint64_t arrivals_ = 0;
    std::map<Hash, Entry> entries_;
    std::map<Tag, Uses> tags_;
    std::array<Set, 4> queues_;
    std::array<size_t, 4> bytes_{};
    std::map<std::pair<uint64_t, uint64_t>, Entry*> worst_;  ///< by priority, then order
    std::map<std::pair<BlockNumber, uint64_t>, Entry*> due_; ///< by due, then order
};

} // namespace pool
