#pragma once

#include "circuit/compile.hpp"
#include "commit/oracle.hpp"
#include "crypto/random.hpp"
#include "proof/hidden.hpp"
#include "proof/statement.hpp"
#include "prover/values.hpp"

#include <expected>
#include <span>
#include <string>

namespace prover {

using base::Bytes;

/// What a white-box test may see of a proof in the making.
struct Inspection
{
    std::vector<K> trace; ///< entries of A, pads included
    std::vector<proof::Equation> equations;
};

/// Proves `statement` about `circuit`: the body of docs/specs/proof.md §8.2.
///
/// Shapes   trace: the entries of A with the pads column left free; sealed: the oracles of the other stores, in order
/// Caller   draws a new proof for every attempt; has counted the use of every sealed root
/// Errors   words: a size that the profile does not hold
/// Draws    "pads", "product masks", "tail trace", "salt trace", those of commit::commit_pads and commit::open
/// A trace that does not satisfy the circuit gives a proof that is refused.
std::expected<Bytes, std::string> prove_body(const circuit::Circuit& circuit, const proof::Statement& statement,
                                             std::vector<K> trace, std::span<const commit::Oracle> sealed,
                                             crypto::Entropy& entropy, Inspection* inspection = nullptr);

/// Names of the equations that do not hold on the true values; empty for an honest proof.
std::vector<std::string> broken_equations(const circuit::Circuit& circuit, const Inspection& inspection,
                                          std::span<const commit::Oracle> sealed);

/// Lookups that no table row matches, with the first position of each.
std::vector<std::string> broken_lookups(const circuit::Circuit& circuit, const Values& values);

} // namespace prover
