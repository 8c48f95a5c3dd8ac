#pragma once

#include "onnx/float_graph.hpp"

#include <functional>
#include <span>
#include <vector>

namespace onnx {

/// Values by TensorId, row-major.
using FloatValues = std::vector<std::vector<float>>;

/// Sees the sums that a linear node gives to its activation.
using Observer = std::function<void(size_t node, std::span<const float> sums)>;

/// Runs the graph on one sample, in float.
///
/// Shapes  input: one number for each element of the graph's input, as the graph reads it (FloatGraph::before applied)
/// Caller  a graph that translate() or fuse() made
/// Cost    one multiplication for each use of a weight; one thread
FloatValues evaluate(const FloatGraph& graph, std::span<const float> input, const Observer& observer = {});

/// Σ terms + bias of one linear node, its inputs being set in `values`.
std::vector<float> linear_sums(const FloatGraph& graph, const FloatLinear& node, const FloatValues& values);

/// Sets the output of a node that is not linear from its inputs in `values`.
void run_view(const FloatGraph& graph, const FloatNode& node, FloatValues& values);

} // namespace onnx
