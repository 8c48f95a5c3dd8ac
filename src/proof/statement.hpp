#pragma once

#include "base/bytes.hpp"
#include "circuit/compile.hpp"
#include "commit/parameters.hpp"
#include "model/graph.hpp"
#include "transcript/transcript.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

/// What is proven, and the bytes that say so (docs/specs/proof.md §8).
namespace proof {

using base::Bytes;
using base::ByteView;
using base::Digest;
using circuit::F;
using circuit::Flag;
using circuit::K;

inline constexpr uint16_t kVersion = 1;

/// Why a proof, an identity or a data identity was refused, in the order of docs/specs/proof.md §9.
enum class Refusal : uint8_t
{
    syntax,
    statement,
    challenge,
    nonce,
    path,
    base_claim,
    base_codeword,
};
std::string_view name_of(Refusal refusal);

struct Error
{
    Refusal why;
    std::string words; ///< one line for people
};

enum class Kind : uint8_t
{
    inference = 1,
    registration = 2,
    rotation = 3,
};

/// The data set that a proof is about.
struct DataRow
{
    Digest data_id{};
    uint32_t row = 0;
    friend bool operator==(const DataRow&, const DataRow&) = default;
};

struct Statement
{
    commit::Profile profile = commit::kP100;
    Digest context{};
    Kind kind = Kind::inference;
    Digest model_id{};
    uint32_t epoch = 0;
    Digest weights{};            ///< root of that epoch
    std::optional<Digest> fresh; ///< rotation: the next root
    uint32_t batch = 1;
    std::array<Flag, 2> flags{};          ///< input, output
    std::array<std::vector<K>, 2> values; ///< unless private: batch-major, unpadded
    std::optional<DataRow> data;
    friend bool operator==(const Statement&, const Statement&) = default;
};

/// §8.1. The roots of A and P follow, absorbed by the caller.
void observe(const Statement& statement, transcript::Transcript& transcript);

/// §8.2 up to the body.
void write_header(const Statement& statement, base::Writer& out);

/// Reads a header; `graph` tells how many values a tensor has. Leaves `in` at the body.
///
/// Errors  syntax; statement (magic, version, profile, kind, flags, batch)
/// Bounds  values: batch ≤ circuit::kBatchMax, and the bytes must be there before anything is allocated
std::expected<Statement, Error> read_header(base::Reader& in, const model::Graph& graph);

/// The shapes of the sources of a circuit, by store, in the order of stores_of().
///
/// Errors  statement: a size that the profile does not hold
std::expected<std::vector<commit::SourceShape>, Error> source_shapes(const commit::Profile& profile,
                                                                     const circuit::Circuit& circuit);

} // namespace proof
