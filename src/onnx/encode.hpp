#pragma once

#include "onnx/calibrate.hpp"

namespace onnx {

/// How the input becomes 8-bit codes.
enum class Encoding : uint8_t
{
    automatic,  ///< by feature where the features of a vector differ in size, else by tensor
    by_feature, ///< wherever the graph allows it
    by_tensor,
};

/// The samples as the graph reads them: (x − offset) / scale of FloatGraph::before.
std::vector<float> before(const FloatGraph& graph, std::span<const double> x);

/// Gives each feature of a vector input its own scale and offset, folded into the products that read it: the graph then
/// reads numbers in [−128, 127] and `samples` are rewritten to them. True if it did.
///
/// The input must be a vector that only Dense and Scale terms read.
bool encode_by_feature(FloatGraph& graph, Samples& samples, Encoding encoding);

} // namespace onnx
