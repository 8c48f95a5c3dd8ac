#include "words.hpp"

#include "model/evaluate.hpp"
#include "model/shape.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cmd {
namespace {

constexpr size_t kRowsShown = 8, kOutputsShown = 16;

std::string formatted(const char* format, double number)
{
    char text[64];
    std::snprintf(text, sizeof text, format, number);
    return text;
}

std::string label_of(const model::Graph& graph, size_t index)
{
    return index < graph.labels.size() ? graph.labels[index] : "[" + std::to_string(index) + "]";
}

/// exp(x − max) normalised over a row.
std::vector<double> softmax(std::span<const double> values)
{
    const double top = *std::ranges::max_element(values);
    std::vector<double> shares;
    double sum = 0;
    for (const auto value : values)
        sum += shares.emplace_back(std::exp(value - top));
    for (auto& share : shares)
        share /= sum;
    return shares;
}

const char* name_of(model::Reading reading)
{
    switch (reading)
    {
    case model::Reading::values:
        return "values";
    case model::Reading::argmax:
        return "argmax";
    case model::Reading::softmax:
        return "softmax";
    case model::Reading::sigmoid_label:
        return "sigmoid";
    }
    return "values";
}

/// The class of a single score: its sign.
void read_sign(const model::Graph& graph, std::span<const double> values, Outcome& result)
{
    const size_t found = values[0] > 0 ? 1 : 0;
    const double probability = 1 / (1 + std::exp(-values[0]));
    result.text += "    left to the reader: " + label_of(graph, found) + " (the score is " +
                   (found ? "positive" : "not positive") + "; its sigmoid is " + real(probability) + ")\n";
    result.json["class"] = found;
    result.json["label"] = label_of(graph, found);
    result.json["probability"] = probability;
}

void read_classes(const model::Graph& graph, std::span<const double> values, Outcome& result)
{
    const auto found = size_t(std::ranges::max_element(values) - values.begin());
    result.text += "    left to the reader: the largest is " + label_of(graph, found);
    result.json["class"] = found;
    result.json["label"] = label_of(graph, found);
    if (graph.reading == model::Reading::softmax)
    {
        const auto shares = softmax(values);
        result.text += ", by softmax " + formatted("%.2f %%", 100 * shares[found]);
        result.json["probabilities"] = shares;
    }
    result.text += "\n";
}

} // namespace

std::string count(uint64_t number)
{
    auto text = std::to_string(number);
    for (size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, ",");
    return text;
}

std::string bytes(uint64_t number)
{
    if (number < 10'000)
        return count(number) + " bytes";
    if (number < 10'000'000)
        return count((number + 500) / 1000) + " KB";
    return count((number + 500'000) / 1'000'000) + " MB";
}

std::string seconds(double number)
{
    if (number < 0.9995)
        return formatted(number < 0.00995 ? "%.1f ms" : "%.0f ms", 1000 * number);
    return number < 120 ? formatted("%.1f s", number) : formatted("%.0f min", number / 60);
}

std::string real(double number) { return formatted("%.5g", number); }

std::string shape(std::span<const uint32_t> dims)
{
    std::string text;
    for (const auto dim : dims)
        text += (text.empty() ? "" : " x ") + std::to_string(dim);
    return text;
}

const char* name_of(circuit::Flag flag)
{
    switch (flag)
    {
    case circuit::Flag::hidden:
        return "private";
    case circuit::Flag::open:
        return "public";
    case circuit::Flag::masked:
        return "masked";
    }
    return "private";
}

Outcome outcome(const model::Graph& graph, std::span<const int32_t> codes)
{
    const auto values = model::decode_output(graph, codes);
    Outcome result{{}, {{"codes", codes}, {"values", values}}};
    size_t width = 0;
    for (size_t i = 0; i != std::min(values.size(), kOutputsShown); ++i)
        width = std::max(width, label_of(graph, i).size());
    for (size_t i = 0; i != std::min(values.size(), kOutputsShown); ++i)
    {
        auto label = label_of(graph, i);
        label.resize(width, ' ');
        result.text += "    " + label + "  " + real(values[i]) + "\n";
    }
    if (values.size() > kOutputsShown)
        result.text += "    and " + count(values.size() - kOutputsShown) + " more (--json prints all)\n";
    // Readings over more than one dimension concern each row of the last one; they are left to the reader altogether.
    if (graph.reading == model::Reading::values || graph.tensors[graph.output].shape.back() != values.size())
        return result;
    if (graph.reading == model::Reading::sigmoid_label || values.size() == 1)
        read_sign(graph, values, result);
    else
        read_classes(graph, values, result);
    return result;
}

Outcome outcomes(const model::Graph& graph, std::span<const std::vector<int32_t>> rows)
{
    Outcome result{{}, Json::array()};
    for (size_t i = 0; i != rows.size(); ++i)
    {
        auto one = outcome(graph, rows[i]);
        result.json.push_back(std::move(one.json));
        if (i < kRowsShown)
            result.text += (rows.size() == 1 ? "  output\n" : "  output of row " + std::to_string(i) + "\n") + one.text;
    }
    if (rows.size() > kRowsShown)
        result.text += "  and " + count(rows.size() - kRowsShown) + " more rows (--json prints all)\n";
    return result;
}

Outcome describe(const model::Graph& graph)
{
    uint64_t parameters = 0;
    for (const auto* specs : {&graph.weights, &graph.biases})
        for (const auto& spec : *specs)
            parameters += model::elements(spec.shape);
    size_t layers = 0;
    uint8_t shift_min = 16, shift_max = 0;
    for (const auto& node : graph.nodes)
        if (const auto* linear = std::get_if<model::Linear>(&node))
        {
            ++layers;
            for (const auto shift : linear->shifts)
            {
                shift_min = std::min(shift_min, shift);
                shift_max = std::max(shift_max, shift);
            }
        }
    const auto& input = graph.tensors[graph.input];
    const auto& output = graph.tensors[graph.output];
    Outcome result;
    result.text = "  graph       " + shape(input.shape) + " in, " + shape(output.shape) + " out, " +
                  std::to_string(graph.nodes.size()) + " nodes, " + std::to_string(layers) +
                  " of them with arithmetic\n" + "  parameters  " + count(parameters) + ", private\n" +
                  "  public      graph, shapes, scales, shifts (" + std::to_string(shift_min) + " to " +
                  std::to_string(shift_max) +
                  ") and table bounds; the last two show how large each channel's weights "
                  "and sums are, within a factor of two\n";
    result.json = {{"input_shape", input.shape}, {"output_shape", output.shape},      {"nodes", graph.nodes.size()},
                   {"layers", layers},           {"parameters", parameters},          {"shift_min", shift_min},
                   {"shift_max", shift_max},     {"reading", name_of(graph.reading)}, {"labels", graph.labels}};
    return result;
}

} // namespace cmd
