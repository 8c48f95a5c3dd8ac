// An activation met by a constant: the same everywhere, by channel, or by element.
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <cmath>

namespace onnx::detail {
namespace {

using Computed = std::expected<Activation, std::string>;

/// The graph dimension that a broadcast constant varies along, if it is one.
struct Varying
{
    std::vector<double> values;
    uint32_t axis = 0;
};

std::optional<Varying> by_channel(const Context& context, const Array& array, const Dims& dims)
{
    std::optional<size_t> axis;
    for (size_t i = 0; i != array.dims.size(); ++i)
    {
        if (array.dims[i] == 1)
            continue;
        if (axis)
            return std::nullopt;
        axis = dims.size() - array.dims.size() + i;
    }
    const auto in_graph = axis ? context.axis_of(dims, int64_t(*axis)) : std::nullopt;
    if (!in_graph)
        return std::nullopt;
    Varying varying{{}, *in_graph};
    for (size_t i = 0; i != array.size(); ++i)
        varying.values.push_back(array.at(i));
    return varying;
}

/// One number for each element of a record; nothing if the constant differs between the records of a batch.
std::optional<std::vector<double>> by_element(const Context& context, const Array& array, const Dims& dims)
{
    // A dimension that merges the batch with another holds several records: none of them is whole.
    if (context.batch() > 1 && !context.has_batch(dims))
        return std::nullopt;
    Dims record = dims;
    auto own = array.dims;
    if (context.has_batch(dims))
    {
        record.erase(record.begin());
        if (own.size() == dims.size() && own[0] != 1)
            return std::nullopt;
        if (own.size() == dims.size())
            own.erase(own.begin());
    }
    if (!count(record))
        return std::nullopt;
    std::vector<double> values;
    for (const auto index : broadcast_indices(own, record))
        values.push_back(array.at(index));
    return values;
}

/// Runs a by-channel map on the flattened record, then restores the shape.
Computed scale_elements(Context& context, const Operator& op, Activation& value, std::vector<double> factor,
                        std::vector<double> offset)
{
    const auto dims = value.dims;
    auto flat = context.graph().tensors[value.tensor].shape;
    const auto size = int64_t(elements(flat));
    const auto flat_dims = context.batch() == 0 ? Dims{size} : Dims{context.batch(), size};
    auto flattened = context.reshape(value, op.name, flat_dims);
    if (!flattened)
        return flattened;
    auto scaled = scale_channels(context, op, *flattened, std::move(factor), std::move(offset), 0);
    if (!scaled)
        return scaled;
    return context.reshape(*scaled, op.name, dims);
}

/// factor·value + offset, elementwise with constants given by a common array (the other side is uniform).
Computed affine(Context& context, const Operator& op, Activation& value, const Array& array, bool is_factor,
                double sign)
{
    const auto dims = broadcast(array.dims, value.dims);
    if (!dims || *dims != value.dims)
        return refuse("the constant is larger than the value that it meets");
    if (const auto finite = require_finite(context, op, array); !finite)
        return refuse(finite.error());
    const auto split = [&](std::vector<double> values) {
        for (auto& v : values)
            v *= sign;
        return is_factor ? std::pair{values, std::vector<double>{}} : std::pair{std::vector<double>{1}, values};
    };
    if (const auto varying = by_channel(context, array, value.dims))
    {
        auto [factor, offset] = split(varying->values);
        return scale_channels(context, op, value, std::move(factor), std::move(offset), varying->axis);
    }
    const auto all = by_element(context, array, value.dims);
    if (!all)
        return refuse("the constant differs between the records of a batch");
    auto [factor, offset] = split(*all);
    return scale_elements(context, op, value, std::move(factor), std::move(offset));
}

/// value ∘ constant for a constant that is the same everywhere.
Scalar with_uniform(Primitive primitive, double c, bool constant_first)
{
    switch (primitive)
    {
    case Primitive::add:
        return Scalar::affine(1, c);
    case Primitive::subtract:
        return constant_first ? Scalar::affine(-1, c) : Scalar::affine(1, -c);
    case Primitive::multiply:
        return Scalar::affine(c, 0);
    case Primitive::divide:
        return constant_first ? Scalar::of(Primitive::reciprocal).then(Primitive::affine, c) : Scalar::affine(1 / c, 0);
    case Primitive::maximum:
        return Scalar::of(Primitive::clip, c, HUGE_VAL);
    case Primitive::minimum:
        return Scalar::of(Primitive::clip, -HUGE_VAL, c);
    case Primitive::power:
        return Scalar::of(constant_first ? Primitive::exponential : Primitive::power, c);
    default:
        break;
    }
    // Comparisons: the constant is a function that ignores its argument.
    const auto constant = Scalar::of(Primitive::clip, c, c);
    return constant_first ? Scalar::combine(primitive, constant, Scalar{})
                          : Scalar::combine(primitive, Scalar{}, constant);
}

Array reciprocal(const Array& array)
{
    Array result = Array::of_reals(array.dims, {});
    for (size_t i = 0; i != array.size(); ++i)
        result.reals.push_back(float(1 / array.at(i)));
    return result;
}

} // namespace

std::optional<double> uniform(const Array& array)
{
    if (array.size() == 0 || array.kind == Kind::text)
        return std::nullopt;
    for (size_t i = 1; i != array.size(); ++i)
        if (array.at(i) != array.at(0))
            return std::nullopt;
    return array.at(0);
}

Activation composed(Context& context, const Operator& op, Activation& value, const Scalar& function)
{
    if (value.function.size() + function.size() > Scalar::kStepsMax)
        context.materialise(value, op.name);
    return {value.tensor, value.function.then(function), value.dims};
}

std::expected<Activation, std::string> with_constant(Context& context, const Operator& op, Primitive primitive,
                                                     Activation& value, const Array& array, bool constant_first)
{
    if (array.size() == 0 || array.kind == Kind::text)
        return refuse("the constant holds no numbers");
    const auto dims = broadcast(array.dims, value.dims);
    if (!dims)
        return refuse("the shapes do not broadcast");
    const auto c = uniform(array);
    if (c && std::ranges::equal(*dims, value.dims))
    {
        // Bounds may be infinite; factors and offsets may not.
        const bool is_bound = primitive == Primitive::maximum || primitive == Primitive::minimum;
        if (std::isnan(*c) || (!is_bound && !std::isfinite(*c)))
        {
            const auto finite = require_finite(context, op, array);
            return refuse(finite ? "the constant is not finite" : finite.error());
        }
        if (primitive == Primitive::divide && !constant_first && *c == 0)
            return refuse("it divides by 0");
        return composed(context, op, value, with_uniform(primitive, *c, constant_first));
    }
    switch (primitive)
    {
    case Primitive::add:
        return affine(context, op, value, array, false, 1);
    case Primitive::multiply:
        return affine(context, op, value, array, true, 1);
    case Primitive::subtract: {
        if (!constant_first)
            return affine(context, op, value, array, false, -1);
        auto negated = composed(context, op, value, Scalar::affine(-1, 0));
        return affine(context, op, negated, array, false, 1);
    }
    case Primitive::divide:
        if (!constant_first)
            return affine(context, op, value, reciprocal(array), true, 1);
        [[fallthrough]];
    default:
        return refuse("the constant must be the same for all elements");
    }
}

std::expected<Activation, std::string> add_constant(Context& context, const Operator& op, Activation& value,
                                                    const Array& array, double sign)
{
    return with_constant(context, op, sign > 0 ? Primitive::add : Primitive::subtract, value, array, false);
}

std::expected<Activation, std::string> scale_channels(Context& context, const Operator& op, Activation& value,
                                                      std::vector<double> factor, std::vector<double> offset,
                                                      uint32_t axis)
{
    // An affine function is absorbed; any other is computed first.
    if (!value.function.is_affine())
        context.materialise(value, op.name);
    const auto a = value.function.factor(), b = value.function.offset();
    if (offset.empty() && b != 0)
        offset.assign(1, 0);
    if (offset.size() < factor.size() && !offset.empty())
        offset.resize(factor.size(), offset[0]);
    for (size_t i = 0; i != offset.size(); ++i)
        offset[i] += factor[i % factor.size()] * b;
    for (auto& f : factor)
        f *= a;
    FloatLinear node;
    node.name = op.name;
    node.terms.push_back(FloatScale{value.tensor, std::move(factor)});
    node.bias = std::move(offset);
    node.channel_axis = axis;
    return context.linear(std::move(node), value.dims);
}

} // namespace onnx::detail
