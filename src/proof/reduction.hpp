#pragma once

#include "base/bytes.hpp"
#include "circuit/compile.hpp"
#include "commit/opening.hpp"
#include "proof/hidden.hpp"
#include "transcript/transcript.hpp"

#include <expected>
#include <span>

namespace proof {

/// Everything that the masked messages of a proof claim, as linear equations on what is committed
/// (docs/specs/proof.md §6). The verifier runs it on the proof; the prover runs it on its own messages, to learn
/// the claim that it has to open.
///
/// Shapes  publics: the statement's public tensors, by Form::minus_public
/// Caller  the transcript has absorbed the statement and the roots of A and P
/// Errors  syntax; challenge
std::expected<std::vector<Equation>, commit::Refusal> reduce(const circuit::Circuit& circuit,
                                                             std::span<const std::vector<K>> publics,
                                                             transcript::Transcript& transcript, base::Reader& in);

/// The equations batched by powers of gamma, ordered as the opening's sources: the stores that the circuit uses.
commit::Claim combine(const circuit::Circuit& circuit, const std::vector<Equation>& equations, F gamma);

/// The sources of the opening, in order: trace and weights always, the others if they have columns.
std::vector<Store> stores_of(const circuit::Circuit& circuit);

} // namespace proof
