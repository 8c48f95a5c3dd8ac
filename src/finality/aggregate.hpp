#pragma once

#include "finality/round.hpp"
#include "protocols/gossip.hpp"

#include <span>

/// Votes that come many at a time: commits and catch-ups. Checked as far as that goes without the chain.
namespace finality {

using protocols::grandpa::CatchUp;

/// Why a vote, a commit or a catch-up is refused.
enum class Refusal : uint8_t
{
    malformed, ///< more votes than voters can cast, or a list without its signatures
    stranger,  ///< a vote by somebody who is no voter
    weight,    ///< the votes cannot weigh enough
    signature, ///< a vote that its voter did not sign
    number,    ///< a block with another number than is said
    elsewhere, ///< a base that conflicts with what is final
    unfinished ///< a catch-up to a round that its votes do not complete
};

/// Whether a voter signed this vote.
bool signed_by(const Ed25519Public& key, Step step, const BlockId& target, RoundNumber round, SetId set,
               const Ed25519Signature& signature);

/// Checks who signed the precommits of a commit.
///
/// Errors  malformed, stranger, weight, signature, in this order
/// Cost    one ed25519 verification for each precommit, in one batch
std::expected<void, Refusal> check_votes(const Commit& commit, RoundNumber round, const Voters& voters);

/// Checks who signed the votes of a catch-up.
///
/// Errors  malformed, stranger, weight, signature, in this order
/// Cost    one ed25519 verification for each vote, in one batch
std::expected<void, Refusal> check_votes(const CatchUp& catch_up, const Voters& voters);

/// A round with these votes, which have been checked.
Round round_of(const Commit& commit, RoundNumber round, const Voters& voters, const Chain& chain);
Round round_of(const CatchUp& catch_up, const Voters& voters, const Chain& chain);
/// What a node that was away needs to go on after a round.
CatchUp catch_up_of(const Round& round);

} // namespace finality
