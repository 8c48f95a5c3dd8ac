// Other shapes of the same elements.
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <numeric>

namespace onnx::detail {
namespace {

Done finish(Context& context, const Operator& op, const std::expected<Activation, std::string>& result)
{
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

Done shape(Context& context, const Operator& op)
{
    const auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    // Only the dimensions count; the array borrows them.
    Array like;
    like.dims = x->dims;
    const Array* inputs[] = {&like};
    auto folded = fold(op, inputs);
    if (!folded)
        return refuse(folded.error());
    context.set(op, 0, std::move(folded->front()));
    return {};
}

Done size(Context& context, const Operator& op)
{
    const auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    const auto total = std::accumulate(x->dims.begin(), x->dims.end(), int64_t{1}, std::multiplies{});
    context.set(op, 0, Array::of_integers({}, {total}));
    return {};
}

Done reshape(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const Array attribute = Array::of_integers({}, op.integers("shape"));
    const auto* target = context.constant(op, 1) ? context.constant(op, 1) : op.has("shape") ? &attribute : nullptr;
    if (!x || !target || target->kind != Kind::integer)
        return refuse("its target shape is computed at run time");
    const auto dims = reshaped(x->dims, *target, op.integer("allowzero", 0) != 0);
    if (!dims)
        return refuse(dims.error());
    return finish(context, op, context.reshape(*x, op.name, *dims));
}

Done flatten(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto axis = op.integer("axis", 1);
    const auto rank = x ? int64_t(x->dims.size()) : 0;
    if (!x || axis < -rank || axis > rank)
        return refuse("axis out of range");
    const auto split = x->dims.begin() + (axis < 0 ? axis + rank : axis);
    const auto outer = std::accumulate(x->dims.begin(), split, int64_t{1}, std::multiplies{});
    const auto inner = std::accumulate(split, x->dims.end(), int64_t{1}, std::multiplies{});
    return finish(context, op, context.reshape(*x, op.name, {outer, inner}));
}

Done squeeze(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x || (context.input(op, 1) && !context.constant(op, 1)))
        return refuse("its axes are computed at run time");
    const auto axes = axes_of(op, context.constant(op, 1), x->dims.size());
    if (!axes)
        return refuse(axes.error());
    for (const auto axis : *axes)
        if (x->dims[axis] != 1)
            return refuse("a squeezed dimension is not 1");
    return finish(context, op, context.reshape(*x, op.name, squeezed(x->dims, *axes)));
}

Done unsqueeze(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto* given = context.constant(op, 1);
    if (!x || (context.input(op, 1) && !given))
        return refuse("its axes are computed at run time");
    const auto count = given ? given->integers.size() : op.integers("axes").size();
    const auto axes = axes_of(op, given, x->dims.size() + count);
    if (!axes)
        return refuse(axes.error());
    return finish(context, op, context.reshape(*x, op.name, unsqueezed(x->dims, *axes)));
}

Done transpose(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto perm = x ? permutation_of(op, x->dims.size()) : refuse("its input is no activation");
    if (!perm)
        return refuse(perm.error());
    return finish(context, op, permute(context, op.name, *x, *perm));
}

/// Only where the shape stays: exporters write it for safety.
Done expand(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto* target = context.constant(op, 1);
    const auto dims = x && target ? broadcast(x->dims, target->integers) : std::nullopt;
    if (!dims || *dims != x->dims)
        return refuse("it repeats elements of an activation");
    context.set(op, 0, *x);
    return {};
}

} // namespace

std::expected<Activation, std::string> permute(Context& context, const std::string& name, Activation& value,
                                               const std::vector<size_t>& perm)
{
    Dims dims;
    for (const auto d : perm)
        dims.push_back(value.dims[d]);
    if (context.has_batch(value.dims) && perm[0] == 0)
    {
        std::vector<uint32_t> inner;
        for (size_t i = 1; i != perm.size(); ++i)
            inner.push_back(uint32_t(perm[i] - 1));
        if (std::ranges::is_sorted(inner))
            return Activation{value.tensor, value.function, dims};
        return context.add(model::Transpose{.input = context.materialise(value, name), .perm = inner, .output = 0},
                           name, dims);
    }
    if (context.batch() > 1)
        return refuse("it moves the batch");
    // One record: permute what is left without dimensions of size 1, which can stand anywhere.
    Shape kept_shape;
    std::vector<uint32_t> position(value.dims.size()), inner;
    for (size_t i = 0; i != value.dims.size(); ++i)
        if (value.dims[i] != 1)
        {
            position[i] = uint32_t(kept_shape.size());
            kept_shape.push_back(uint32_t(value.dims[i]));
        }
    for (const auto d : perm)
        if (value.dims[d] != 1)
            inner.push_back(position[d]);
    if (std::ranges::is_sorted(inner))
        return context.reshape(value, name, dims);
    if (!context.shape_of(dims) || kept_shape.size() > 4)
        return refuse(Context::kShapeWords);
    auto& graph = context.graph();
    const auto flat = context.new_tensor(name, kept_shape);
    graph.nodes.push_back(model::Reshape{.input = context.materialise(value, name), .output = flat});
    Shape turned;
    for (const auto d : inner)
        turned.push_back(kept_shape[d]);
    const auto output = context.new_tensor(name, turned);
    graph.nodes.push_back(model::Transpose{.input = flat, .perm = inner, .output = output});
    return context.add(model::Reshape{.input = output, .output = 0}, name, dims);
}

const std::map<std::string_view, Handler>& layout_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"Shape", shape},     {"Size", size},           {"Reshape", reshape},     {"Flatten", flatten},
        {"Squeeze", squeeze}, {"Unsqueeze", unsqueeze}, {"Transpose", transpose}, {"Expand", expand},
    };
    return table;
}

} // namespace onnx::detail
