#include "pool/graph.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace pool {

Entry* Graph::find(const Hash& hash)
{
    const auto found = entries_.find(hash);
    return found == entries_.end() ? nullptr : &found->second;
}

const Entry* Graph::find(const Hash& hash) const
{
    const auto found = entries_.find(hash);
    return found == entries_.end() ? nullptr : &found->second;
}

Entry& Graph::add(TransactionPtr txn)
{
    const auto hash = txn->hash;
    const auto [at, is_new] = entries_.emplace(hash, Entry{.txn = std::move(txn), .order = ++arrivals_});
    base::invariant(is_new);
    return at->second;
}

void Graph::enter(Entry& entry, Queue queue)
{
    base::invariant(entry.queue == Queue::none && queue != Queue::none);
    entry.queue = queue;
    queues_[size_t(queue)].insert(&entry);
    bytes_[size_t(queue)] += entry.txn->size();
    due_.emplace(std::pair(entry.due, entry.order), &entry);
    if (queue == Queue::returning)
        return;
    for (const auto& tag : entry.txn->requires_)
        (queue == Queue::ready ? tags_[tag].ready : tags_[tag].future).insert(&entry);
    if (queue != Queue::ready)
        return;
    worst_.emplace(std::pair(entry.txn->priority, entry.order), &entry);
    for (const auto& tag : entry.txn->provides)
    {
        auto& provider = tags_[tag].provider;
        base::invariant(provider == nullptr);
        provider = &entry;
    }
}

void Graph::leave(Entry& entry)
{
    base::invariant(entry.queue != Queue::none);
    const auto queue = std::exchange(entry.queue, Queue::none);
    queues_[size_t(queue)].erase(&entry);
    bytes_[size_t(queue)] -= entry.txn->size();
    due_.erase({entry.due, entry.order});
    if (queue == Queue::returning)
        return;
    for (const auto& tag : entry.txn->requires_)
    {
        const auto at = tags_.find(tag);
        (queue == Queue::ready ? at->second.ready : at->second.future).erase(&entry);
        drop_unused(at);
    }
    if (queue != Queue::ready)
        return;
    worst_.erase({entry.txn->priority, entry.order});
    for (const auto& tag : entry.txn->provides)
    {
        const auto at = tags_.find(tag);
        at->second.provider = nullptr;
        drop_unused(at);
    }
}

void Graph::erase(Entry& entry)
{
    if (entry.queue != Queue::none)
        leave(entry);
    entries_.erase(Hash{entry.txn->hash});
}

void Graph::set_due(Entry& entry, BlockNumber due)
{
    due_.erase({entry.due, entry.order});
    entry.due = due;
    if (entry.queue != Queue::none)
        due_.emplace(std::pair(entry.due, entry.order), &entry);
}

void Graph::drop_unused(std::map<Tag, Uses>::iterator at)
{
    if (at->second.provider == nullptr && at->second.ready.empty() && at->second.future.empty())
        tags_.erase(at);
}

const Graph::Uses* Graph::uses(const Tag& tag) const
{
    const auto found = tags_.find(tag);
    return found == tags_.end() ? nullptr : &found->second;
}

Entry* Graph::provider(const Tag& tag) const
{
    const auto* found = uses(tag);
    return found ? found->provider : nullptr;
}

bool Graph::satisfied(const Entry& entry) const
{
    return std::ranges::all_of(entry.txn->requires_,
                               [&](const Tag& tag) { return entry.given.contains(tag) || provider(tag) != nullptr; });
}

Graph::Set Graph::conflicts(const Transaction& txn) const
{
    Set found;
    for (const auto& tag : txn.provides)
        if (auto* other = provider(tag))
            found.insert(other);
    return found;
}

Graph::Set Graph::subtree(const Set& roots, std::span<const Tag> kept) const
{
    Set found = roots;
    std::vector<const Entry*> open(roots.begin(), roots.end());
    while (!open.empty())
    {
        const auto* at = open.back();
        open.pop_back();
        for (const auto& tag : at->txn->provides)
        {
            const auto* used = std::ranges::binary_search(kept, tag) ? nullptr : uses(tag);
            if (used == nullptr || used->provider != at)
                continue;
            for (auto* next : used->ready)
                if (found.insert(next).second)
                    open.push_back(next);
        }
    }
    return found;
}

bool Graph::closes_circle(const Transaction& txn, const Set& gone) const
{
    Set above; // what it would stand on directly
    for (const auto& tag : txn.requires_)
        if (auto* entry = provider(tag))
            above.insert(entry);
    if (std::ranges::any_of(above, [&](Entry* entry) { return gone.contains(entry); }))
        return true; // it would remove what it requires

    Set below; // what would stand on it
    for (const auto& tag : txn.provides)
        if (const auto* used = uses(tag))
            for (auto* next : used->ready)
                if (!gone.contains(next))
                    below.insert(next);
    if (below.empty() || above.empty())
        return false;
    return std::ranges::any_of(subtree(below), [&](Entry* entry) { return above.contains(entry); });
}

Graph::Set Graph::wanting(const Tag& tag) const
{
    const auto* found = uses(tag);
    return found ? found->future : Set{};
}

} // namespace pool
