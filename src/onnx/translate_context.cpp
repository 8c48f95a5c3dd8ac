#include "onnx/translate_context.hpp"

#include "model/bounds.hpp"

namespace onnx::detail {

Done Context::begin(const Declared& input)
{
    constexpr int32_t kFloat = 1, kDouble = 11;
    if (input.type != kFloat && input.type != kDouble)
        return refuse("the input '" + printable(input.name) +
                      "' is not float or double; put the conversion outside the model");
    Dims dims = input.dims;
    if (!options_.first_is_batch)
        batch_ = 0;
    else if (!dims.empty() && dims[0] == -1)
        dims[0] = 1;
    if (options_.first_is_batch && !dims.empty())
        batch_ = dims[0];
    for (const auto dim : dims)
        if (dim < 0)
            return refuse("only the first dimension of the input may be open; export with a fixed shape");
    constexpr int64_t kBatchMax = 1 << 20;
    const auto shape = batch_ > kBatchMax ? std::nullopt : shape_of(dims);
    if (!shape || dims.empty())
        return refuse("the input must have 1 to 4 dimensions besides the batch and at most 2^24 elements");
    graph().input = new_tensor(input.name, *shape);
    values_[input.name] = Activation{graph().input, {}, dims};
    return {};
}

Value* Context::find(const std::string& name)
{
    if (const auto found = values_.find(name); found != values_.end())
        return &found->second;
    const auto constant = source_.constants.find(name);
    if (constant == source_.constants.end())
        return nullptr;
    // The source outlives the context: borrow instead of copying the weights.
    return &(values_[name] = Constant(std::shared_ptr<void>{}, &constant->second));
}

Value* Context::input(const Operator& op, size_t i)
{
    return i < op.inputs.size() && !op.inputs[i].empty() ? find(op.inputs[i]) : nullptr;
}

const Array* Context::constant(const Operator& op, size_t i)
{
    const auto* value = input(op, i);
    const auto* constant = value ? std::get_if<Constant>(value) : nullptr;
    return constant ? constant->get() : nullptr;
}

Activation* Context::activation(const Operator& op, size_t i)
{
    auto* value = input(op, i);
    return value ? std::get_if<Activation>(value) : nullptr;
}

std::vector<const Array*> Context::constants(const Operator& op)
{
    std::vector<const Array*> result;
    for (size_t i = 0; i != op.inputs.size(); ++i)
        result.push_back(constant(op, i));
    return result;
}

void Context::set(const Operator& op, size_t i, Value value)
{
    if (i < op.outputs.size() && !op.outputs[i].empty())
        values_[op.outputs[i]] = std::move(value);
}

std::optional<Shape> Context::shape_of(const Dims& dims) const
{
    Shape shape;
    uint64_t total = 1;
    for (size_t i = 0; i != dims.size(); ++i)
    {
        auto dim = dims[i];
        if (i == 0 && batch_ != 0)
        {
            if (dim % batch_ != 0)
                return std::nullopt;
            dim /= batch_;
            if (dim == 1)
                continue;
        }
        if (dim <= 0 || uint64_t(dim) > model::kElementsMax)
            return std::nullopt;
        total *= uint64_t(dim);
        if (total > model::kElementsMax)
            return std::nullopt;
        shape.push_back(uint32_t(dim));
    }
    if (shape.empty())
        shape.push_back(1);
    if (shape.size() > model::kRankMax)
        return std::nullopt;
    return shape;
}

std::optional<uint32_t> Context::axis_of(const Dims& dims, int64_t axis) const
{
    const auto normal = normal_axis(axis, dims.size());
    if (!normal)
        return std::nullopt;
    if (*normal == 0 && batch_ != 0 && (has_batch(dims) || batch_ != 1))
        return std::nullopt;
    return uint32_t(*normal - lead(dims));
}

TensorId Context::new_tensor(const std::string& name, Shape shape)
{
    elements_ += elements(shape);
    if (elements_ > model::kElementsTotalMax || graph().nodes.size() > kNodesMax)
        fatal = Error{Refusal::too_large, printable(name),
                      "at '" + printable(name) + "' the model has more than 2^28 activations or 65536 steps; split it"};
    graph().tensors.push_back({printable(name), std::move(shape)});
    return TensorId(graph().tensors.size() - 1);
}

WeightId Context::new_weight(const std::string& name, Shape shape, std::vector<float> values)
{
    weights_ += values.size();
    if (weights_ > model::kWeightsTotalMax)
        fatal = Error{Refusal::too_large, printable(name),
                      "at '" + printable(name) + "' the model has more than 2^28 weights; split it"};
    graph().weights.push_back({printable(name), std::move(shape), std::move(values)});
    return WeightId(graph().weights.size() - 1);
}

TensorId Context::materialise(Activation& value, const std::string& name)
{
    if (value.function.is_identity())
        return value.tensor;
    const auto before = value;
    FloatLinear node;
    node.name = name;
    node.terms.push_back(FloatScale{.input = value.tensor});
    node.activation = value.function;
    node.output = new_tensor(name, graph().tensors[value.tensor].shape);
    value = {node.output, {}, value.dims};
    origins_[node.output] = before;
    graph().nodes.push_back(std::move(node));
    return value.tensor;
}

std::optional<Activation> Context::origin(const Activation& value) const
{
    const auto found = origins_.find(value.tensor);
    if (found == origins_.end())
        return std::nullopt;
    return Activation{found->second.tensor, found->second.function.then(value.function), value.dims};
}

std::expected<Activation, std::string> Context::linear(FloatLinear node, const Dims& dims)
{
    const auto name = node.name;
    return add(std::move(node), name, dims);
}

std::expected<Activation, std::string> Context::reshape(Activation& value, const std::string& name, const Dims& dims)
{
    const auto shape = shape_of(dims);
    if (!shape)
        return refuse(kShapeWords);
    if (*shape == graph().tensors[value.tensor].shape)
        return Activation{value.tensor, value.function, dims};
    return add(model::Reshape{.input = materialise(value, name), .output = 0}, name, dims);
}

std::expected<AutoPad, std::string> auto_pad_of(const Operator& op)
{
    const auto mode = op.text("auto_pad", "NOTSET");
    if (mode == "NOTSET" || mode.empty())
        return AutoPad::notset;
    if (mode == "VALID")
        return AutoPad::valid;
    if (mode == "SAME_UPPER")
        return AutoPad::same_upper;
    if (mode == "SAME_LOWER")
        return AutoPad::same_lower;
    return refuse("its auto_pad is none of NOTSET, VALID, SAME_UPPER, SAME_LOWER");
}

Done require_finite(Context& context, const Operator& op, const Array& array)
{
    if (is_finite(array))
        return {};
    context.fatal =
        Error{Refusal::not_finite, op.name,
              "node '" + op.name + "' has a weight that is NaN or infinite; train or export the model again"};
    return refuse("a weight is not finite");
}

} // namespace onnx::detail
