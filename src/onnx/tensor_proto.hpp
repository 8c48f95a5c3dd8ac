#pragma once

#include "onnx/array.hpp"
#include "onnx/error.hpp"

#include <expected>

namespace onnx_ir {
class TensorProto;
}

namespace onnx {

/// One constant, converted: floating types (also 16 bits) to float, integers and booleans to int64.
///
/// Errors  external_data, too_large, damaged (length or type), not_finite
std::expected<Array, Error> read_tensor(const onnx_ir::TensorProto& tensor, const std::string& name);

} // namespace onnx
