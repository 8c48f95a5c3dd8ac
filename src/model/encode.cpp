#include "model/evaluate.hpp"
#include "model/shape.hpp"

#include <algorithm>
#include <cmath>

namespace model {
namespace {

/// Clamped before the conversion, so that no real number is too large for it.
int32_t encode(double value, double scale, double offset, const Range& range)
{
    const auto code = std::floor((value - offset) / scale + 0.5);
    return int32_t(std::clamp(code, double(range.lo), double(range.hi)));
}

template <typename T>
std::expected<std::vector<int32_t>, EvaluateError> encode_all(const Graph& graph, std::span<const T> values)
{
    const auto& tensor = graph.tensors[graph.input];
    const auto& [scale, offset] = graph.encoding;
    const auto size = elements(tensor.shape);
    if (values.size() != size)
        return std::unexpected(EvaluateError{EvaluateFault::input_count, 0, values.size(),
                                             "the input needs " + std::to_string(size) + " numbers, not " +
                                                 std::to_string(values.size())});

    const auto each = scale.size() == 1 ? size : size / tensor.shape[0]; // elements that share a scale
    std::vector<int32_t> codes(size);
    for (size_t i = 0; i != size; ++i)
    {
        if (!std::isfinite(values[i]))
            return std::unexpected(EvaluateError{EvaluateFault::not_finite, 0, i,
                                                 "input " + std::to_string(i) + " is not a finite number"});
        codes[i] = encode(double(values[i]), scale[i / each], offset[i / each], tensor.range);
    }
    return codes;
}

} // namespace

std::expected<std::vector<int32_t>, EvaluateError> encode_input(const Graph& graph, std::span<const double> values)
{
    return encode_all(graph, values);
}

std::expected<std::vector<int32_t>, EvaluateError> encode_input(const Graph& graph, std::span<const float> values)
{
    return encode_all(graph, values);
}

std::vector<double> decode_output(const Graph& graph, std::span<const int32_t> codes)
{
    const auto scale = graph.tensors[graph.output].scale;
    std::vector<double> values;
    values.reserve(codes.size());
    for (const auto code : codes)
        values.push_back(code * scale);
    return values;
}

} // namespace model
