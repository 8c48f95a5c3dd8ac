#include "pool/pool.hpp"

// What blocks do to the pool, and what the runtime says when it is asked again.

namespace pool {

void Pool::on_block(const Hash& block, BlockNumber number, std::span<const Hash> included, std::span<const Tag> tags,
                    uint64_t now_ms)
{
    number_ = number;
    bans_.expire(now_ms);
    auto provided = take_included(block, included, now_ms);
    provided.insert(tags.begin(), tags.end());
    const auto moved = displace(provided);

    for (const auto& tag : provided)
        for (auto* entry : graph_.wanting(tag))
            entry->given.insert(tag);
    promote({provided.begin(), provided.end()});
    recent_[next_recent_] = {block, std::move(provided)};
    next_recent_ = (next_recent_ + 1) % recent_.size();
    place_again(moved);

    drop_expired(now_ms);
    enforce(now_ms);
}

/// What is in the block leaves. Returns the tags that the chain provides by now: what they provide and what they
/// required.
std::set<Tag> Pool::take_included(const Hash& block, std::span<const Hash> included, uint64_t now_ms)
{
    std::set<Tag> provided;
    std::vector<Included> ours;
    for (size_t index = 0; index != included.size(); ++index)
    {
        auto* entry = graph_.find(included[index]);
        if (entry == nullptr)
            continue;
        provided.insert(entry->txn->provides.begin(), entry->txn->provides.end());
        provided.insert(entry->txn->requires_.begin(), entry->txn->requires_.end());
        ours.push_back({included[index], uint32_t(index)});
        ban(included[index], now_ms); // peers go on sending it for a while
        events_.push_back({Event::What::in_block, included[index], block, uint32_t(index)});
        graph_.erase(*entry);
    }
    for (const auto& late : inclusions_.add(block, std::move(ours)))
        for (const auto& each : late.transactions)
            events_.push_back({Event::What::finality_timeout, each.transaction, late.hash, each.index});
    return provided;
}

/// Those that provide what the chain provides already are to be validated again, and so are those that these required.
/// Returns what stands on them by other tags, lifted.
Pool::Set Pool::displace(std::set<Tag>& provided)
{
    Set displaced;
    std::vector<Tag> open(provided.begin(), provided.end());
    for (size_t i = 0; i != open.size(); ++i)
    {
        auto* entry = graph_.provider(open[i]);
        if (entry == nullptr || !displaced.insert(entry).second)
            continue;
        for (const auto& tag : entry->txn->requires_)
            if (provided.insert(tag).second)
                open.push_back(tag);
    }
    const std::vector<Tag> kept(provided.begin(), provided.end());
    Set moved;
    for (auto* entry : graph_.subtree(displaced, kept))
        if (!displaced.contains(entry))
            moved.insert(entry);
    for (auto* entry : graph_.in(Queue::future))
        for (const auto& tag : entry->txn->provides)
            if (provided.contains(tag))
                displaced.insert(entry);
    lift(moved);
    for (auto* entry : displaced)
    {
        graph_.leave(*entry);
        keep_for_return(*entry);
    }
    return moved;
}

/// From Queue::none to Queue::returning, due at once, if there is room.
void Pool::keep_for_return(Entry& entry)
{
    if (graph_.in(Queue::returning).size() >= options_.ready_max ||
        graph_.bytes(Queue::returning) + entry.txn->size() > options_.ready_bytes_max)
        return discard(entry, Event::What::dropped);
    graph_.set_due(entry, 0);
    graph_.enter(entry, Queue::returning);
}

void Pool::drop_expired(uint64_t now_ms)
{
    std::vector<Hash> expired;
    for (const auto queue : {Queue::ready, Queue::future})
        for (const auto* entry : graph_.in(queue))
            if (entry->txn->valid_till <= number_)
                expired.push_back(entry->txn->hash);
    remove(expired, now_ms);
}

void Pool::on_retracted(const Hash& block, std::span<const Bytes> body)
{
    for (const auto& each : inclusions_.take(block))
        events_.push_back({Event::What::retracted, each.transaction, block, each.index});
    for (auto& recent : recent_)
        if (recent.block == block)
            recent = {};
    for (const auto queue : {Queue::ready, Queue::future})
        for (auto* entry : graph_.in(queue))
            graph_.set_due(*entry, 1); // what the block gave them may be gone, but the block's own come first
    for (const auto& extrinsic : body)
    {
        const auto hash = transaction_hash(extrinsic);
        if (graph_.find(hash))
            continue;
        const Transaction unknown{.hash = hash, .bytes = std::make_shared<const Bytes>(extrinsic)};
        keep_for_return(graph_.add(std::make_shared<const Transaction>(unknown)));
    }
}

void Pool::on_finalized(const Hash& block)
{
    for (const auto& each : inclusions_.take(block))
        events_.push_back({Event::What::finalized, each.transaction, block, each.index});
}

std::vector<Candidate> Pool::next_to_revalidate(size_t count)
{
    std::vector<Candidate> candidates;
    while (candidates.size() != count)
    {
        auto* entry = graph_.first_due();
        if (entry == nullptr || entry->due > number_ || entry->due == UINT32_MAX)
            break;
        graph_.set_due(*entry, due_after(number_));
        candidates.push_back({entry->txn->hash, entry->txn->bytes});
    }
    return candidates;
}

void Pool::revalidated(const Hash& hash, const primitives::TransactionValidity& validity, BlockNumber at,
                       uint64_t now_ms)
{
    auto* entry = graph_.find(hash);
    if (entry == nullptr)
        return;
    const auto queue = entry->queue;
    if (!validity)
    {
        // Of one in a queue "unknown" means: ask later.
        if (queue == Queue::returning || validity.error().is<primitives::InvalidTransaction>())
            remove({&hash, 1}, now_ms);
        return;
    }
    const auto txn = std::make_shared<const Transaction>(make_transaction(hash, entry->txn->bytes, *validity, at));
    if (!check(*txn))
    {
        remove({&hash, 1}, now_ms);
        return;
    }
    graph_.set_due(*entry, due_after(at));
    if (queue != Queue::returning && txn->requires_ == entry->txn->requires_ && txn->provides == entry->txn->provides)
    {
        graph_.leave(*entry);
        entry->txn = txn;
        graph_.enter(*entry, queue);
        return;
    }
    auto moved = queue == Queue::ready ? graph_.subtree({entry}) : Set{entry};
    lift(moved);
    bans_.lift(hash);
    entry->txn = txn;
    entry->given.clear();
    place_again(moved);
    enforce(now_ms);
}

} // namespace pool
