#pragma once

#include "onnx/quantise.hpp"

/// Scales and ranges of tensors. Not for other users.
namespace onnx::detail {

struct CodeForm
{
    double scale = 1;
    model::Range range;
    bool is_wide = false; ///< read by nobody but the reader of the output: up to 16 bits
};

/// By TensorId.
std::vector<CodeForm> choose_forms(const FloatGraph& graph, const Calibration& calibration,
                                   const QuantiseOptions& options);

/// By channel, the real sums that codes within the inputs' ranges can reach, bias included, joined with 0.
std::vector<Interval> reachable_sums(const FloatGraph& graph, const FloatLinear& node,
                                     const std::vector<CodeForm>& forms);

/// Index of the output dimension that the rows of a term's weight run along; nothing without weight.
std::optional<uint32_t> row_axis(const FloatTerm& term);

/// Elements of a shape that follow one position of the axis.
uint64_t inner_elements(const Shape& shape, uint32_t axis);

/// The largest slope of a function over an interval.
double steepest(const Scalar& function, const Interval& interval);

} // namespace onnx::detail
