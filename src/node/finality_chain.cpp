#include "node/finality.hpp"

#include "finality/justification.hpp"

#include <algorithm>

/// The chain, as GRANDPA's voter sees it.
namespace node {

std::optional<finality::BlockNumber> Finality::number(const ledger::Hash& block) const
{
    const auto found = header(block);
    return found ? std::optional(found->number.value) : std::nullopt;
}

std::optional<ledger::Hash> Finality::parent(const ledger::Hash& block) const
{
    const auto found = header(block);
    return found ? std::optional(found->parent_hash) : std::nullopt;
}

std::optional<Header> Finality::header(const ledger::Hash& block) const
{
    return ledger_.contains(block) ? ledger_.header(block) : std::nullopt;
}

std::optional<ledger::Hash> Finality::ancestor_at(const ledger::Hash& block, finality::BlockNumber number) const
{
    return ledger_.ancestor_at(block, number);
}

/// The height at which other authorities take over, as a block or one below it, that is not final, has scheduled.
std::optional<uint64_t> Finality::end_of_set(const ledger::Hash& block) const
{
    const auto finalised = ledger_.finalised();
    if (ends_above_ != finalised.hash)
    {
        ends_.clear();
        ends_above_ = finalised.hash;
    }
    std::vector<Header> above;
    std::vector<ledger::Hash> hashes;
    auto at = block;
    std::optional<uint64_t> end = ledger_.due_change();
    for (; at != finalised.hash; at = above.back().parent_hash)
    {
        if (const auto found = ends_.find(at); found != ends_.end())
        {
            end = found->second;
            break;
        }
        auto read = ledger_.header(at);
        if (!read || read->number.value <= finalised.number)
            return end; // finality moves on meanwhile
        hashes.push_back(at);
        above.push_back(std::move(*read));
    }
    for (size_t i = above.size(); i-- != 0;)
    {
        if (const auto change = finality::scheduled_change(above[i]); change && !end)
            end = uint64_t{above[i].number.value} + change->delay;
        ends_[hashes[i]] = end;
    }
    return end;
}

BlockId Finality::best_containing(const BlockId& base) const
{
    const auto finalised = ledger_.finalised();
    const auto best = ledger_.best_containing(base.number < finalised.number ? finalised.hash : base.hash);
    if (!best)
        return base;
    auto end = end_of_set(best->hash);
    // The set's last block may be final already, and the next set on its way: asked for last, for it is written before
    // the block counts as final.
    if (const auto changes = ledger_.set_changes(set_base_.number, 1); !changes.empty())
        end = std::min<uint64_t>(end.value_or(changes.front()), changes.front());
    if (!end || best->number <= *end)
        return *best;
    if (*end < base.number)
        return base;
    const auto last = ledger_.ancestor_at(best->hash, finality::BlockNumber(*end));
    return last ? BlockId{*last, finality::BlockNumber(*end)} : base;
}

} // namespace node
