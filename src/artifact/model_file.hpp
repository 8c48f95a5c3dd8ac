#pragma once

#include "artifact/error.hpp"
#include "env/file.hpp"
#include "model/graph.hpp"
#include "proof/identity.hpp"
#include "prover/seal.hpp"

#include <cstdint>
#include <expected>
#include <string>

/// m.zkm: a sealed model in its owner's hands. Container "ZKPM"; small sections: the model identity as in m.id, the
/// weights (docs/specs/model.md §3), salt seed ‖ u64 stamp; large ones: the oracle of the last epoch.
namespace artifact {

class ModelFile
{
public:
    /// Maps the file and checks it: checksum, graph, weights in their ranges, R1 to R3.
    ///
    /// Errors  file; damaged
    /// Cost    linear in the weights, independent of the codeword
    static std::expected<ModelFile, Error> open(const std::string& path);

    const proof::Identity& identity() const { return identity_; }
    const model::Model& model() const { return model_; }
    const commit::SourceShape& shape() const { return shape_; }
    const base::Digest& root() const { return identity_.epochs.back().root; }

    /// The root's use counter stood here when the file was written.
    uint64_t stamp() const { return stamp_; }

    prover::SealedModel sealed() const { return {identity_, model_, oracle_}; }

private:
    ModelFile(env::MappedFile file, proof::Identity identity, model::Model model, commit::SourceShape shape,
              commit::Oracle oracle, uint64_t stamp)
        : file_(std::move(file)), identity_(std::move(identity)), model_(std::move(model)), shape_(shape),
          oracle_(oracle), stamp_(stamp)
    {
    }

    env::MappedFile file_;
    proof::Identity identity_;
    model::Model model_;
    commit::SourceShape shape_;
    commit::Oracle oracle_; ///< borrows from file_
    uint64_t stamp_;
};

/// Writes all but the name (mode 0600).
std::expected<env::StagedFile, Error> stage_model(const std::string& path, const proof::Identity& identity,
                                                  const model::Weights& weights, const commit::Oracle& oracle,
                                                  uint64_t stamp);

} // namespace artifact
