#include "onnx/quantise_scale.hpp"

#include "base/invariant.hpp"
#include "onnx/fuse_linear.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace onnx::detail {
namespace {

constexpr double kWideMax = 32767, kByteMax = 255, kSignedMax = 127, kSignedMin = 128;

/// Tensors that views connect, as sets.
class Groups
{
public:
    explicit Groups(const FloatGraph& graph) : parent_(graph.tensors.size())
    {
        std::iota(parent_.begin(), parent_.end(), 0U);
        for (const auto& node : graph.nodes)
            if (!std::holds_alternative<FloatLinear>(node))
                for (const auto input : inputs_of(node))
                    parent_[find(input)] = find(output_of(node));
    }

    TensorId find(TensorId id)
    {
        while (parent_[id] != id)
            id = parent_[id] = parent_[parent_[id]];
        return id;
    }

private:
    std::vector<TensorId> parent_;
};

/// The smallest scale whose codes hold the interval in 8 bits, 0 being code 0.
CodeForm narrow_form(Interval range)
{
    range.add(0.0);
    CodeForm form;
    const bool is_unsigned = range.lo >= 0;
    const auto scale = is_unsigned ? range.hi / kByteMax : std::max(range.hi / kSignedMax, -range.lo / kSignedMin);
    form.scale = scale > 1e-30 && std::isfinite(scale) ? scale : 1;
    const auto lo = std::floor(range.lo / form.scale + 1e-6), hi = std::ceil(range.hi / form.scale - 1e-6);
    form.range = {int64_t(std::clamp(lo, -kSignedMin, 0.0)),
                  int64_t(std::clamp(hi, 0.0, is_unsigned ? kByteMax : kSignedMax))};
    return form;
}

double magnitude(const Interval& range) { return std::max({std::fabs(range.lo), std::fabs(range.hi), 1e-30}); }

/// As fine as 16 bits and, where the table is the identity, its aimed-at length allow; never coarser than 8 bits.
double wide_scale(const FloatGraph& graph, const FloatLinear& node, const std::vector<CodeForm>& forms,
                  const Interval& range, const QuantiseOptions& options)
{
    const auto finest = magnitude(range) / kWideMax;
    if (!node.activation.is_piecewise_linear())
        return finest;
    Interval reach;
    for (const auto& channel : reachable_sums(graph, node, forms))
        reach.add(channel);
    return std::clamp((reach.hi - reach.lo) / double(options.table_rows), finest, magnitude(range) / kSignedMax);
}

} // namespace

std::optional<uint32_t> row_axis(const FloatTerm& term)
{
    if (std::holds_alternative<model::Conv>(term))
        return 0;
    if (const auto* dense = std::get_if<model::Dense>(&term))
        return dense->tokens;
    return std::nullopt;
}

uint64_t inner_elements(const Shape& shape, uint32_t axis)
{
    uint64_t inner = 1;
    for (size_t d = axis + 1; d < shape.size(); ++d)
        inner *= shape[d];
    return inner;
}

double steepest(const Scalar& function, const Interval& interval)
{
    constexpr int kPoints = 1024;
    const auto step = (interval.hi - interval.lo) / kPoints;
    double slope = 0;
    for (int i = 0; step > 0 && i != kPoints; ++i)
    {
        const auto x = interval.lo + i * step;
        const auto rise = std::fabs(function(x + step) - function(x)) / step;
        if (std::isfinite(rise))
            slope = std::max(slope, rise);
    }
    return slope;
}

std::vector<Interval> reachable_sums(const FloatGraph& graph, const FloatLinear& node,
                                     const std::vector<CodeForm>& forms)
{
    const auto& shape = graph.tensors[node.output].shape;
    std::vector<Interval> channels(shape[node.channel_axis], Interval{0, 0});
    const auto real = [&](TensorId id) {
        const auto& form = forms[id];
        Interval range{double(form.range.lo) * form.scale, double(form.range.hi) * form.scale};
        range.add(0.0);
        return range;
    };
    const auto add = [](Interval& to, double positive, double negative, const Interval& x) {
        to.lo += positive * x.lo + negative * x.hi;
        to.hi += positive * x.hi + negative * x.lo;
    };
    for (const auto& term : node.terms)
    {
        const auto x = real(input_of(term));
        std::vector<Interval> rows;
        if (const auto* scale = std::get_if<FloatScale>(&term))
            add(rows.emplace_back(0, 0), std::max(0.0, scale->factor[0]), std::min(0.0, scale->factor[0]), x);
        else if (const auto* window = std::get_if<FloatWindow>(&term))
        {
            double most = 0;
            for (const auto r : window->row)
                for (const auto c : {std::ranges::min(window->col), std::ranges::max(window->col)})
                    most = std::max(most, std::fabs(r * c));
            most *= window->kernel[0] * window->kernel[1];
            add(rows.emplace_back(0, 0), most, std::ranges::min(window->row) < 0 ? -most : 0, x);
        }
        else
        {
            const auto id = std::visit(
                [](const auto& t) -> WeightId {
                    if constexpr (requires { t.weight; })
                        return t.weight;
                    else
                        return 0;
                },
                term);
            const auto& weight = graph.weights[id];
            const auto taps = weight.values.size() / weight.shape[0];
            for (size_t r = 0; r != weight.shape[0]; ++r)
            {
                double positive = 0, negative = 0;
                for (size_t k = 0; k != taps; ++k)
                    (weight.values[r * taps + k] > 0 ? positive : negative) += double(weight.values[r * taps + k]);
                add(rows.emplace_back(0, 0), positive, negative, x);
            }
        }
        Interval all;
        for (const auto& row : rows)
            all.add(row);
        const bool by_channel = rows.size() == channels.size() && row_axis(term) == node.channel_axis;
        for (size_t c = 0; c != channels.size(); ++c)
        {
            channels[c].lo += by_channel ? rows[c].lo : all.lo;
            channels[c].hi += by_channel ? rows[c].hi : all.hi;
        }
    }
    for (size_t c = 0; c != channels.size(); ++c)
    {
        const auto b = node.bias.empty() ? 0 : node.bias[c % node.bias.size()];
        channels[c].lo += b;
        channels[c].hi += b;
        channels[c].add(0.0);
    }
    return channels;
}

std::vector<CodeForm> choose_forms(const FloatGraph& graph, const Calibration& calibration,
                                   const QuantiseOptions& options)
{
    Groups groups{graph};
    std::vector<Interval> ranges(graph.tensors.size());
    std::vector<bool> is_narrow(graph.tensors.size());
    for (TensorId t = 0; t != graph.tensors.size(); ++t)
        ranges[groups.find(t)].add(calibration.tensors[t]);
    is_narrow[groups.find(graph.input)] = true;
    for (const auto& node : graph.nodes)
    {
        if (const auto* pad = std::get_if<FloatPad>(&node))
            ranges[groups.find(pad->output)].add(pad->value);
        if (std::holds_alternative<FloatLinear>(node) || std::holds_alternative<model::MaxPool>(node))
            for (const auto input : inputs_of(node))
                is_narrow[groups.find(input)] = true;
    }

    std::vector<CodeForm> forms(graph.tensors.size());
    for (TensorId t = 0; t != graph.tensors.size(); ++t)
        if (const auto root = groups.find(t); is_narrow[root])
            forms[t] = narrow_form(ranges[root]);
    if (graph.reads_codes)
        forms[graph.input] = {1, {-128, 127}, false};

    // Wide groups: the coarsest of what their makers need.
    std::vector<double> scales(graph.tensors.size());
    for (const auto& node : graph.nodes)
        if (const auto* linear = std::get_if<FloatLinear>(&node))
            if (const auto root = groups.find(linear->output); !is_narrow[root])
                scales[root] = std::max(scales[root], wide_scale(graph, *linear, forms, ranges[root], options));
    for (TensorId t = 0; t != graph.tensors.size(); ++t)
        if (const auto root = groups.find(t); !is_narrow[root])
            forms[t] = {scales[root] > 0 ? scales[root] : 1, {-32768, 32767}, true};
    return forms;
}

} // namespace onnx::detail
