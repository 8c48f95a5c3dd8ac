#include "pool/pool.hpp"

#include <algorithm>

namespace pool {
namespace {

std::unexpected<Refusal> refuse(Refusal::Why why) { return std::unexpected(Refusal{.why = why}); }

/// Requires what it provides. Both lists are sorted.
bool requires_itself(const Transaction& txn)
{
    return std::ranges::any_of(txn.requires_,
                               [&](const Tag& tag) { return std::ranges::binary_search(txn.provides, tag); });
}

uint64_t add_saturating(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

} // namespace

std::expected<Hash, Refusal> Pool::admit(ByteView extrinsic, uint64_t now_ms) const
{
    const auto hash = transaction_hash(extrinsic);
    if (bans_.contains(hash, now_ms))
        return refuse(Refusal::Why::temporarily_banned);
    if (const auto* entry = graph_.find(hash); entry && entry->queue != Queue::returning)
        return refuse(Refusal::Why::already_imported);
    return hash;
}

Pool::Verdict Pool::check(const Transaction& txn) const
{
    if (txn.provides.empty())
        return refuse(Refusal::Why::no_tags);
    if (!txn.propagate && !options_.authors)
        return refuse(Refusal::Why::unactionable);
    return {};
}

std::expected<Hash, Refusal> Pool::insert(Bytes extrinsic, const primitives::ValidTransaction& valid, BlockNumber at,
                                          uint64_t now_ms)
{
    const auto hash = admit(extrinsic, now_ms);
    if (!hash)
        return hash;
    auto bytes = std::make_shared<const Bytes>(std::move(extrinsic));
    const auto txn = std::make_shared<const Transaction>(make_transaction(*hash, std::move(bytes), valid, at));
    if (const auto fit = check(*txn); !fit)
        return std::unexpected(fit.error());

    auto* entry = graph_.find(*hash); // one out of a block that comes again before it was validated
    const auto before = entry ? entry->txn : nullptr;
    if (entry)
        graph_.leave(*entry);
    else
        entry = &graph_.add(txn);
    entry->txn = txn;
    entry->given.clear();
    const auto told = events_.size();
    if (const auto placed = place(*entry); !placed)
    {
        entry->txn = before ? before : txn;
        if (before)
            graph_.enter(*entry, Queue::returning);
        else
            graph_.erase(*entry);
        return std::unexpected(placed.error());
    }
    graph_.set_due(*entry, due_after(at));
    if (!enforce(now_ms, &*hash))
        return hash;
    if (!before) // the refusal says it all
        events_.erase(std::remove_if(events_.begin() + ptrdiff_t(told), events_.end(),
                                     [&](const Event& event) { return event.transaction == *hash; }),
                      events_.end());
    return refuse(Refusal::Why::immediately_dropped);
}

/// From Queue::none to ready or future. Refused: it stays where it is, and nothing else has changed.
Pool::Verdict Pool::place(Entry& entry)
{
    const auto& txn = *entry.txn;
    for (const auto& tag : txn.requires_)
        if (recently_provided(tag))
            entry.given.insert(tag);
    if (!graph_.satisfied(entry))
    {
        if (txn.size() > options_.future_bytes_max)
            return refuse(Refusal::Why::immediately_dropped);
        if (requires_itself(txn))
            return refuse(Refusal::Why::cycle);
        graph_.enter(entry, Queue::future);
        tell(entry, Event::What::future);
        return {};
    }
    if (const auto made = make_ready(entry); !made)
        return made;
    promote(txn.provides);
    return {};
}

/// From Queue::none to ready; all it requires is provided.
Pool::Verdict Pool::make_ready(Entry& entry)
{
    const auto& txn = *entry.txn;
    if (txn.size() > options_.ready_bytes_max)
        return refuse(Refusal::Why::immediately_dropped);
    const auto replaced = graph_.conflicts(txn);
    uint64_t sum = 0;
    for (const auto* other : replaced)
        sum = add_saturating(sum, other->txn->priority);
    if (!replaced.empty() && sum >= txn.priority)
        return std::unexpected(Refusal{Refusal::Why::too_low_priority, sum, txn.priority});
    const auto gone = graph_.subtree(replaced, txn.provides);
    if (requires_itself(txn) || graph_.closes_circle(txn, gone))
        return refuse(Refusal::Why::cycle);

    tell(entry, Event::What::ready);
    for (auto* other : gone)
        discard(*other, Event::What::usurped, txn.hash);
    graph_.enter(entry, Queue::ready);
    return {};
}

/// Future transactions that required one of the tags become ready when they miss nothing more, and so do those that
/// required theirs. One that finds its place taken is invalid.
void Pool::promote(std::vector<Tag> appeared)
{
    for (size_t i = 0; i != appeared.size(); ++i)
        for (auto* entry : graph_.wanting(appeared[i]))
        {
            if (!graph_.satisfied(*entry))
                continue;
            graph_.leave(*entry);
            if (make_ready(*entry))
                appeared.insert(appeared.end(), entry->txn->provides.begin(), entry->txn->provides.end());
            else
                discard(*entry, Event::What::invalid);
        }
}

/// To Queue::none, to be placed again. What a ready one requires and no ready one provides comes from the chain.
void Pool::lift(const Set& moved)
{
    for (auto* entry : moved)
        if (entry->queue == Queue::ready)
            for (const auto& tag : entry->txn->requires_)
                if (!graph_.provider(tag))
                    entry->given.insert(tag);
    for (auto* entry : moved)
        graph_.leave(*entry);
}

/// Places what was lifted, in order of arrival; tells only what differs from before in the end.
void Pool::place_again(const Set& moved)
{
    std::map<Hash, std::optional<Event::What>> before;
    for (const auto* entry : moved)
        before.emplace(entry->txn->hash, entry->told);
    const auto start = ptrdiff_t(events_.size());
    for (auto* entry : moved)
        if (!place(*entry))
            discard(*entry, Event::What::dropped);
    events_.erase(std::remove_if(events_.begin() + start, events_.end(),
                                 [&](const Event& event) {
                                     return event.what <= Event::What::ready && before.contains(event.transaction);
                                 }),
                  events_.end());
    for (const auto& [hash, told] : before)
        if (const auto* entry = graph_.find(hash); entry && entry->told && entry->told != told)
            events_.push_back({.what = *entry->told, .transaction = hash});
}

/// Drops the worst until all is within the limits. Whether `fresh` went: rather it alone than all that it stands on.
bool Pool::enforce(uint64_t now_ms, const Hash* fresh)
{
    bool fresh_went = false;
    const auto drop = [&](const Set& gone) {
        for (auto* entry : gone)
        {
            fresh_went |= fresh && entry->txn->hash == *fresh;
            ban(entry->txn->hash, now_ms);
            discard(*entry, Event::What::dropped);
        }
    };
    while (graph_.in(Queue::ready).size() > options_.ready_max || graph_.bytes(Queue::ready) > options_.ready_bytes_max)
    {
        auto gone = graph_.subtree({graph_.worst_ready()});
        if (auto* newcomer = fresh ? graph_.find(*fresh) : nullptr; newcomer && gone.contains(newcomer))
            gone = graph_.subtree({newcomer});
        drop(gone);
    }
    while (graph_.in(Queue::future).size() > options_.future_max ||
           graph_.bytes(Queue::future) > options_.future_bytes_max)
        drop({*graph_.in(Queue::future).begin()});
    return fresh_went;
}

std::vector<Hash> Pool::remove(std::span<const Hash> transactions, uint64_t now_ms)
{
    std::vector<Hash> removed;
    for (const auto hash : transactions)
    {
        ban(hash, now_ms);
        auto* entry = graph_.find(hash);
        if (entry == nullptr)
            continue;
        for (auto* gone : entry->queue == Queue::ready ? graph_.subtree({entry}) : Set{entry})
        {
            removed.push_back(gone->txn->hash);
            discard(*gone, Event::What::invalid);
        }
    }
    return removed;
}

TransactionPtr Pool::find(const Hash& hash) const
{
    const auto* entry = graph_.find(hash);
    return entry ? entry->txn : nullptr;
}

Status Pool::status() const
{
    return {.ready = graph_.in(Queue::ready).size(),
            .ready_bytes = graph_.bytes(Queue::ready),
            .future = graph_.in(Queue::future).size(),
            .future_bytes = graph_.bytes(Queue::future),
            .returning = graph_.in(Queue::returning).size()};
}

void Pool::tell(Entry& entry, Event::What what)
{
    if (entry.told == what)
        return;
    entry.told = what;
    events_.push_back({.what = what, .transaction = entry.txn->hash});
}

void Pool::discard(Entry& entry, Event::What what, const Hash& other)
{
    events_.push_back({.what = what, .transaction = entry.txn->hash, .other = other});
    graph_.erase(entry);
}

void Pool::ban(const Hash& hash, uint64_t now_ms) { bans_.add(hash, add_saturating(now_ms, options_.ban_ms)); }

bool Pool::recently_provided(const Tag& tag) const
{
    return std::ranges::any_of(recent_, [&](const Provided& block) { return block.tags.contains(tag); });
}

BlockNumber Pool::due_after(BlockNumber at) const
{
    const auto blocks = std::max<BlockNumber>(options_.revalidate_after, 1);
    return at > UINT32_MAX - blocks ? UINT32_MAX : at + blocks;
}

} // namespace pool
