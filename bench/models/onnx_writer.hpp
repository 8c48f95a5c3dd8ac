#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Writes the few ONNX messages that the bench models need, in the protobuf wire format, with no library.
/// Field numbers are those of the ONNX IR specification (onnx.proto3). Same calls, same bytes.
namespace bench_models {

/// Attribute of a node: one integer or a list of integers.
using Attribute = std::pair<std::string_view, std::variant<int64_t, std::vector<int64_t>>>;

/// Collects a graph of float32 tensors and serialises it as a ModelProto of opset 17.
class OnnxWriter
{
public:
    /// A graph input or output; the leading batch dimension is dynamic and not part of `shape`.
    void input(std::string_view name, std::span<const int64_t> shape);
    void output(std::string_view name, std::span<const int64_t> shape);

    /// A constant; `values` has as many entries as the product of `dims`.
    void constant(std::string_view name, std::span<const int64_t> dims, std::span<const float> values);

    void node(std::string_view op, std::string_view name, std::span<const std::string_view> inputs,
              std::string_view output, std::span<const Attribute> attributes = {});

    /// The complete file. Cost: one copy of everything added.
    std::string finish(std::string_view graph_name) const;

private:
    std::string nodes_, constants_, inputs_, outputs_;
};

} // namespace bench_models
