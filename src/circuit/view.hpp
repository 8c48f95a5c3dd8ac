#pragma once

#include "circuit/circuit.hpp"

#include <span>

/// Views and forms at a random point, as tensor weights on columns (docs/specs/proof.md §5).
namespace circuit {

/// A variable fixed at a point: eq(point, ·), times `extra` (2^bits entries) unless that is empty.
struct At
{
    std::vector<F> point;
    std::vector<F> extra;
};

/// Splits a point over variables, in order. Shapes: point has at least bits_of(variables) coordinates.
std::vector<At> split(std::span<const F> point, const std::vector<Variable>& variables);

/// The view at `at` (one entry a variable) as a weight on its oracle, `coefficient` times.
/// With `broadcast`, variables the view does not bind contribute Σ over their extent.
commit::Weight weight_of(const Circuit& circuit, const View& view, const std::vector<Variable>& variables,
                         std::span<const At> at, F coefficient, bool broadcast);

/// Σ constants at the point.
F evaluate_constants(const std::vector<Constant>& constants, const std::vector<Variable>& variables,
                     std::span<const At> at);

/// The table's key and value columns as multilinear extensions at a point.
struct KeyValue
{
    F key, value;
};
KeyValue evaluate_table(const Table& table, std::span<const F> point);

/// The multilinear extension of a tensor (row-major over the extents, padded with 0) at the point.
F evaluate_tensor(std::span<const K> values, const std::vector<Variable>& variables, std::span<const At> at);

} // namespace circuit
