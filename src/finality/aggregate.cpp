#include "finality/aggregate.hpp"

#include "base/invariant.hpp"
#include "signature/batch.hpp"
#include "signature/ed25519.hpp"

namespace finality {

namespace grandpa = primitives::grandpa;

bool signed_by(const Ed25519Public& key, Step step, const BlockId& target, RoundNumber round, SetId set,
               const Ed25519Signature& signature)
{
    const auto payload = grandpa::signed_payload(message_of(step, target), round, set);
    return signature::ed25519::verify(payload, signature.bytes, key.bytes).has_value();
}

namespace {

const grandpa::Prevote& vote_of(const grandpa::SignedPrevote& vote) { return vote.prevote; }
const grandpa::Precommit& vote_of(const grandpa::SignedPrecommit& vote) { return vote.precommit; }

/// Whether the voters of a list are voters, and together weigh enough.
template <class SignedVote>
std::expected<void, Refusal> check_voters(const std::vector<SignedVote>& votes, const Voters& voters)
{
    if (votes.size() > 2 * voters.size()) // nobody casts more than two that matter
        return std::unexpected(Refusal::malformed);
    std::vector<bool> seen(voters.size());
    uint64_t weight = 0;
    for (const auto& vote : votes)
    {
        const auto voter = voters.find(vote.id);
        if (!voter)
            return std::unexpected(Refusal::stranger);
        if (!seen[*voter])
            weight += voters.weight(*voter);
        seen[*voter] = true;
    }
    if (weight < voters.threshold())
        return std::unexpected(Refusal::weight);
    return {};
}

/// Signatures to check together.
struct Claims
{
    std::vector<std::vector<uint8_t>> payloads;
    std::vector<std::pair<const Ed25519Public*, const Ed25519Signature*>> signers;

    template <class SignedVote>
    void add(const std::vector<SignedVote>& votes, RoundNumber round, SetId set)
    {
        for (const auto& vote : votes)
        {
            payloads.push_back(grandpa::signed_payload(vote_of(vote), round, set));
            signers.emplace_back(&vote.id, &vote.signature);
        }
    }
    std::expected<void, Refusal> check() const
    {
        std::vector<signature::Item> items;
        items.reserve(payloads.size());
        for (size_t i = 0; i != payloads.size(); ++i)
            items.push_back(
                {signature::Scheme::ed25519, signers[i].first->bytes, signers[i].second->bytes, payloads[i]});
        if (!signature::verify_batch(items).empty())
            return std::unexpected(Refusal::signature);
        return {};
    }
};

template <class SignedVote>
void import_all(Round& round, Step step, const std::vector<SignedVote>& votes, const Chain& chain)
{
    for (const auto& vote : votes)
    {
        const auto voter = round.voters().find(vote.id);
        base::invariant(voter.has_value());
        const auto& target = vote_of(vote);
        (void)round.import(step, *voter, {{target.target_hash, target.target_number}, vote.signature}, chain);
    }
}

} // namespace

std::expected<void, Refusal> check_votes(const Commit& commit, RoundNumber round, const Voters& voters)
{
    if (auto checked = check_voters(commit.precommits, voters); !checked)
        return checked;
    Claims claims;
    claims.add(commit.precommits, round, voters.set_id());
    return claims.check();
}

std::expected<void, Refusal> check_votes(const CatchUp& catch_up, const Voters& voters)
{
    if (auto checked = check_voters(catch_up.prevotes, voters); !checked)
        return checked;
    if (auto checked = check_voters(catch_up.precommits, voters);
        !checked && (checked.error() != Refusal::weight)) // a round may complete with fewer
        return checked;
    Claims claims;
    claims.add(catch_up.prevotes, catch_up.round, voters.set_id());
    claims.add(catch_up.precommits, catch_up.round, voters.set_id());
    return claims.check();
}

Round round_of(const Commit& commit, RoundNumber round, const Voters& voters, const Chain& chain)
{
    Round votes(voters, round, {commit.target_hash, commit.target_number});
    import_all(votes, Step::precommit, commit.precommits, chain);
    return votes;
}

Round round_of(const CatchUp& catch_up, const Voters& voters, const Chain& chain)
{
    Round votes(voters, catch_up.round, {catch_up.base_hash, catch_up.base_number});
    import_all(votes, Step::prevote, catch_up.prevotes, chain);
    import_all(votes, Step::precommit, catch_up.precommits, chain);
    return votes;
}

CatchUp catch_up_of(const Round& round)
{
    return {.set_id = round.voters().set_id(),
            .round = round.number(),
            .prevotes = round.prevotes(),
            .precommits = round.precommits(),
            .base_hash = round.base().hash,
            .base_number = round.base().number};
}

} // namespace finality
