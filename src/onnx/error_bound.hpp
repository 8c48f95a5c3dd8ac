#pragma once

#include "onnx/float_evaluate.hpp"
#include "onnx/quantise.hpp"

#include <span>
#include <vector>

namespace onnx {

/// How far the integer graph may be from the float graph on one sample, element by element: half a step for each
/// rounding plus the rounding of each weight, propagated through the nodes.
///
/// A sum of integers differs from the float sum by Σ (W' − W)·x' + Σ W·(x' − x), with W' and x' what the integers stand
/// for; both parts are bounded by magnitudes. An activation turns a bound on its argument into the largest change of
/// its value within it. Holds while no value saturates: for a sample that the calibration saw, at 100 percent.
class ErrorBound
{
public:
    /// Caller  `quantised` was made from `graph`
    ErrorBound(const FloatGraph& graph, const Quantised& quantised);

    /// Shapes  input: the sample as the float graph reads it; codes: the integer graph's tensors on the same sample
    /// Gives   bounds by TensorId, in real units
    FloatValues operator()(std::span<const float> input, const std::vector<std::vector<int32_t>>& codes) const;

private:
    std::vector<float> sum_bound(size_t node, const FloatValues& bounds, const FloatValues& magnitudes) const;

    FloatGraph graph_;
    FloatGraph magnitude_;       ///< |W|
    FloatGraph rounding_;        ///< |W' − W|
    std::vector<double> scales_; ///< by tensor
    std::vector<double> steps_;  ///< by node: what one unit of the quotient stands for
};

} // namespace onnx
