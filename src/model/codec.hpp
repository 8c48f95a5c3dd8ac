#pragma once

#include "base/bytes.hpp"
#include "model/graph.hpp"
#include "model/validate.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

/// Canonical bytes of graphs and weights; layout in docs/specs/model.md section 3.
namespace model {

enum class DecodeFault : uint8_t
{
    magic,     ///< another kind of file
    version,   ///< a format version that this program does not know
    truncated, ///< ends early, or a count promises more than is there
    trailing,  ///< bytes after the end
    malformed, ///< an unknown tag, a flag that is neither 0 nor 1, or a count over its bound
    invalid,   ///< well-formed, but validate() refuses it
};

struct DecodeError
{
    DecodeFault fault;
    uint64_t offset;                ///< bytes read when the fault was seen
    std::optional<Invalid> invalid; ///< for `invalid`
    std::string words;
};

/// Caller  a graph that validates. Equal graphs give equal bytes and the other way round.
base::Bytes encode_graph(const Graph& graph);

/// Accepts exactly the bytes that encode_graph writes for a valid graph; allocates at most a small multiple of
/// the input's size.
std::expected<Graph, DecodeError> decode_graph(base::ByteView bytes);

/// Caller  weights that validate against their graph, which is needed to read them again
base::Bytes encode_weights(const Weights& weights);

/// Caller  a validated graph; its shapes say how many values follow, so the length is checked before any allocation.
std::expected<Weights, DecodeError> decode_weights(const Graph& graph, base::ByteView bytes);

} // namespace model
