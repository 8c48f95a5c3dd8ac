#pragma once

#include "onnx/quantise_scale.hpp"

#include <set>

/// Integers of one linear node. Not for other users.
namespace onnx::detail {

/// A linear node in integers, its weights and biases not yet numbered.
struct IntegerLinear
{
    model::Linear node;                        ///< table empty
    std::vector<std::vector<int16_t>> weights; ///< by term that has one, in order
    std::vector<model::WeightSpec> weight_specs;
    std::vector<int32_t> bias;
    model::Range bias_range;
};

/// Rounds a node to integers with quotient step `step`. Shifts in `used` are preferred: each costs a table of its own.
///
/// Nothing if the weights do not fit 10 bits, or the sums do not fit the field, even with the smallest shift
std::optional<IntegerLinear> round_linear(const FloatGraph& graph, const FloatLinear& node,
                                          const std::vector<CodeForm>& forms, double step,
                                          const QuantiseOptions& options);

/// The quotient step for a node: as coarse as its output's scale allows, coarser if the table would become too long.
double choose_step(const FloatGraph& graph, const FloatLinear& node, const std::vector<CodeForm>& forms,
                   const Interval& sums, const QuantiseOptions& options);

/// Smallest interval [−2^b, 2^b − 1] that holds all values.
model::Range declared_range(int64_t lo, int64_t hi);

} // namespace onnx::detail
