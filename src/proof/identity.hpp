#pragma once

#include "proof/statement.hpp"

/// m.id: what a verifier needs of a model; d.id: of a data set (docs/specs/proof.md §8.3, §8.4).
namespace proof {

/// One commitment to the weights. Epoch 0 carries the registration proof, later ones the proof of equality with
/// the epoch before.
struct Epoch
{
    Digest root{};
    Bytes proof;
    friend bool operator==(const Epoch&, const Epoch&) = default;
};

struct Identity
{
    commit::Profile profile = commit::kP100;
    model::Graph graph;
    std::vector<Epoch> epochs;
};

inline constexpr uint32_t kEpochsMax = 4096;

/// Binds format, profile, graph and the weights of epoch 0.
Digest model_id(const Identity& identity);

Bytes encode(const Identity& identity);
/// Errors  syntax; statement (magic, version, profile, an invalid graph)
std::expected<Identity, Error> decode_identity(ByteView bytes);

/// Whether proofs of the toy profile count: in tests only.
enum class Toy : bool
{
    refuse,
    accept,
};

/// R1 and R3 of the graph, the registration proof and the chain of rotations. Cost: as one proof each.
std::expected<void, Error> verify(const Identity& identity, Toy toy = Toy::refuse);

/// A committed data set: rows in the encoding of one model's input, perhaps with one-time pads for its output.
struct DataIdentity
{
    commit::Profile profile = commit::kP100;
    Digest root{};
    uint32_t rows = 0;
    bool pads = false;
    Digest schema{}; ///< schema_of() the model it was committed for
    friend bool operator==(const DataIdentity&, const DataIdentity&) = default;
};

/// Hash of the input's shape, range and encoding, and of the output's shape.
Digest schema_of(const model::Graph& graph);
Digest data_id(const DataIdentity& data);
Bytes encode(const DataIdentity& data);
std::expected<DataIdentity, Error> decode_data_identity(ByteView bytes);

/// The statement that a registration or rotation proof of this identity is about.
Statement registration_statement(const Identity& identity);
Statement rotation_statement(const Identity& identity, uint32_t from_epoch);

} // namespace proof
