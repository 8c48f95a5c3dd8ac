#include "onnx/fuse_linear.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace onnx::detail {
namespace {

template <typename Operation>
std::vector<double> zipped(const std::vector<double>& a, const std::vector<double>& b, Operation operation)
{
    std::vector<double> result(std::max(a.size(), b.size()));
    for (size_t i = 0; i != result.size(); ++i)
        result[i] = operation(a[i % a.size()], b[i % b.size()]);
    return result;
}

void multiply_rows(FloatWeight& weight, const std::vector<double>& factors)
{
    const auto taps = weight.values.size() / weight.shape[0];
    for (size_t i = 0; i != weight.values.size(); ++i)
        weight.values[i] = float(double(weight.values[i]) * factors[i / taps % factors.size()]);
}

bool can_multiply(const FloatTerm& term, uint32_t axis, uint32_t channel_axis)
{
    if (std::holds_alternative<model::Conv>(term))
        return axis == 0;
    if (const auto* dense = std::get_if<model::Dense>(&term))
        return axis == dense->tokens;
    return std::holds_alternative<FloatScale>(term) && axis == channel_axis;
}

} // namespace

bool is_uniform(const std::vector<double>& values)
{
    return std::ranges::all_of(values, [&](double v) { return v == values.front(); });
}

double uniform_value(const std::vector<double>& values) { return values.empty() ? 0 : values.front(); }

bool depends_on_channel(const FloatLinear& node)
{
    const auto varies = [](const FloatTerm& term) {
        const auto* scale = std::get_if<FloatScale>(&term);
        return scale && !is_uniform(scale->factor);
    };
    return !is_uniform(node.bias) || std::ranges::any_of(node.terms, varies);
}

std::vector<double> added(const std::vector<double>& a, const std::vector<double>& b)
{
    if (a.empty() || b.empty())
        return a.empty() ? b : a;
    return zipped(a, b, [](double x, double y) { return x + y; });
}

std::vector<double> multiplied(const std::vector<double>& a, const std::vector<double>& b)
{
    if (a.empty() || b.empty())
        return {};
    return zipped(a, b, [](double x, double y) { return x * y; });
}

bool multiply(FloatGraph& graph, FloatLinear& node, const std::vector<double>& factors, uint32_t axis)
{
    base::invariant(!factors.empty());
    const bool same = is_uniform(factors);
    if (!same && !is_uniform(node.bias) && axis != node.channel_axis)
        return false;
    if (!same)
        for (const auto& term : node.terms)
            if (!can_multiply(term, axis, node.channel_axis))
                return false;
    const std::vector<double> one{factors.front()};
    const auto& f = same ? one : factors;
    for (auto& term : node.terms)
    {
        if (auto* scale = std::get_if<FloatScale>(&term))
            scale->factor = multiplied(scale->factor, f);
        else if (auto* window = std::get_if<FloatWindow>(&term))
            window->row = multiplied(window->row, f);
        else if (auto* conv = std::get_if<model::Conv>(&term))
            multiply_rows(graph.weights[conv->weight], f);
        else
            multiply_rows(graph.weights[std::get<model::Dense>(term).weight], f);
    }
    node.bias = multiplied(node.bias, f);
    if (!same)
        node.channel_axis = axis;
    return true;
}

void push_affine(FloatGraph& graph, FloatLinear& node)
{
    const auto factor = node.activation.factor(), offset = node.activation.offset();
    if (factor == 1 && offset == 0)
        return;
    const bool multiplied = multiply(graph, node, {factor}, node.channel_axis);
    base::invariant(multiplied);
    if (offset != 0)
        node.bias = added(node.bias, {offset});
    node.activation = node.activation.without_affine();
}

const FloatScale* single_scale(const FloatLinear& node)
{
    return node.terms.size() == 1 ? std::get_if<FloatScale>(&node.terms[0]) : nullptr;
}

} // namespace onnx::detail
