#include "onnx/testing/builder.hpp"

#include "onnx.pb.h"

namespace onnx::testing {

using onnx_ir::AttributeProto;

Builder::Builder(int64_t opset) : model_(new onnx_ir::ModelProto)
{
    model_->set_ir_version(8);
    auto* import = model_->add_opset_import();
    import->set_version(opset);
    model_->mutable_graph()->set_name("test");
}

Builder::~Builder() { delete model_; }

Builder& Builder::input(const std::string& name, const std::vector<int64_t>& dims, int32_t type)
{
    auto* input = model_->mutable_graph()->add_input();
    input->set_name(name);
    input->mutable_type()->mutable_tensor_type()->set_elem_type(type);
    for (const auto dim : dims)
    {
        auto* to = input->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim();
        dim < 0 ? to->set_dim_param("N") : to->set_dim_value(dim);
    }
    return *this;
}

Builder& Builder::output(const std::string& name)
{
    model_->mutable_graph()->add_output()->set_name(name);
    return *this;
}

Builder& Builder::weight(const std::string& name, const std::vector<int64_t>& dims, const std::vector<float>& values)
{
    auto* tensor = model_->mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(1);
    for (const auto dim : dims)
        tensor->add_dims(dim);
    for (const auto value : values)
        tensor->add_float_data(value);
    return *this;
}

Builder& Builder::integers(const std::string& name, const std::vector<int64_t>& values)
{
    auto* tensor = model_->mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(7);
    tensor->add_dims(int64_t(values.size()));
    for (const auto value : values)
        tensor->add_int64_data(value);
    return *this;
}

Builder& Builder::node(const std::string& type, const std::vector<std::string>& inputs,
                       const std::vector<std::string>& outputs, const std::string& domain)
{
    last_ = model_->mutable_graph()->add_node();
    last_->set_op_type(type);
    last_->set_name("the_" + type);
    last_->set_domain(domain);
    for (const auto& name : inputs)
        last_->add_input(name);
    for (const auto& name : outputs)
        last_->add_output(name);
    return *this;
}

Builder& Builder::attribute(const std::string& name, double value)
{
    auto* to = last_->add_attribute();
    to->set_name(name);
    to->set_type(AttributeProto::FLOAT);
    to->set_f(float(value));
    return *this;
}

Builder& Builder::attribute(const std::string& name, int64_t value)
{
    auto* to = last_->add_attribute();
    to->set_name(name);
    to->set_type(AttributeProto::INT);
    to->set_i(value);
    return *this;
}

Builder& Builder::attribute(const std::string& name, const std::vector<int64_t>& values)
{
    auto* to = last_->add_attribute();
    to->set_name(name);
    to->set_type(AttributeProto::INTS);
    for (const auto value : values)
        to->add_ints(value);
    return *this;
}

Builder& Builder::attribute(const std::string& name, const std::vector<float>& values)
{
    auto* to = last_->add_attribute();
    to->set_name(name);
    to->set_type(AttributeProto::FLOATS);
    for (const auto value : values)
        to->add_floats(value);
    return *this;
}

Builder& Builder::attribute(const std::string& name, const std::string& text)
{
    auto* to = last_->add_attribute();
    to->set_name(name);
    to->set_type(AttributeProto::STRING);
    to->set_s(text);
    return *this;
}

Builder& Builder::attribute(const std::string& name, const std::vector<std::string>& texts)
{
    auto* to = last_->add_attribute();
    to->set_name(name);
    to->set_type(AttributeProto::STRINGS);
    for (const auto& text : texts)
        to->add_strings(text);
    return *this;
}

base::Bytes Builder::bytes() const
{
    std::string text;
    model_->SerializeToString(&text);
    return {text.begin(), text.end()};
}

} // namespace onnx::testing
