#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace onnx_ir {
class ModelProto;
class NodeProto;
} // namespace onnx_ir

/// Small ONNX files for tests, built through the generated classes.
namespace onnx::testing {

/// Names in, names out: `builder.node("Relu", {"x"}, {"y"})`.
class Builder
{
public:
    explicit Builder(int64_t opset = 17);
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    /// A float input; −1 leaves a dimension open.
    Builder& input(const std::string& name, const std::vector<int64_t>& dims, int32_t type = 1);
    Builder& output(const std::string& name);
    Builder& weight(const std::string& name, const std::vector<int64_t>& dims, const std::vector<float>& values);
    Builder& integers(const std::string& name, const std::vector<int64_t>& values);
    Builder& node(const std::string& type, const std::vector<std::string>& inputs,
                  const std::vector<std::string>& outputs, const std::string& domain = "");
    /// Attributes of the last node.
    Builder& attribute(const std::string& name, double value);
    Builder& attribute(const std::string& name, int64_t value);
    Builder& attribute(const std::string& name, const std::vector<int64_t>& values);
    Builder& attribute(const std::string& name, const std::vector<float>& values);
    Builder& attribute(const std::string& name, const std::string& text);
    Builder& attribute(const std::string& name, const std::vector<std::string>& texts);

    onnx_ir::ModelProto& model() { return *model_; }
    base::Bytes bytes() const;

private:
    onnx_ir::ModelProto* model_;
    onnx_ir::NodeProto* last_ = nullptr;
};

} // namespace onnx::testing
