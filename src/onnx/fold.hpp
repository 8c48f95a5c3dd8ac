#pragma once

#include "onnx/array.hpp"
#include "onnx/scalar.hpp"
#include "onnx/source.hpp"

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace onnx {

/// Inputs of an operator whose inputs are all constant; nullptr for an optional input that is left out.
using Constants = std::span<const Array* const>;

/// Evaluates an operator on constants.
///
/// Errors  one line why it cannot: an operator that is not folded, inputs that do not fit
/// Bound   results of at most kFoldedMax elements, or as many as an input has
std::expected<std::vector<Array>, std::string> fold(const Operator& op, Constants inputs);

/// The one-input function that an operator applies to its first input, given its other (constant) inputs;
/// nothing for operators that are no such function.
std::optional<Scalar> scalar_of(const Operator& op, Constants inputs);

/// The two-input function of an operator such as Add; nothing for others.
std::optional<Primitive> binary_of(std::string_view type);

/// Start, end and step by dimension of a Slice, from attributes (opset < 10) or constants, normalised and clamped.
struct Slicing
{
    Dims start, step, size;
};
std::expected<Slicing, std::string> slicing_of(const Operator& op, const Dims& dims, Constants parameters);

/// Lengths of the parts of a Split along its axis, from attribute, constant or number of outputs.
std::expected<Dims, std::string> split_of(const Operator& op, int64_t size, const Array* parts);

/// Target of a Reshape: 0 copies a dimension, one −1 is computed.
std::expected<Dims, std::string> reshaped(const Dims& from, const Array& target, bool allow_zero);

/// Axes of Squeeze, Unsqueeze, Reduce…: from the attribute or the second input; sorted, of a value with `rank`
/// dimensions. Empty if not given.
std::expected<std::vector<size_t>, std::string> axes_of(const Operator& op, const Array* axes, size_t rank);

/// Dimensions without, or with, the given ones of size 1.
Dims squeezed(const Dims& dims, const std::vector<size_t>& axes);
Dims unsqueezed(const Dims& dims, const std::vector<size_t>& axes);

/// The elements at `start + step·i`, as Slice does.
Array sliced(const Array& array, const Slicing& slicing);

/// The permuted array; Caller: perm is a permutation of the dimensions.
Array transposed(const Array& array, const std::vector<size_t>& perm);

/// The permutation of a Transpose of `rank` dimensions; by default the reversal.
std::expected<std::vector<size_t>, std::string> permutation_of(const Operator& op, size_t rank);

} // namespace onnx
