#pragma once

#include "onnx/float_evaluate.hpp"

#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace onnx {

/// Inclusive interval of real numbers; empty when fresh.
struct Interval
{
    double lo = std::numeric_limits<double>::infinity(), hi = -std::numeric_limits<double>::infinity();

    void add(double value)
    {
        lo = value < lo ? value : lo;
        hi = value > hi ? value : hi;
    }
    void add(const Interval& other)
    {
        add(other.lo);
        add(other.hi);
    }
    bool is_empty() const { return lo > hi; }
};

/// Samples as the graph reads them: one row each.
struct Samples
{
    size_t width = 0;
    std::vector<float> values;

    size_t count() const { return width == 0 ? 0 : values.size() / width; }
    std::span<const float> row(size_t i) const { return std::span(values).subspan(i * width, width); }
};

struct Calibration
{
    std::vector<Interval> tensors;           ///< by TensorId, clipped to the percentile
    std::vector<Interval> sums;              ///< by node: what linear nodes give to their activation
    std::vector<std::vector<float>> outputs; ///< the float graph's output for each sample
    std::optional<TensorId> not_finite;      ///< first tensor with a NaN or an infinity; the ranges then mean nothing
};

/// Runs the float graph on all samples.
///
/// percentile  share of the values (in percent) that ranges must hold, 50 to 100; the rest saturates
/// Caller      at least one sample; rows as wide as the graph's input
/// Cost        two evaluations for each sample (one at 100 %), spread over the threads
Calibration calibrate(const FloatGraph& graph, const Samples& samples, double percentile);

} // namespace onnx
