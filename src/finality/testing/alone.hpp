#pragma once

#include "finality/justification.hpp"
#include "signature/ed25519.hpp"

#include <functional>
#include <set>

namespace finality::testing {

/// Lends the secret key of a voter; false where it is not here.
using WithKey = std::function<bool(const primitives::Ed25519Public&,
                                   const std::function<void(const signature::ed25519::Keypair&)>&)>;

/// The proof that `target` is final, by all keys that are here; nothing while they weigh less than the threshold.
inline std::optional<Justification> decide_alone(const VoterSet& set, RoundNumber round, const BlockId& target,
                                                 const WithKey& with_key)
{
    Justification justification{.round = round, .commit = {target.hash, target.number, {}}, .votes_ancestries = {}};
    const primitives::grandpa::Precommit vote{target.hash, target.number};
    const auto payload = primitives::grandpa::signed_payload(vote, round, set.id);
    uint64_t weight = 0;
    std::set<Ed25519Public> voted; // one vote each, however often the list names them
    for (const auto& authority : set.authorities)
        if (voted.insert(authority.id).second)
            with_key(authority.id, [&](const signature::ed25519::Keypair& pair) {
                justification.commit.precommits.push_back(
                    {vote, {signature::ed25519::sign(pair, payload)}, authority.id});
                weight += authority.weight;
            });
    return weight >= set.threshold() ? std::optional(std::move(justification)) : std::nullopt;
}

} // namespace finality::testing
