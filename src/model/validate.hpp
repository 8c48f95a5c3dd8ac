#pragma once

#include "model/bounds.hpp"
#include "model/graph.hpp"

#include <cstdint>
#include <expected>
#include <string>

namespace model {

/// Why a graph or its weights were refused. Untrusted bytes can reach every case, so none may abort.
enum class Fault : uint8_t
{
    count,     ///< too many or too few of something
    id,        ///< a tensor, weight or bias number that does not exist, or one that nothing uses
    order,     ///< read before it is defined, or defined twice
    shape,     ///< rank, dimension or size out of bounds, or not what the node yields
    parameter, ///< stride, pad, dilation, groups, axis, permutation, multiplier, shift
    range,     ///< declared interval: empty, too wide, or narrower than what the node yields
    table,     ///< domain without 0, size, or a value outside the output's range
    number,    ///< a scale or offset that is not finite or not positive
    text,      ///< a name or label: too long, not UTF-8, or with control characters
    value,     ///< a weight or bias outside its declared range, or of the wrong count
};

/// What `Invalid::index` counts.
enum class Part : uint8_t
{
    graph,
    tensor,
    weight,
    bias,
    node,
    label,
};

struct Invalid
{
    Fault fault;
    Part part;
    uint32_t index;    ///< 0 for the graph as a whole
    std::string words; ///< one line: where, what is wrong, what holds instead
};

/// Structure of an untrusted graph: every number is in range, nodes are in topological order and define each tensor
/// once, shapes are what the nodes yield, declared intervals are wide enough, and everything is bounded (bounds.hpp).
///
/// Errors  the first fault: counts, tensors, weights, biases, nodes in order, then encoding and labels
/// Not     R1 to R3 (interval.hpp): a valid graph may still be unprovable
/// Cost    linear in the description (never in the number of tensor elements)
std::expected<void, Invalid> validate(const Graph& graph);

/// The graph as above, then that each parameter has its declared count and lies in its declared range.
///
/// Cost    linear in the number of weights
std::expected<void, Invalid> validate(const Graph& graph, const Weights& weights);

/// True for an interval that fits 8 bits, signed or unsigned: what Linear and MaxPool may read.
bool is_narrow(const Range& range);

} // namespace model
