#include "onnx/encode.hpp"

#include "onnx/array.hpp"
#include "onnx/fuse_linear.hpp"

#include <algorithm>
#include <cmath>

namespace onnx {
namespace {

using namespace detail;

constexpr double kCodeMin = -128, kCodes = 255;

/// v = (u − offset) / scale for feature c.
struct Features
{
    std::vector<double> scale, offset;
};

bool only_products_read(const FloatGraph& graph)
{
    if (graph.tensors[graph.input].shape.size() != 1 || graph.input == graph.output)
        return false;
    for (const auto& node : graph.nodes)
    {
        const auto* linear = std::get_if<FloatLinear>(&node);
        if (!linear && contains(inputs_of(node), graph.input))
            return false;
        for (size_t t = 0; linear && t != linear->terms.size(); ++t)
            if (input_of(linear->terms[t]) == graph.input && !std::holds_alternative<model::Dense>(linear->terms[t]) &&
                !std::holds_alternative<FloatScale>(linear->terms[t]))
                return false;
    }
    return true;
}

std::vector<Interval> ranges_of(const Samples& samples)
{
    std::vector<Interval> ranges(samples.width);
    for (size_t i = 0; i != samples.values.size(); ++i)
        ranges[i % samples.width].add(double(samples.values[i]));
    return ranges;
}

/// Pixels and the like: more than half of the features reach a quarter of the widest range.
bool are_alike(const std::vector<Interval>& ranges)
{
    Interval all;
    for (const auto& range : ranges)
        all.add(range);
    const auto wide =
        std::ranges::count_if(ranges, [&](const Interval& r) { return (r.hi - r.lo) * 4 >= all.hi - all.lo; });
    return size_t(wide) * 2 > ranges.size();
}

Features features_of(const std::vector<Interval>& ranges)
{
    Features features;
    for (const auto& range : ranges)
    {
        // A feature that never varied in the samples keeps room around its value.
        const auto width = range.hi > range.lo ? range.hi - range.lo : std::max(1.0, std::fabs(range.hi));
        const auto lo = range.hi > range.lo ? range.lo : range.lo - width / 2;
        features.scale.push_back(width / kCodes);
        features.offset.push_back(lo - kCodeMin * features.scale.back());
    }
    return features;
}

void fold(FloatGraph& graph, FloatLinear& node, FloatTerm& term, const Features& features)
{
    if (auto* scale = std::get_if<FloatScale>(&term))
    {
        const auto offset = multiplied(scale->factor, features.offset);
        scale->factor = multiplied(scale->factor, features.scale);
        node.bias = added(node.bias, offset);
        node.channel_axis = 0;
        return;
    }
    auto& weight = graph.weights[std::get<model::Dense>(term).weight];
    const size_t rows = weight.shape[0], taps = weight.shape[1];
    std::vector<double> bias(rows);
    for (size_t r = 0; r != rows; ++r)
        for (size_t k = 0; k != taps; ++k)
        {
            auto& w = weight.values[r * taps + k];
            bias[r] += double(w) * features.offset[k];
            w = float(double(w) * features.scale[k]);
        }
    node.bias = added(node.bias, bias);
}

} // namespace

std::vector<float> before(const FloatGraph& graph, std::span<const double> x)
{
    const auto& [scale, offset] = graph.before;
    const auto inner = elements(graph.tensors[graph.input].shape) / graph.tensors[graph.input].shape[0];
    std::vector<float> u;
    u.reserve(x.size());
    for (size_t i = 0; i != x.size(); ++i)
    {
        const auto c = i / inner % scale.size();
        u.push_back(float((x[i] - offset[c]) / scale[c]));
    }
    return u;
}

bool encode_by_feature(FloatGraph& graph, Samples& samples, Encoding encoding)
{
    if (encoding == Encoding::by_tensor || !only_products_read(graph))
        return false;
    const auto ranges = ranges_of(samples);
    if (encoding == Encoding::automatic && are_alike(ranges))
        return false;
    const auto features = features_of(ranges);
    for (auto& node : graph.nodes)
        if (auto* linear = std::get_if<FloatLinear>(&node))
            for (auto& term : linear->terms)
                if (input_of(term) == graph.input)
                    fold(graph, *linear, term, features);
    for (size_t i = 0; i != samples.values.size(); ++i)
    {
        const auto c = i % samples.width;
        samples.values[i] = float((double(samples.values[i]) - features.offset[c]) / features.scale[c]);
    }
    graph.reads_codes = true;
    // x = offset₀ + scale₀·u and u = offset + scale·v.
    auto& total = graph.before;
    total.offset = added(total.offset, multiplied(total.scale, features.offset));
    total.scale = multiplied(total.scale, features.scale);
    return true;
}

} // namespace onnx
