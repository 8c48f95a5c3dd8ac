#pragma once

#include "model/graph.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace model {

enum class EvaluateFault : uint8_t
{
    input_count,  ///< not one number per element of the input tensor
    input_range,  ///< a code outside the input's declared range
    not_finite,   ///< a NaN or an infinity among the real inputs
    table_domain, ///< a quotient outside a node's table: the model does not meet R2 (interval.hpp)
};

struct EvaluateError
{
    EvaluateFault fault;
    uint32_t node;    ///< table_domain: the node; else 0
    uint64_t element; ///< first offending element; input_count: the number received
    std::string words;
};

/// acc + 2^(s−1) = quotient·2^s + remainder, 0 ≤ remainder < 2^s, by element of a linear node's output.
struct LinearTrace
{
    std::vector<int32_t> quotient, remainder;
};

struct Evaluation
{
    std::vector<std::vector<int32_t>> tensors; ///< codes by TensorId, row-major
    std::vector<LinearTrace> traces;           ///< by node, empty for other nodes; no entries unless asked for
};

/// Whether to keep quotients and remainders, which the prover commits.
enum class Keep : uint8_t
{
    tensors,
    traces,
};

/// Runs the integer graph exactly.
///
/// Shapes  input: one code for each element of the graph's input, row-major
/// Caller  has validated the model: validate(graph, weights)
/// Errors  input_count, input_range, then table_domain at the first node in order
/// Cost    one multiplication per weight use, at most 16-bit × 16-bit, vectorised; one thread
std::expected<Evaluation, EvaluateError> evaluate(const Model& model, std::span<const int32_t> input,
                                                  Keep keep = Keep::tensors);

/// code = clamp(⌊(x − offset) / scale + ½⌋, range) in IEEE-754 doubles, rounding to nearest even after each operation.
///
/// Errors  input_count, not_finite
std::expected<std::vector<int32_t>, EvaluateError> encode_input(const Graph& graph, std::span<const double> values);
std::expected<std::vector<int32_t>, EvaluateError> encode_input(const Graph& graph, std::span<const float> values);

/// code · scale of the output tensor. Caller: as many codes as the output has elements.
std::vector<double> decode_output(const Graph& graph, std::span<const int32_t> codes);

} // namespace model
