#include "onnx/error_bound.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <cmath>

namespace onnx {
namespace {

/// |W' − W| for a weight whose row r stands for integers times units[r].
void take_rounding(FloatWeight& weight, const std::vector<int16_t>& integers, const std::vector<double>& units)
{
    const auto taps = weight.values.size() / weight.shape[0];
    for (size_t i = 0; i != weight.values.size(); ++i)
        weight.values[i] = float(std::fabs(integers[i] * units[i / taps % units.size()] - double(weight.values[i])));
}

/// The largest relative error of the products times the products.
void take_rounding(FloatWindow& window, const model::Window& integers, double unit)
{
    double relative = 0;
    for (size_t r = 0; r != window.row.size(); ++r)
        for (size_t c = 0; c != window.col.size(); ++c)
            if (const auto exact = window.row[r] * window.col[c]; exact != 0)
                relative = std::max(relative, std::fabs(double(integers.row[r]) * integers.col[c] * unit / exact - 1));
    for (auto& r : window.row)
        r = std::fabs(r) * relative;
    for (auto& c : window.col)
        c = std::fabs(c);
}

void take_magnitudes(std::vector<double>& values)
{
    for (auto& value : values)
        value = std::fabs(value);
}

/// All weights and multipliers replaced by their magnitudes; no biases.
FloatGraph magnitudes_of(FloatGraph graph)
{
    for (auto& weight : graph.weights)
        for (auto& w : weight.values)
            w = std::fabs(w);
    for (auto& node : graph.nodes)
        if (auto* linear = std::get_if<FloatLinear>(&node))
        {
            linear->bias.clear();
            for (auto& term : linear->terms)
                if (auto* scale = std::get_if<FloatScale>(&term))
                    take_magnitudes(scale->factor);
                else if (auto* window = std::get_if<FloatWindow>(&term))
                {
                    take_magnitudes(window->row);
                    take_magnitudes(window->col);
                }
        }
    return graph;
}

/// The roundings of one node's terms, in place of the terms.
void take_roundings(FloatGraph& graph, FloatLinear& node, const model::Linear& integers, const model::Model& model,
                    double step)
{
    node.bias.clear();
    for (size_t t = 0; t != node.terms.size(); ++t)
    {
        auto& term = node.terms[t];
        std::vector<double> units;
        for (const auto shift : integers.shifts)
            units.push_back(std::ldexp(step, -shift) / model.graph.tensors[input_of(term)].scale);
        const auto& other = integers.terms[t];
        if (auto* conv = std::get_if<model::Conv>(&term))
            take_rounding(graph.weights[conv->weight], model.weights.weights[std::get<model::Conv>(other).weight],
                          units);
        else if (auto* dense = std::get_if<model::Dense>(&term))
            take_rounding(graph.weights[dense->weight], model.weights.weights[std::get<model::Dense>(other).weight],
                          units);
        else if (auto* scale = std::get_if<FloatScale>(&term))
            scale->factor[0] = std::fabs(std::get<model::Scale>(other).multiplier * units[0] - scale->factor[0]);
        else
            take_rounding(std::get<FloatWindow>(term), std::get<model::Window>(other), units[0]);
    }
}

/// The largest change of f within ±error of x.
double change(const Scalar& function, double x, double error)
{
    constexpr int kPoints = 32;
    if (function.is_affine())
        return std::fabs(function.factor()) * error;
    const auto y = function(x);
    double result = 0;
    for (int i = -kPoints; i <= kPoints; ++i)
        if (const auto d = std::fabs(function(x + error * i / kPoints) - y); d > result)
            result = d;
    return result;
}

} // namespace

ErrorBound::ErrorBound(const FloatGraph& graph, const Quantised& quantised)
    : graph_(graph), magnitude_(magnitudes_of(graph)), rounding_(graph), steps_(graph.nodes.size())
{
    const auto& model = quantised.model;
    for (const auto& tensor : model.graph.tensors)
        scales_.push_back(tensor.scale);
    size_t layer = 0;
    for (size_t i = 0; i != graph.nodes.size(); ++i)
        if (auto* node = std::get_if<FloatLinear>(&rounding_.nodes[i]))
        {
            steps_[i] = quantised.layers[layer++].step;
            take_roundings(rounding_, *node, std::get<model::Linear>(model.graph.nodes[i]), model, steps_[i]);
        }
}

std::vector<float> ErrorBound::sum_bound(size_t node, const FloatValues& bounds, const FloatValues& magnitudes) const
{
    auto result = linear_sums(magnitude_, std::get<FloatLinear>(magnitude_.nodes[node]), bounds);
    const auto rounded = linear_sums(rounding_, std::get<FloatLinear>(rounding_.nodes[node]), magnitudes);
    // Half a unit for the quotient, and at most half of that for the bias.
    for (size_t i = 0; i != result.size(); ++i)
        result[i] += rounded[i] + float(0.75 * steps_[node]);
    return result;
}

FloatValues ErrorBound::operator()(std::span<const float> input, const std::vector<std::vector<int32_t>>& codes) const
{
    FloatValues sums(graph_.nodes.size());
    evaluate(graph_, input,
             [&](size_t node, std::span<const float> values) { sums[node].assign(values.begin(), values.end()); });
    FloatValues magnitudes(codes.size());
    for (size_t t = 0; t != codes.size(); ++t)
        for (const auto code : codes[t])
            magnitudes[t].push_back(float(std::fabs(code * scales_[t])));

    FloatValues bounds(graph_.tensors.size());
    bounds[graph_.input].assign(input.size(), float(scales_[graph_.input] / 2));
    for (size_t i = 0; i != graph_.nodes.size(); ++i)
    {
        const auto* linear = std::get_if<FloatLinear>(&graph_.nodes[i]);
        if (!linear)
        {
            auto node = graph_.nodes[i];
            if (auto* pad = std::get_if<FloatPad>(&node))
                pad->value = scales_[pad->output] / 2;
            run_view(graph_, node, bounds);
            continue;
        }
        auto out = sum_bound(i, bounds, magnitudes);
        for (size_t e = 0; e != out.size(); ++e)
            out[e] =
                float(change(linear->activation, double(sums[i][e]), double(out[e])) + scales_[linear->output] / 2);
        bounds[linear->output] = std::move(out);
    }
    return bounds;
}

} // namespace onnx
