#include "onnx/float_graph.hpp"

namespace onnx {

uint64_t elements(const Shape& shape)
{
    uint64_t product = 1;
    for (const auto dim : shape)
        product *= dim;
    return product;
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
