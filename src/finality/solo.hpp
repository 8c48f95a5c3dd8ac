#pragma once

#include "finality/justification.hpp"
#include "signature/ed25519.hpp"

#include <functional>

/// Votes of one node that holds every key a decision needs: a development chain, a chain of one validator.
namespace finality {

/// Lends the secret key of a voter; false where it is not here.
using WithKey = std::function<bool(const primitives::Ed25519Public&,
                                   const std::function<void(const signature::ed25519::Keypair&)>&)>;

/// The proof that `target` is final, by all keys that are here; nothing while they weigh less than the threshold.
///
/// Caller  never asks twice for one round of one set with different targets: that would be an equivocation
std::optional<Justification> decide_alone(const VoterSet& set, RoundNumber round, const BlockId& target,
                                          const WithKey& with_key);

} // namespace finality
