#include "onnx/lower.hpp"

#include "onnx/fuse_linear.hpp"

#include <algorithm>

namespace onnx {
namespace {

using namespace detail;

/// A depthwise 1×1 convolution of a tensor whose first dimension has one factor each.
model::Conv depthwise(FloatGraph& graph, const std::string& name, TensorId input, const std::vector<double>& factor)
{
    const auto channels = graph.tensors[input].shape[0];
    FloatWeight weight{.name = name, .shape = {channels, 1, 1, 1}, .values = {}};
    for (uint32_t c = 0; c != channels; ++c)
        weight.values.push_back(float(factor[c % factor.size()]));
    graph.weights.push_back(std::move(weight));
    model::Conv conv;
    conv.input = input;
    conv.weight = WeightId(graph.weights.size() - 1);
    conv.groups = channels;
    return conv;
}

TensorId new_tensor(FloatGraph& graph, const std::string& name, Shape shape)
{
    graph.tensors.push_back({name, std::move(shape)});
    return TensorId(graph.tensors.size() - 1);
}

/// input · factor along any axis, as reshape, depthwise convolution, reshape; returns the tensor of the result.
TensorId split_off(FloatGraph& graph, std::vector<FloatNode>& nodes, const FloatLinear& node, const FloatScale& scale)
{
    const auto shape = graph.tensors[scale.input].shape;
    const auto channels = shape[node.channel_axis];
    const auto total = uint32_t(elements(shape));
    Shape flat_shape{total};
    std::vector<double> factor;
    if (node.channel_axis == 0)
    {
        flat_shape = {channels, total / channels};
        factor = scale.factor;
    }
    else
    {
        uint32_t inner = 1;
        for (size_t d = node.channel_axis + 1; d < shape.size(); ++d)
            inner *= shape[d];
        for (uint32_t i = 0; i != total; ++i)
            factor.push_back(scale.factor[i / inner % channels]);
    }
    const auto flat = new_tensor(graph, node.name, flat_shape);
    nodes.push_back(model::Reshape{.input = scale.input, .output = flat});
    const auto scaled = new_tensor(graph, node.name, flat_shape);
    FloatLinear product;
    product.name = node.name;
    product.terms.push_back(depthwise(graph, node.name, flat, factor));
    product.output = scaled;
    nodes.push_back(std::move(product));
    const auto result = new_tensor(graph, node.name, shape);
    nodes.push_back(model::Reshape{.input = scaled, .output = result});
    return result;
}

} // namespace

FloatGraph lower(FloatGraph graph)
{
    std::vector<FloatNode> nodes;
    for (auto& node : graph.nodes)
    {
        if (auto* linear = std::get_if<FloatLinear>(&node))
            for (auto& term : linear->terms)
            {
                const auto* scale = std::get_if<FloatScale>(&term);
                if (!scale || is_uniform(scale->factor))
                    continue;
                if (linear->channel_axis == 0 && graph.tensors[scale->input].shape.size() <= 3)
                    term = depthwise(graph, linear->name, scale->input, scale->factor);
                else
                    term = FloatScale{split_off(graph, nodes, *linear, *scale), {1}};
            }
        nodes.push_back(std::move(node));
    }
    graph.nodes = std::move(nodes);
    return graph;
}

} // namespace onnx
