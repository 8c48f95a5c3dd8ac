#pragma once

#include "artifact/error.hpp"
#include "env/file.hpp"
#include "model/graph.hpp"
#include "prover/seal.hpp"

#include <expected>
#include <span>
#include <string>

/// d.zkd: a committed data set in its owner's hands. Container "ZKPR"; small sections: the data identity as in d.id,
/// the graph of the model it was committed for, the codes (i16), the pads (u32, canonical), salt seed ‖ ModelId of that
/// model; large ones: the oracle.
namespace artifact {

class DataFile
{
public:
    /// Maps the file and checks it: checksum, sizes, codes in the input's range.
    ///
    /// Errors  file; damaged
    /// Cost    linear in codes and pads, independent of the codeword
    static std::expected<DataFile, Error> open(const std::string& path);

    const prover::SealedData& data() const { return data_; }
    /// The model that it was committed for, and its identity.
    const model::Graph& graph() const { return graph_; }
    const base::Digest& like() const { return like_; }
    /// Proofs that the root serves.
    size_t proofs() const { return proofs_; }

private:
    DataFile(env::MappedFile file, model::Graph graph, const base::Digest& like, prover::SealedData data, size_t proofs)
        : file_(std::move(file)), graph_(std::move(graph)), like_(like), data_(std::move(data)), proofs_(proofs)
    {
    }

    env::MappedFile file_;
    model::Graph graph_;
    base::Digest like_;
    prover::SealedData data_; ///< its oracle borrows from file_
    size_t proofs_;
};

/// Writes all but the name (mode 0600).
///
/// Shapes  codes: rows × input elements
std::expected<env::StagedFile, Error> stage_data(const std::string& path, const proof::Identity& like,
                                                 std::span<const int32_t> codes,
                                                 const prover::CommittedData& committed);

/// The shape of the commitment to such a data set.
///
/// Errors  unfit: more values than one commitment holds
std::expected<commit::SourceShape, Error> data_shape(const model::Graph& graph, const commit::Profile& profile,
                                                     uint32_t rows, bool pads);

} // namespace artifact
