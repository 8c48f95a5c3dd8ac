#pragma once

#include "onnx/float_graph.hpp"

namespace onnx {

/// Leaves only terms that the integer graph has: factors that differ between channels become depthwise convolutions
/// with a 1×1 kernel, over the flattened tensor where the channels are not its first dimension.
FloatGraph lower(FloatGraph graph);

} // namespace onnx
