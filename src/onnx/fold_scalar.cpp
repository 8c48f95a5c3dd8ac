// Which operators are functions of one number, and which function.
#include "onnx/fold.hpp"

#include <cmath>
#include <limits>
#include <map>

namespace onnx {
namespace {

constexpr auto kInfinity = std::numeric_limits<double>::infinity();

/// Operators without parameters.
const std::map<std::string_view, Primitive>& plain()
{
    static const std::map<std::string_view, Primitive> table{
        {"Relu", Primitive::relu},         {"Sigmoid", Primitive::sigmoid},
        {"Tanh", Primitive::tanh},         {"Erf", Primitive::erf},
        {"Exp", Primitive::exp},           {"Log", Primitive::log},
        {"Sqrt", Primitive::sqrt},         {"Reciprocal", Primitive::reciprocal},
        {"Abs", Primitive::abs},           {"Softplus", Primitive::softplus},
        {"Softsign", Primitive::softsign}, {"Floor", Primitive::floor},
        {"Ceil", Primitive::ceil},         {"Round", Primitive::round},
        {"Sign", Primitive::sign},         {"Sin", Primitive::sin},
        {"Cos", Primitive::cos},           {"Tan", Primitive::tan},
        {"Asin", Primitive::asin},         {"Acos", Primitive::acos},
        {"Atan", Primitive::atan},         {"Sinh", Primitive::sinh},
        {"Cosh", Primitive::cosh},         {"Asinh", Primitive::asinh},
        {"Acosh", Primitive::acosh},       {"Atanh", Primitive::atanh},
    };
    return table;
}

Scalar gelu(bool is_tanh)
{
    const Scalar x;
    if (!is_tanh) // x·(1 + erf(x/√2))/2
        return Scalar::combine(
            Primitive::multiply, x,
            Scalar::affine(std::sqrt(0.5), 0).then(Primitive::erf).then(Primitive::affine, 0.5, 0.5));
    // x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2
    const auto cubic =
        Scalar::combine(Primitive::add, x, Scalar::of(Primitive::power, 3).then(Primitive::affine, 0.044715));
    const auto inner = cubic.then(Primitive::affine, std::sqrt(2 / std::acos(-1.0)), 0);
    return Scalar::combine(Primitive::multiply, x, inner.then(Primitive::tanh).then(Primitive::affine, 0.5, 0.5));
}

Scalar hard_sigmoid(double alpha, double beta) { return Scalar::affine(alpha, beta).then(Primitive::clip, 0, 1); }

/// Bounds come as attributes up to opset 10, then as optional inputs.
std::optional<Scalar> clip(const Operator& op, Constants inputs)
{
    const auto bound = [&](size_t i, std::string_view key, double otherwise) -> std::optional<double> {
        if (i >= inputs.size() || !inputs[i])
            return op.real(key, otherwise);
        if (inputs[i]->size() != 1)
            return std::nullopt;
        return inputs[i]->at(0);
    };
    const auto lo = bound(1, "min", -kInfinity), hi = bound(2, "max", kInfinity);
    if (!lo || !hi)
        return std::nullopt;
    return Scalar::of(Primitive::clip, *lo, *hi);
}

std::optional<Scalar> parametric(const Operator& op, Constants inputs)
{
    const auto& type = op.type;
    if (type == "Identity" || type == "Dropout" || type == "Cast")
        return Scalar{};
    if (type == "Neg")
        return Scalar::affine(-1, 0);
    if (type == "LeakyRelu")
        return Scalar::of(Primitive::leaky, op.real("alpha", 0.01));
    if (type == "Elu")
        return Scalar::of(Primitive::elu, op.real("alpha", 1));
    if (type == "Selu")
        return Scalar::of(Primitive::selu, op.real("alpha", 1.67326319217681884765625),
                          op.real("gamma", 1.05070102214813232421875));
    if (type == "Celu")
        return Scalar::of(Primitive::celu, op.real("alpha", 1));
    if (type == "ThresholdedRelu")
        return Scalar::of(Primitive::threshold, op.real("alpha", 1));
    if (type == "Shrink")
        return Scalar::of(Primitive::shrink, op.real("lambd", 0.5), op.real("bias", 0));
    if (type == "HardSigmoid")
        return hard_sigmoid(op.real("alpha", 0.2), op.real("beta", 0.5));
    if (type == "HardSwish")
        return Scalar::combine(Primitive::multiply, Scalar{}, hard_sigmoid(1.0 / 6, 0.5));
    if (type == "Mish")
        return Scalar::combine(Primitive::multiply, Scalar{}, Scalar::of(Primitive::softplus).then(Primitive::tanh));
    if (type == "Swish")
        return Scalar::combine(Primitive::multiply, Scalar{},
                               Scalar::affine(op.real("alpha", 1), 0).then(Primitive::sigmoid));
    if (type == "Gelu")
        return gelu(op.text("approximate", "none") == "tanh");
    if (type == "Clip")
        return clip(op, inputs);
    return std::nullopt;
}

} // namespace

std::optional<Scalar> scalar_of(const Operator& op, Constants inputs)
{
    if (!op.domain.empty())
        return std::nullopt;
    if (const auto found = plain().find(op.type); found != plain().end())
        return Scalar::of(found->second);
    return parametric(op, inputs);
}

std::optional<Primitive> binary_of(std::string_view type)
{
    static const std::map<std::string_view, Primitive> table{
        {"Add", Primitive::add},         {"Sum", Primitive::add},
        {"Sub", Primitive::subtract},    {"Mul", Primitive::multiply},
        {"Div", Primitive::divide},      {"Max", Primitive::maximum},
        {"Min", Primitive::minimum},     {"Pow", Primitive::power},
        {"Greater", Primitive::greater}, {"GreaterOrEqual", Primitive::greater_equal},
        {"Less", Primitive::less},       {"LessOrEqual", Primitive::less_equal},
    };
    const auto found = table.find(type);
    return found == table.end() ? std::nullopt : std::optional{found->second};
}

} // namespace onnx
