#include "onnx/float_graph.hpp"

#include <limits>

namespace onnx {

uint64_t elements(const Shape& shape)
{
    uint64_t product = 1;
    for (const auto dim : shape)
        product *= dim;
    return product;
}

namespace {

uint64_t saturating(unsigned __int128 value)
{
    constexpr auto kMax = std::numeric_limits<uint64_t>::max();
    return value > kMax ? kMax : uint64_t(value);
}

/// Input elements that meet in one output element.
uint64_t taps(const FloatGraph& graph, const FloatTerm& term)
{
    if (const auto* conv = std::get_if<model::Conv>(&term))
    {
        const auto& kernel = graph.weights[conv->weight].shape;
        return uint64_t(kernel[1]) * kernel[2] * kernel[3];
    }
    if (const auto* dense = std::get_if<model::Dense>(&term))
        return graph.weights[dense->weight].shape[1];
    if (const auto* window = std::get_if<FloatWindow>(&term))
        return uint64_t(window->kernel[0]) * window->kernel[1];
    return 1;
}

/// Work of one node for each element of its output.
uint64_t work(const FloatGraph& graph, const FloatNode& node)
{
    if (const auto* pool = std::get_if<model::MaxPool>(&node))
        return uint64_t(pool->kernel[0]) * pool->kernel[1];
    const auto* linear = std::get_if<FloatLinear>(&node);
    if (!linear)
        return 1;
    unsigned __int128 total = linear->activation.size();
    for (const auto& term : linear->terms)
        total += taps(graph, term);
    return saturating(total);
}

} // namespace

uint64_t operations(const FloatGraph& graph)
{
    unsigned __int128 total = 0;
    for (const auto& node : graph.nodes)
        total = saturating(total + static_cast<unsigned __int128>(work(graph, node)) *
                                       elements(graph.tensors[output_of(node)].shape));
    return uint64_t(total);
}

TensorId output_of(const FloatNode& node)
{
    return std::visit([](const auto& kind) { return kind.output; }, node);
}

void set_output(FloatNode& node, TensorId output)
{
    std::visit([&](auto& kind) { kind.output = output; }, node);
}

TensorId input_of(const FloatTerm& term)
{
    return std::visit([](const auto& kind) { return kind.input; }, term);
}

void set_input(FloatTerm& term, TensorId input)
{
    std::visit([&](auto& kind) { kind.input = input; }, term);
}

std::vector<TensorId> inputs_of(const FloatNode& node)
{
    if (const auto* linear = std::get_if<FloatLinear>(&node))
    {
        std::vector<TensorId> inputs;
        for (const auto& term : linear->terms)
            inputs.push_back(input_of(term));
        return inputs;
    }
    if (const auto* concat = std::get_if<model::Concat>(&node))
        return concat->inputs;
    return std::visit(
        [](const auto& kind) -> std::vector<TensorId> {
            if constexpr (requires { kind.input; })
                return {kind.input};
            else
                return {};
        },
        node);
}

} // namespace onnx
