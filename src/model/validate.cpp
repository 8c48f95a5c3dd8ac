#include "model/validate.hpp"

#include "model/shape.hpp"
#include "model/text.hpp"
#include "model/validate_node.hpp"

#include <algorithm>
#include <cmath>

namespace model {
namespace detail {
namespace {

std::string name_of(Part part)
{
    switch (part)
    {
    case Part::graph:
        return "graph";
    case Part::tensor:
        return "tensor";
    case Part::weight:
        return "weight";
    case Part::bias:
        return "bias";
    case Part::node:
        return "node";
    case Part::label:
        return "label";
    }
    return "part";
}

} // namespace

std::unexpected<Invalid> refuse(Fault fault, Part part, uint32_t index, std::string words)
{
    auto place = name_of(part);
    if (part != Part::graph)
        place += " " + std::to_string(index);
    return std::unexpected(Invalid{fault, part, index, place + ": " + std::move(words)});
}

namespace {

/// Rank 1 to kRankMax, no empty dimension, at most `elements_max` elements; adds them to `total`.
Check check_shape(std::span<const uint32_t> shape, uint64_t elements_max, Part part, uint32_t index, uint64_t& total)
{
    if (shape.empty() || shape.size() > kRankMax)
        return refuse(Fault::shape, part, index, "rank must be 1 to 4, is " + std::to_string(shape.size()));

    uint64_t product = 1;
    for (const auto size : shape)
    {
        if (size == 0)
            return refuse(Fault::shape, part, index, "a dimension is 0");
        product *= size; // both factors below 2³²
        if (product > elements_max)
            return refuse(Fault::shape, part, index, "more than " + std::to_string(elements_max) + " elements");
    }
    total += product;
    return {};
}

Check check_counts(const Graph& graph)
{
    const auto bounded = [](size_t size, size_t min, size_t max) { return min <= size && size <= max; };
    if (!bounded(graph.tensors.size(), 2, kTensorsMax))
        return refuse(Fault::count, Part::graph, 0, "needs 2 to " + std::to_string(kTensorsMax) + " tensors");
    if (!bounded(graph.nodes.size(), 1, kNodesMax))
        return refuse(Fault::count, Part::graph, 0, "needs 1 to " + std::to_string(kNodesMax) + " nodes");
    if (!bounded(graph.weights.size(), 0, kParametersMax) || !bounded(graph.biases.size(), 0, kParametersMax))
        return refuse(Fault::count, Part::graph, 0,
                      "at most " + std::to_string(kParametersMax) + " weights and as many biases");
    if (graph.input >= graph.tensors.size() || graph.output >= graph.tensors.size())
        return refuse(Fault::id, Part::graph, 0, "input or output names no tensor");
    return {};
}

Check check_tensors(const Graph& graph)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i != graph.tensors.size(); ++i)
    {
        const auto& tensor = graph.tensors[i];
        if (!is_text(tensor.name))
            return refuse(Fault::text, Part::tensor, i, "name must be UTF-8 without control characters, 1024 bytes");
        if (const auto ok = check_shape(tensor.shape, kElementsMax, Part::tensor, i, total); !ok)
            return ok;
        if (tensor.range.lo > tensor.range.hi || tensor.range.lo < INT16_MIN || tensor.range.hi > INT16_MAX)
            return refuse(Fault::range, Part::tensor, i, "range must lie within 16 bits");
        if (!std::isfinite(tensor.scale) || tensor.scale <= 0)
            return refuse(Fault::number, Part::tensor, i, "scale must be finite and positive");
    }
    if (total > kElementsTotalMax)
        return refuse(Fault::shape, Part::graph, 0, "tensors have more than 2^28 elements together");
    if (!is_narrow(graph.tensors[graph.input].range))
        return refuse(Fault::range, Part::tensor, graph.input, "the input's range must fit 8 bits");
    return {};
}

/// Zero must be in range: commitments are filled up with zeros, and one proof covers values and filling.
Check check_parameters(const Graph& graph)
{
    uint64_t total = 0;
    const auto check = [&](const std::vector<WeightSpec>& specs, Part part, int64_t lo, int64_t hi) -> Check {
        for (uint32_t i = 0; i != specs.size(); ++i)
        {
            const auto& range = specs[i].range;
            if (const auto ok = check_shape(specs[i].shape, kWeightsTotalMax, part, i, total); !ok)
                return ok;
            if (range.lo < lo || range.hi > hi || range.lo > 0 || range.hi < 0)
                return refuse(Fault::range, part, i,
                              "range must contain 0 and lie within " + std::to_string(lo) + " to " +
                                  std::to_string(hi));
        }
        return {};
    };
    if (const auto ok = check(graph.weights, Part::weight, kWeightMin, kWeightMax); !ok)
        return ok;
    if (const auto ok = check(graph.biases, Part::bias, -kBiasMax - 1, kBiasMax); !ok)
        return ok;
    if (total > kWeightsTotalMax)
        return refuse(Fault::shape, Part::graph, 0, "weights and biases have more than 2^28 elements together");
    return {};
}

/// The numbers that a linear node holds exist; marks the parameters that it uses.
Check check_ids(const Graph& graph, uint32_t index, const Linear& node, std::vector<bool>& weight_used,
                std::vector<bool>& bias_used)
{
    for (const auto& term : node.terms)
    {
        const auto weight = std::visit(
            [](const auto& kind) -> std::optional<WeightId> {
                if constexpr (requires { kind.weight; })
                    return kind.weight;
                else
                    return std::nullopt;
            },
            term);
        if (!weight)
            continue;
        if (*weight >= graph.weights.size())
            return refuse(Fault::id, Part::node, index, "no weight " + std::to_string(*weight));
        weight_used[*weight] = true;
    }
    if (node.bias && *node.bias >= graph.biases.size())
        return refuse(Fault::id, Part::node, index, "no bias " + std::to_string(*node.bias));
    if (node.bias)
        bias_used[*node.bias] = true;
    return {};
}

Check check_nodes(const Graph& graph)
{
    std::vector<bool> defined(graph.tensors.size()), weight_used(graph.weights.size()), bias_used(graph.biases.size());
    defined[graph.input] = true;
    for (uint32_t i = 0; i != graph.nodes.size(); ++i)
    {
        const auto& node = graph.nodes[i];
        for (const auto id : inputs_of(node))
        {
            if (id >= graph.tensors.size())
                return refuse(Fault::id, Part::node, i, "no tensor " + std::to_string(id));
            if (!defined[id])
                return refuse(Fault::order, Part::node, i, "reads tensor " + std::to_string(id) + " before it is set");
        }
        const auto output = output_of(node);
        if (output >= graph.tensors.size())
            return refuse(Fault::id, Part::node, i, "no tensor " + std::to_string(output));
        if (defined[output])
            return refuse(Fault::order, Part::node, i, "sets tensor " + std::to_string(output) + " a second time");
        defined[output] = true;

        if (const auto* linear = std::get_if<Linear>(&node))
            if (const auto ok = check_ids(graph, i, *linear, weight_used, bias_used); !ok)
                return ok;
        if (const auto ok = check_node(graph, i); !ok)
            return ok;
    }

    const auto unused = [](const std::vector<bool>& used) {
        return uint32_t(std::ranges::find(used, false) - used.begin());
    };
    if (const auto i = unused(defined); i != defined.size())
        return refuse(Fault::id, Part::tensor, i, "no node sets it");
    if (const auto i = unused(weight_used); i != weight_used.size())
        return refuse(Fault::id, Part::weight, i, "no node uses it");
    if (const auto i = unused(bias_used); i != bias_used.size())
        return refuse(Fault::id, Part::bias, i, "no node uses it");
    return {};
}

Check check_encoding(const Graph& graph)
{
    const auto& [scale, offset] = graph.encoding;
    const auto features = graph.tensors[graph.input].shape[0];
    if (scale.size() != offset.size() || (scale.size() != 1 && scale.size() != features))
        return refuse(Fault::count, Part::graph, 0,
                      "the input encoding needs 1 or " + std::to_string(features) + " scales and as many offsets");
    for (size_t i = 0; i != scale.size(); ++i)
        if (!std::isfinite(scale[i]) || scale[i] <= 0 || !std::isfinite(offset[i]))
            return refuse(Fault::number, Part::graph, 0,
                          "input scale " + std::to_string(i) + " must be finite and positive, its offset finite");
    return {};
}

/// Labels index the last dimension of the output, or the two sides of a sign.
Check check_reading(const Graph& graph)
{
    if (graph.labels.size() > kLabelsMax)
        return refuse(Fault::count, Part::graph, 0, "at most " + std::to_string(kLabelsMax) + " labels");
    for (uint32_t i = 0; i != graph.labels.size(); ++i)
        if (!is_text(graph.labels[i]))
            return refuse(Fault::text, Part::label, i, "must be UTF-8 without control characters, 1024 bytes");

    const auto classes = graph.tensors[graph.output].shape.back();
    const bool sign = graph.reading == Reading::sigmoid_label;
    if (sign && classes != 1)
        return refuse(Fault::shape, Part::graph, 0, "a sign is read from an output whose last dimension is 1");
    const auto expected = sign ? 2 : classes;
    if (!graph.labels.empty() && graph.labels.size() != expected)
        return refuse(Fault::count, Part::graph, 0, "needs no labels or " + std::to_string(expected));
    return {};
}

template <typename T>
Check check_values(const std::vector<WeightSpec>& specs, const std::vector<std::vector<T>>& values, Part part)
{
    if (values.size() != specs.size())
        return refuse(Fault::count, Part::graph, 0,
                      "needs " + std::to_string(specs.size()) + " " + name_of(part) + " tensors");
    for (uint32_t i = 0; i != specs.size(); ++i)
    {
        if (values[i].size() != elements(specs[i].shape))
            return refuse(Fault::value, part, i, "needs " + std::to_string(elements(specs[i].shape)) + " values");
        const auto [lo, hi] = std::ranges::minmax(values[i]);
        if (lo < specs[i].range.lo || hi > specs[i].range.hi)
            return refuse(Fault::value, part, i, "a value lies outside the declared range");
    }
    return {};
}

} // namespace
} // namespace detail

bool is_narrow(const Range& range)
{
    return (range.lo >= -128 && range.hi <= 127) || (range.lo >= 0 && range.hi <= 255);
}

std::expected<void, Invalid> validate(const Graph& graph)
{
    for (const auto check : {detail::check_counts, detail::check_tensors, detail::check_parameters, detail::check_nodes,
                             detail::check_encoding, detail::check_reading})
        if (const auto ok = check(graph); !ok)
            return ok;
    return {};
}

std::expected<void, Invalid> validate(const Graph& graph, const Weights& weights)
{
    if (const auto ok = validate(graph); !ok)
        return ok;
    if (const auto ok = detail::check_values(graph.weights, weights.weights, Part::weight); !ok)
        return ok;
    return detail::check_values(graph.biases, weights.biases, Part::bias);
}

} // namespace model
