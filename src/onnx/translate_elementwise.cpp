// One-input functions, and arithmetic with constants or between tensors.
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <cmath>

namespace onnx::detail {
namespace {

using Computed = std::expected<Activation, std::string>;

/// Σ ± of two tensors of one shape, or a function of both if they come from one tensor.
Computed with_tensor(Context& context, const Operator& op, Primitive primitive, Activation& x, Activation& y)
{
    if (x.tensor == y.tensor && x.function == y.function && 2 * x.function.size() >= Scalar::kStepsMax)
    {
        context.materialise(x, op.name);
        y = x;
    }
    std::vector<Activation> xs{x}, ys{y};
    if (const auto origin = context.origin(x))
        xs.push_back(*origin);
    if (const auto origin = context.origin(y))
        ys.push_back(*origin);
    for (const auto& a : xs)
        for (const auto& b : ys)
            if (a.tensor == b.tensor && x.dims == y.dims && a.function.size() + b.function.size() < Scalar::kStepsMax &&
                primitive != Primitive::power)
                return Activation{a.tensor, Scalar::combine(primitive, a.function, b.function), x.dims};

    if (primitive != Primitive::add && primitive != Primitive::subtract)
        return refuse("it combines two activations; only sums of activations are supported");
    if (x.dims != y.dims)
        return refuse("the two activations differ in shape");
    const double sign = primitive == Primitive::subtract ? -1 : 1;
    if (!x.function.is_affine())
        context.materialise(x, op.name);
    if (!y.function.is_affine())
        context.materialise(y, op.name);
    FloatLinear node;
    node.name = op.name;
    node.terms = {FloatScale{x.tensor, {x.function.factor()}}, FloatScale{y.tensor, {sign * y.function.factor()}}};
    if (const auto offset = x.function.offset() + sign * y.function.offset(); offset != 0)
        node.bias = {offset};
    return context.linear(std::move(node), x.dims);
}

Done binary(Context& context, const Operator& op)
{
    if (op.integer("broadcast", 0) != 0 && op.has("axis"))
        return refuse("it broadcasts along an axis, as only opsets before 7 do");
    const auto primitive = *binary_of(op.type);
    std::optional<Value> sum; // Sum, Max and Min take any number of inputs
    for (size_t i = 0; i != op.inputs.size(); ++i)
    {
        auto* next = context.input(op, i);
        if (!next)
            return refuse("an input is missing");
        if (!sum)
        {
            sum = *next;
            continue;
        }
        auto *x = std::get_if<Activation>(&*sum), *y = std::get_if<Activation>(next);
        const auto *a = std::get_if<Constant>(&*sum), *b = std::get_if<Constant>(next);
        Computed result = refuse("its inputs are no numbers");
        if (x && y)
            result = with_tensor(context, op, primitive, *x, *y);
        else if (x && b)
            result = with_constant(context, op, primitive, *x, **b, false);
        else if (a && y)
            result = with_constant(context, op, primitive, *y, **a, true);
        if (!result)
            return refuse(result.error());
        sum = *result;
    }
    if (!sum)
        return refuse("it has no input");
    context.set(op, 0, *sum);
    return {};
}

/// test ? yes : no, where all three are functions of one tensor or the same number everywhere.
Done where(Context& context, const Operator& op)
{
    std::optional<Activation> base;
    for (size_t i = 0; i != 3; ++i)
        if (const auto* x = context.activation(op, i))
        {
            if (base && (base->tensor != x->tensor || base->dims != x->dims))
                return refuse("it chooses between different activations");
            base = *x;
        }
    std::array<Scalar, 3> sides;
    for (size_t i = 0; base && i != 3; ++i)
    {
        const auto* constant = context.constant(op, i);
        const auto c = constant ? uniform(*constant) : std::nullopt;
        const auto* x = context.activation(op, i);
        if (!x && (!c || broadcast(constant->dims, base->dims) != base->dims))
            return refuse("its sides must be activations or the same number everywhere");
        sides[i] = x ? x->function : Scalar::of(Primitive::clip, *c, *c);
    }
    const auto result = Scalar::combine(Primitive::add, Scalar::combine(Primitive::where, sides[0], sides[1]),
                                        Scalar::combine(Primitive::where_not, sides[0], sides[2]));
    if (!base || result.size() > Scalar::kStepsMax)
        return refuse("it has no activation, or too long functions of one");
    context.set(op, 0, Activation{base->tensor, result, base->dims});
    return {};
}

Done mean(Context& context, const Operator& op)
{
    auto as_sum = op;
    as_sum.type = "Sum";
    if (op.outputs.empty())
        return refuse("it has no output");
    if (const auto summed = binary(context, as_sum); !summed)
        return summed;
    auto* value = context.find(op.outputs[0]);
    auto* sum = value ? std::get_if<Activation>(value) : nullptr;
    if (!sum)
        return refuse("its inputs are no numbers");
    sum->function = sum->function.then(Primitive::affine, 1 / double(op.inputs.size()));
    return {};
}

Done unary(Context& context, const Operator& op)
{
    auto* value = context.activation(op, 0);
    if (!value)
        return refuse("its input is no activation");
    const auto parameters = context.constants(op);
    for (size_t i = 1; i < op.inputs.size(); ++i)
        if (context.input(op, i) && !parameters[i])
            return refuse("its bounds are computed at run time");
    const auto function = scalar_of(op, parameters);
    if (!function)
        return refuse("its bounds are not one number each");
    for (size_t i = 1; i < op.outputs.size(); ++i)
        if (!op.outputs[i].empty())
            context.set(op, i, Unknown{});
    if (op.type == "Cast" && !contains(kFloatTypes, op.integer("to", 1)))
        return refuse("it casts an activation to an integer or a text");
    if (op.type == "Dropout" && parameters.size() > 2 && parameters[2] && parameters[2]->size() != 0 &&
        parameters[2]->at(0) != 0)
        return refuse("it is in training mode; export the model in evaluation mode (model.eval())");
    context.set(op, 0, composed(context, op, *value, *function));
    return {};
}

/// A cast to the type of the second input, which an activation or a constant shows.
Done cast_like(Context& context, const Operator& op)
{
    const auto* value = context.input(op, 0);
    const auto* like = context.constant(op, 1);
    if (!value || !(like ? like->kind == Kind::real : context.activation(op, 1) != nullptr))
        return refuse("it casts an activation to an integer or a text");
    if (const auto* constant = context.constant(op, 0))
    {
        auto cast = op;
        cast.type = "Cast"; // to float
        const Array* inputs[] = {constant};
        auto folded = fold(cast, inputs);
        if (!folded)
            return refuse(folded.error());
        context.set(op, 0, std::move(folded->front()));
        return {};
    }
    context.set(op, 0, Value{*value});
    return {};
}

/// x < 0 ? slope·x : x, where slopes may differ by channel: then max(x, 0) + slope·min(x, 0).
Done prelu(Context& context, const Operator& op)
{
    auto* value = context.activation(op, 0);
    const auto* slope = context.constant(op, 1);
    if (!value || !slope || slope->size() == 0)
        return refuse("the slope must be constant");
    if (const auto finite = require_finite(context, op, *slope); !finite)
        return finite;
    if (const auto same = uniform(*slope))
    {
        context.set(op, 0, composed(context, op, *value, Scalar::of(Primitive::leaky, *same)));
        return {};
    }
    const auto x = context.materialise(*value, op.name);
    Activation positive{x, Scalar::of(Primitive::relu), value->dims};
    Activation negative{x, Scalar::of(Primitive::clip, -HUGE_VAL, 0), value->dims};
    auto scaled = with_constant(context, op, Primitive::multiply, negative, *slope, false);
    if (!scaled)
        return refuse(scaled.error());
    auto sum = with_tensor(context, op, Primitive::add, positive, *scaled);
    if (!sum)
        return refuse(sum.error());
    context.set(op, 0, *sum);
    return {};
}

} // namespace

const std::map<std::string_view, Handler>& elementwise_handlers()
{
    static const auto table = [] {
        std::map<std::string_view, Handler> handlers{
            {"Mean", mean}, {"PRelu", prelu}, {"Where", where}, {"CastLike", cast_like}};
        for (const auto type : {"Add", "Sum", "Sub", "Mul", "Div", "Max", "Min", "Pow", "Greater", "GreaterOrEqual",
                                "Less", "LessOrEqual"})
            handlers[type] = binary;
        for (const auto type : {"Relu",        "Sigmoid",
                                "Tanh",        "Erf",
                                "Exp",         "Log",
                                "Sqrt",        "Reciprocal",
                                "Abs",         "Softplus",
                                "Softsign",    "Floor",
                                "Ceil",        "Round",
                                "Sign",        "Sin",
                                "Cos",         "Tan",
                                "Asin",        "Acos",
                                "Atan",        "Sinh",
                                "Cosh",        "Asinh",
                                "Acosh",       "Atanh",
                                "Identity",    "Dropout",
                                "Cast",        "Neg",
                                "LeakyRelu",   "Elu",
                                "Selu",        "Celu",
                                "Shrink",      "Gelu",
                                "HardSwish",   "ThresholdedRelu",
                                "HardSigmoid", "Mish",
                                "Swish",       "Clip"})
            handlers[type] = unary;
        return handlers;
    }();
    return table;
}

} // namespace onnx::detail
