#pragma once

#include "onnx/float_graph.hpp"

/// Algebra of linear nodes, for fuse(). Not for other users.
namespace onnx::detail {

/// True if all entries are equal; an empty list is 0.
bool is_uniform(const std::vector<double>& values);
double uniform_value(const std::vector<double>& values);

/// True if bias or factors differ between channels.
bool depends_on_channel(const FloatLinear& node);

/// Multiplies all terms and the bias by factors (one, or one a channel along `axis`). False, and nothing changed, if a
/// term cannot take them.
bool multiply(FloatGraph& graph, FloatLinear& node, const std::vector<double>& factors, uint32_t axis);

/// Entry-wise, with lists of one entry repeated and empty lists read as `neutral`.
std::vector<double> added(const std::vector<double>& a, const std::vector<double>& b);
std::vector<double> multiplied(const std::vector<double>& a, const std::vector<double>& b);

/// Moves the affine part of the activation into terms and bias.
void push_affine(FloatGraph& graph, FloatLinear& node);

/// The only term, if it is a scaled tensor.
const FloatScale* single_scale(const FloatLinear& node);

} // namespace onnx::detail
