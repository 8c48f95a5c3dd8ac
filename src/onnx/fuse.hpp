#pragma once

#include "onnx/float_graph.hpp"

namespace onnx {

/// Rewrites the graph so that as little as possible is rounded: sums, per-channel maps (batch norm) and activations
/// join the linear node before or after them, views disappear into the products that read them, and a map of the input
/// joins the input's encoding. The function that the graph computes stays the same up to floating-point rounding.
///
/// Cost  a few sweeps, each linear in nodes and weights
FloatGraph fuse(FloatGraph graph);

/// Drops nodes that the output does not need, then tensors and weights that no node uses.
FloatGraph without_dead_parts(FloatGraph graph);

} // namespace onnx
