#pragma once

#include "base/bytes.hpp"
#include "commit/channel.hpp"
#include "commit/oracle.hpp"
#include "commit/parameters.hpp"
#include "commit/weight.hpp"
#include "crypto/random.hpp"
#include "transcript/transcript.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

/// The zero-knowledge opening of one public linear claim about committed vectors. docs/specs/proof.md, section 7.
namespace commit {

/// Σ over sources ⟨Σ weights[source], source⟩ = constant. Weights reach the data rows only, never a tail.
struct Claim
{
    std::vector<std::vector<Weight>> weights;
    F constant;
};

/// Why an opening was refused. Untrusted bytes can reach every case. `challenge` is for the callers that share this
/// list: the opening itself divides by nothing.
enum class Refusal : uint8_t
{
    syntax,        ///< bytes are missing, or an integer is no field element
    challenge,     ///< a challenge is a zero divisor
    nonce,         ///< too little work in a nonce
    path,          ///< opened rows do not lead to their root
    base_claim,    ///< the masked last vectors do not satisfy the claim
    base_codeword, ///< the masked last vectors differ from what was committed
};

/// The oracle P: pads ξ for the rounds' messages, and the mask s′ under which ξ itself is opened. Serves one opening
/// only, hence cannot be copied; a second use would be a two-time pad.
struct PadOracle
{
    PadOracle(OracleStorage oracle, std::vector<F> xi, std::vector<F> mask);
    PadOracle(PadOracle&&) = default;
    PadOracle& operator=(PadOracle&&) = default;

    OracleStorage oracle;
    std::vector<F> xi, mask; ///< pads.length() each: P's two columns
};

/// Draws and commits the pads: labels "xi", "tail pads", "xi mask", "salt pads". The caller absorbs the root before the
/// first challenge.
PadOracle commit_pads(const Plan& plan, crypto::Entropy& entropy);

/// Proves a claim; a false one gives a proof that is refused.
///
/// Shapes  sources, weights: as many as plan.sources, of those shapes
/// Caller  has absorbed the statement, the sources' roots, the pads' root and all that the weights depend on
/// Draws   for each level "tail level", "salt level"; then "tail last", "last mask", "salt last"
/// Cost    parallel; one pass over the sources for each weight, one more to fold them, one transform of g₁
void open(const Plan& plan, std::span<const Oracle> sources, std::span<const std::vector<Weight>> weights,
          PadOracle pads, Channel& channel, crypto::Entropy& entropy);
void open(const Plan& plan, std::span<const Oracle> sources, const Claim& claim, PadOracle pads,
          transcript::Transcript& transcript, crypto::Entropy& entropy, base::Writer& out);

/// Checks an opening; leaves in `in` whatever follows it.
///
/// Shapes  roots, claim.weights: as many as plan.sources
/// Caller  as for open()
/// Errors  in the order in which the proof is read; docs/specs/proof.md, section 9
/// Sound   a false claim survives with probability 2^−λ a hash call; docs/specs/proof-security.md
/// Cost    hashing the opened rows, and a product for each entry of the last vector and each query
std::expected<void, Refusal> verify(const Plan& plan, std::span<const Digest> roots, const Digest& pads_root,
                                    Claim claim, transcript::Transcript& transcript, base::Reader& in);

} // namespace commit
