#include "finality/justification.hpp"

#include "signature/batch.hpp"

#include <map>
#include <set>

namespace finality {

namespace grandpa = primitives::grandpa;

uint64_t VoterSet::total() const
{
    uint64_t sum = 0;
    for (const auto& authority : authorities)
        sum += authority.weight;
    return sum;
}

uint64_t VoterSet::threshold() const
{
    const auto sum = total();
    return sum == 0 ? 1 : sum - (sum - 1) / 3;
}

namespace {

/// Whether `block` stands on `target`, by the headers given; notes the headers used.
bool leads(const grandpa::Precommit& vote, const BlockId& target, const std::map<Hash, const Header*>& headers,
           std::set<Hash>& used)
{
    auto at = vote.target_hash;
    while (at != target.hash)
    {
        const auto found = headers.find(at);
        if (found == headers.end() || found->second->number.value <= target.number)
            return false;
        used.insert(at);
        at = found->second->parent_hash;
    }
    return vote.target_number >= target.number;
}

/// The first GRANDPA item of that kind; others, of any kind, may stand before it.
template <class Item>
std::optional<Item> first_item(const Header& header)
{
    for (const auto& log : header.digest.logs)
    {
        const auto* item = log.get<primitives::digest::Consensus>();
        if (item == nullptr || item->engine != primitives::kGrandpaEngine)
            continue;
        auto decoded = scale::decode<grandpa::ConsensusLog>(base::ByteView(item->data));
        if (auto* found = decoded ? decoded->template get<Item>() : nullptr)
            return std::move(*found);
    }
    return std::nullopt;
}

} // namespace

std::optional<grandpa::ScheduledChange> scheduled_change(const Header& header)
{
    return first_item<grandpa::ScheduledChange>(header);
}

bool forces_change(const Header& header) { return first_item<grandpa::ForcedChange>(header).has_value(); }

std::expected<void, JustificationRefusal> check(const Justification& justification, const VoterSet& set,
                                                const BlockId& target)
{
    const auto& commit = justification.commit;
    if (commit.target_hash != target.hash || commit.target_number != target.number)
        return std::unexpected(JustificationRefusal::target);
    std::map<Ed25519Public, uint64_t> weights;
    for (const auto& authority : set.authorities)
        weights[authority.id] = authority.weight;
    std::map<Hash, const Header*> headers;
    for (const auto& header : justification.votes_ancestries)
        headers.emplace(primitives::hash_of(header), &header);

    std::set<Ed25519Public> seen;
    std::set<Hash> used;
    uint64_t weight = 0;
    for (const auto& signed_vote : commit.precommits)
    {
        const auto voter = weights.find(signed_vote.id);
        if (voter == weights.end())
            return std::unexpected(JustificationRefusal::stranger);
        if (!seen.insert(signed_vote.id).second)
            return std::unexpected(JustificationRefusal::twice);
        if (!leads(signed_vote.precommit, target, headers, used))
            return std::unexpected(JustificationRefusal::ancestry);
        weight += voter->second;
    }
    if (used.size() != justification.votes_ancestries.size())
        return std::unexpected(JustificationRefusal::ancestry);
    if (weight < set.threshold())
        return std::unexpected(JustificationRefusal::weight);

    std::vector<base::Bytes> payloads;
    for (const auto& vote : commit.precommits)
        payloads.push_back(grandpa::signed_payload(vote.precommit, justification.round, set.id));
    std::vector<signature::Item> items;
    for (size_t i = 0; i != payloads.size(); ++i)
        items.push_back({signature::Scheme::ed25519, commit.precommits[i].id.bytes,
                         commit.precommits[i].signature.bytes, payloads[i]});
    if (!signature::verify_batch(items).empty())
        return std::unexpected(JustificationRefusal::signature);
    return {};
}

} // namespace finality
