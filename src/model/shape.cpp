#include "model/shape.hpp"

namespace model {

std::optional<Chw> as_chw(std::span<const uint32_t> shape)
{
    switch (shape.size())
    {
    case 1:
        return Chw{shape[0], 1, 1};
    case 2:
        return Chw{shape[0], 1, shape[1]};
    case 3:
        return Chw{shape[0], shape[1], shape[2]};
    default:
        return std::nullopt;
    }
}

uint64_t elements(std::span<const uint32_t> shape)
{
    uint64_t product = 1;
    for (const auto size : shape)
        product *= size;
    return product;
}

std::vector<uint64_t> strides(std::span<const uint32_t> shape)
{
    std::vector<uint64_t> result(shape.size(), 1);
    for (size_t d = shape.size(); d-- > 1;)
        result[d - 1] = result[d] * shape[d];
    return result;
}

TensorId output_of(const Node& node)
{
    return std::visit([](const auto& kind) { return kind.output; }, node);
}

TensorId input_of(const Term& term)
{
    return std::visit([](const auto& kind) { return kind.input; }, term);
}

std::vector<TensorId> inputs_of(const Node& node)
{
    if (const auto* linear = std::get_if<Linear>(&node))
    {
        std::vector<TensorId> result;
        result.reserve(linear->terms.size());
        for (const auto& term : linear->terms)
            result.push_back(input_of(term));
        return result;
    }
    if (const auto* concat = std::get_if<Concat>(&node))
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

} // namespace model
