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

Done view(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto dims = x ? view_of(context, op, x->dims) : refuse("its input is no activation");
    if (!dims)
        return refuse(dims.error());
    return finish(context, op, context.reshape(*x, op.name, *dims));
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

std::expected<Dims, std::string> view_of(Context& context, const Operator& op, const Dims& from)
{
    const auto* given = context.constant(op, 1);
    if (!given && context.input(op, 1))
        return refuse("its shape or axes are computed at run time");
    if (op.type == "Reshape")
    {
        const Array attribute = Array::of_integers({}, op.integers("shape"));
        const auto* target = given ? given : op.has("shape") ? &attribute : nullptr;
        if (!target || target->kind != Kind::integer)
            return refuse("its target shape is missing, or not of integers");
        return reshaped(from, *target, op.integer("allowzero", 0) != 0);
    }
    if (op.type == "Flatten")
    {
        const auto axis = op.integer("axis", 1), rank = int64_t(from.size());
        if (axis < -rank || axis > rank)
            return refuse("its axis is out of range");
        const auto split = from.begin() + (axis < 0 ? axis + rank : axis);
        return Dims{std::accumulate(from.begin(), split, int64_t{1}, std::multiplies{}),
                    std::accumulate(split, from.end(), int64_t{1}, std::multiplies{})};
    }
    const bool is_squeeze = op.type == "Squeeze";
    const auto added = is_squeeze ? 0 : given ? given->integers.size() : op.integers("axes").size();
    const auto axes = axes_of(op, given, from.size() + added);
    if (!axes)
        return refuse(axes.error());
    if (!is_squeeze)
        return unsqueezed(from, *axes);
    if (std::ranges::any_of(*axes, [&](size_t axis) { return from[axis] != 1; }))
        return refuse("a squeezed dimension is not 1");
    return squeezed(from, *axes);
}

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
        {"Shape", shape},  {"Size", size},      {"Reshape", view},        {"Flatten", view},
        {"Squeeze", view}, {"Unsqueeze", view}, {"Transpose", transpose}, {"Expand", expand},
    };
    return table;
}

} // namespace onnx::detail
