#include "finality/voters.hpp"

#include "base/invariant.hpp"

namespace finality {

namespace grandpa = primitives::grandpa;

Voters::Voters(const VoterSet& set) : id_(set.id), total_(set.total()), threshold_(set.threshold())
{
    base::invariant(!set.authorities.empty());
    for (const auto& authority : set.authorities)
    {
        const auto [place, fresh] = index_.emplace(authority.id, keys_.size());
        if (fresh)
        {
            keys_.push_back(authority.id);
            weights_.push_back(authority.weight);
        }
        weights_[place->second] = authority.weight;
    }
}

std::optional<size_t> Voters::find(const Ed25519Public& key) const
{
    const auto found = index_.find(key);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
}

grandpa::Message message_of(Step step, const BlockId& target)
{
    switch (step)
    {
    case Step::propose:
        return grandpa::PrimaryPropose{target.hash, target.number};
    case Step::prevote:
        return grandpa::Prevote{target.hash, target.number};
    case Step::precommit:
        break;
    }
    return grandpa::Precommit{target.hash, target.number};
}

std::pair<Step, BlockId> read_vote(const grandpa::Message& message)
{
    if (const auto* prevote = message.get<grandpa::Prevote>())
        return {Step::prevote, {prevote->target_hash, prevote->target_number}};
    if (const auto* precommit = message.get<grandpa::Precommit>())
        return {Step::precommit, {precommit->target_hash, precommit->target_number}};
    const auto* propose = message.get<grandpa::PrimaryPropose>();
    base::invariant(propose != nullptr);
    return {Step::propose, {propose->target_hash, propose->target_number}};
}

} // namespace finality
