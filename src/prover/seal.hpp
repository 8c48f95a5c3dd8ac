#pragma once

#include "circuit/compile.hpp"
#include "commit/oracle.hpp"
#include "crypto/random.hpp"
#include "model/graph.hpp"
#include "proof/identity.hpp"
#include "prover/prove.hpp"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// From a model to its sealed form, and from an input to a proof: what the command line calls.
namespace prover {

/// Commits the weights afresh: labels "tail weights", "salt weights".
///
/// Caller  a model that validates and meets check_declared() and check_actual()
/// Errors  words: why the model cannot be compiled
std::expected<commit::OracleStorage, std::string>
commit_weights(const model::Model& model, const commit::Profile& profile, crypto::Entropy& entropy);

/// The registration proof of epoch 0; spends one use of the root. `identity` holds the root with an empty proof.
std::expected<Bytes, std::string> prove_registration(const proof::Identity& identity, const model::Weights& weights,
                                                     const commit::Oracle& sealed, crypto::Entropy& entropy);

/// The proof that the last two roots of `identity` commit to the same weights; spends one use of each.
std::expected<Bytes, std::string> prove_rotation(const proof::Identity& identity, const model::Weights& weights,
                                                 const commit::Oracle& from, const commit::Oracle& to,
                                                 crypto::Entropy& entropy);

/// Proofs that one root of this model serves, and rows of its matrices.
struct SealedSize
{
    commit::SourceShape shape;
    size_t proofs = 0;
};
std::expected<SealedSize, std::string> sealed_size(const model::Graph& graph, const commit::Profile& profile);

/// A committed data set in the prover's hands.
struct SealedData
{
    proof::DataIdentity identity;
    std::vector<int32_t> codes; ///< rows × input elements
    std::vector<K> pads;        ///< rows × output elements, or none
    commit::Oracle oracle;
};

/// Commits a data set for this model's input encoding: labels "tail data", "salt data", and "output pads".
struct CommittedData
{
    proof::DataIdentity identity;
    std::vector<K> pads;
    commit::OracleStorage oracle;
};
std::expected<CommittedData, std::string> commit_data(const model::Graph& graph, const commit::Profile& profile,
                                                      std::span<const int32_t> codes, uint32_t rows, bool output_pads,
                                                      crypto::Entropy& entropy);

/// One inference to prove.
struct Request
{
    base::Digest context{};
    circuit::Flag input = circuit::Flag::hidden, output = circuit::Flag::open;
    std::vector<std::vector<int32_t>> inputs; ///< codes, one a batch row; empty with `data`
    const SealedData* data = nullptr;
    uint32_t row = 0;
};

struct Proven
{
    Bytes file;
    std::vector<std::vector<int32_t>> outputs; ///< codes by batch row
    size_t trace_entries = 0, log_leaves = 0;
};

/// The model that proves: identity (with all epochs) and the oracle of the last one.
struct SealedModel
{
    const proof::Identity& identity;
    const model::Model& model;
    commit::Oracle oracle;
};

/// Runs and proves. Spends one use of the model's root, and of the data set's.
///
/// Caller  has counted those uses durably before
/// Errors  words: an input of the wrong size or range, a model too large
std::expected<Proven, std::string> prove(const SealedModel& sealed, const Request& request, crypto::Entropy& entropy,
                                         Inspection* inspection = nullptr);

} // namespace prover
