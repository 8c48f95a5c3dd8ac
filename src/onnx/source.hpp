#pragma once

#include "base/bytes.hpp"
#include "onnx/array.hpp"
#include "onnx/error.hpp"

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// An ONNX file as plain values: nothing past this header knows of protobuf.
namespace onnx {

inline constexpr size_t kFileBytesMax = size_t{1} << 31;
inline constexpr size_t kNodesMax = 65536;
inline constexpr int64_t kOpsetMin = 1, kOpsetMax = 25; ///< promised: 9 to 21

using Attribute = std::variant<double, int64_t, std::string, Array, std::vector<double>, std::vector<int64_t>,
                               std::vector<std::string>>;

struct Operator
{
    std::string name;   ///< as in the file, or made of type and position
    std::string type;   ///< such as Conv
    std::string domain; ///< empty for the standard operators
    std::vector<std::string> inputs, outputs;
    std::map<std::string, Attribute, std::less<>> attributes;

    /// An attribute of the expected type, or the default that the operator's specification gives.
    double real(std::string_view key, double otherwise) const;
    int64_t integer(std::string_view key, int64_t otherwise) const;
    std::string text(std::string_view key, std::string otherwise) const;
    std::vector<int64_t> integers(std::string_view key, std::vector<int64_t> otherwise = {}) const;
    std::vector<double> reals(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    const Array* array(std::string_view key) const;
    bool has(std::string_view key) const { return attributes.contains(key); }
};

/// Declared shape of an input: −1 where a dimension is left open.
struct Declared
{
    std::string name;
    Dims dims;
    int32_t type = 1; ///< TensorProto.DataType: 1 float, 11 double
};

struct Source
{
    int64_t opset = 0; ///< of the standard operators
    std::string producer;
    std::vector<Operator> operators; ///< in topological order, functions expanded
    std::map<std::string, Array, std::less<>> constants;
    std::vector<Declared> inputs; ///< without those that constants initialise
    std::vector<std::string> outputs;
};

/// Reads an ONNX file.
///
/// Errors  not_onnx, too_large, external_data, not_finite, damaged
/// Bound   file ≤ 2 GiB; memory a small multiple of the file's size
std::expected<Source, Error> parse(base::ByteView file);

} // namespace onnx
