#pragma once

#include "artifact/data_file.hpp"
#include "artifact/model_file.hpp"
#include "artifact/uses.hpp"
#include "crypto/random.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What the command line does with files, as library calls: every proof counted before it leaves.
namespace artifact {

/// Told before each step of a long operation.
using OnStep = std::function<void(std::string_view step)>;

/// Commits the weights, proves the registration and writes m.zkm.
///
/// Caller  the model validates and meets check_declared() and check_actual()
/// Errors  file; unfit: too large, or nothing to commit
std::expected<proof::Identity, Error> seal_model(const std::string& path, model::Model model,
                                                 const commit::Profile& profile, const Uses& uses,
                                                 crypto::Entropy& entropy, const OnStep& on_step = {});

/// Moves a model to a fresh root: commits again, proves both equal and replaces m.zkm. Spends one use of the old root.
///
/// Errors  uses; file; unfit
std::expected<proof::Identity, Error> renew_model(const std::string& path, const ModelFile& file, const Uses& uses,
                                                  crypto::Entropy& entropy, const OnStep& on_step = {});

/// Commits a data set for the input of model `like` and writes d.zkd and d.id.
///
/// Shapes  codes: rows × input elements, in the input's range
/// Errors  file; unfit
std::expected<proof::DataIdentity, Error> commit_data(const std::string& path, const std::string& identity_path,
                                                      const proof::Identity& like, std::span<const int32_t> codes,
                                                      uint32_t rows, bool output_pads, const Uses& uses,
                                                      crypto::Entropy& entropy);

/// Proofs that this model's root, as the file has it, still serves.
std::expected<uint64_t, Error> proofs_left(const ModelFile& file, const Uses& uses);

/// Counts the use, runs, proves and writes the proof: what the bench `prove/` times.
///
/// Caller  request.data, if there, is that of a DataFile
/// Errors  uses; file; unfit. Refused before anything is counted: a data set of another model, a row it does not have,
/// an
///         input of the wrong size
std::expected<prover::Proven, Error> prove_file(const ModelFile& file, const prover::Request& request, const Uses& uses,
                                                crypto::Entropy& entropy, const std::string& path);

/// Takes the committed pad off a masked output.
///
/// Shapes  graph: of the model that the proof is about, file.graph() unless it is another one of the same schema
/// Errors  unfit: not a masked output of this data set. Does not verify the proof
std::expected<std::vector<int32_t>, Error> open_output(const DataFile& file, const model::Graph& graph,
                                                       base::ByteView proof);

} // namespace artifact
