// Parts of tensors: cutting, joining, padding.
#include "model/bounds.hpp"
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <cmath>

namespace onnx::detail {
namespace {

using Computed = std::expected<Activation, std::string>;

Done finish(Context& context, const Operator& op, const Computed& result)
{
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

/// The score z if the parts are 1 − sigmoid(z) and sigmoid(z), as scikit-learn's binary classifiers end.
std::optional<Activation> score_of(const std::vector<Activation>& parts)
{
    if (parts.size() != 2 || parts[0].tensor != parts[1].tensor || parts[0].dims.size() != 2 || parts[0].dims[1] != 1 ||
        parts[0].dims != parts[1].dims)
        return std::nullopt;
    const auto factor = parts[1].function.factor(), offset = parts[1].function.offset();
    constexpr int kPoints = 64;
    for (int i = -kPoints; i <= kPoints; ++i)
    {
        const auto z = i * 0.25, x = (z - offset) / factor, p = 1 / (1 + std::exp(-z));
        // Not so if a factor of 0 made x infinite: comparisons with NaN are false.
        if (!(std::fabs(parts[1].function(x) - p) < 1e-6 && std::fabs(parts[0].function(x) - (1 - p)) < 1e-6))
            return std::nullopt;
    }
    return Activation{parts[0].tensor, Scalar::affine(factor, offset), parts[0].dims};
}

/// Constants among the parts: every activation is padded with zeros to the whole, and all are added up.
Computed join_with_constants(Context& context, const Operator& op, int64_t given)
{
    const Activation* first = nullptr;
    for (size_t i = 0; i != op.inputs.size() && !first; ++i)
        first = context.activation(op, i);
    auto dims = first ? first->dims : Dims{};
    const auto axis = first ? normal_axis(given, dims.size()) : std::nullopt;
    const auto in_graph = axis ? context.axis_of(dims, given) : std::nullopt;
    if (!in_graph)
        return refuse("it joins records of a batch");
    dims[*axis] = 0;
    size_t activations = 0;
    for (size_t i = 0; i != op.inputs.size(); ++i)
        activations += context.activation(op, i) != nullptr;
    if (activations > model::kTermsMax)
        return refuse("it joins constants with more than 64 activations");
    std::vector<int64_t> starts;
    for (size_t i = 0; i != op.inputs.size(); ++i)
    {
        const auto* array = context.constant(op, i);
        const auto* part = context.activation(op, i);
        const auto& own = array ? array->dims : part ? part->dims : Dims{};
        if (own.size() != dims.size() || (array && array->kind != Kind::real))
            return refuse("its inputs differ in rank or kind");
        starts.push_back(dims[*axis]);
        dims[*axis] += own[*axis];
    }
    const auto shape = context.shape_of(dims);
    if (!shape)
        return refuse(Context::kShapeWords);
    FloatLinear sum;
    sum.name = op.name;
    std::vector<Array> fill;
    for (size_t i = 0; i != op.inputs.size(); ++i)
    {
        auto own = dims;
        if (auto* part = context.activation(op, i))
        {
            own[*axis] = part->dims[*axis];
            FloatPad pad{.input = context.materialise(*part, op.name), .begin = {}, .value = 0, .output = 0};
            pad.begin.assign(shape->size(), 0);
            pad.begin[*in_graph] = uint32_t(starts[i]);
            auto padded = context.add(std::move(pad), op.name, dims);
            if (!padded || part->dims != own)
                return refuse("its inputs differ in shape");
            sum.terms.push_back(FloatScale{padded->tensor, {1}});
            if (context.has_batch(own))
                own[0] = 1;
            fill.push_back(Array::of_reals(own, std::vector<float>(size_t(count(own).value_or(0)))));
        }
        else
            fill.push_back(*context.constant(op, i));
    }
    std::vector<const Array*> inputs;
    for (const auto& array : fill)
        inputs.push_back(&array);
    auto constants = fold(op, inputs);
    if (!constants)
        return refuse(constants.error());
    auto summed = context.linear(std::move(sum), dims);
    return summed ? add_constant(context, op, *summed, constants->front(), 1) : summed;
}

Done concat(Context& context, const Operator& op)
{
    const auto default_axis = op.type == "Concat" ? 1 : -1;
    std::vector<Activation> parts;
    for (size_t i = 0; i != op.inputs.size(); ++i)
        if (const auto* part = context.activation(op, i))
            parts.push_back(*part);
    if (parts.size() != op.inputs.size())
        return finish(context, op, join_with_constants(context, op, op.integer("axis", default_axis)));
    if (auto score = score_of(parts); score && normal_axis(op.integer("axis", 1), 2) == 1)
    {
        const auto z = context.materialise(*score, op.name);
        context.set(op, 0, Reader{z, model::Reading::sigmoid_label, false, {score->dims[0], 2}, {}});
        context.out.notes.push_back("the probabilities of '" + op.name + "' are left to the reader of the score");
        return {};
    }
    if (parts.empty() || parts.size() > 1024)
        return refuse("it has no inputs, or more than 1024");
    return finish(context, op, join(context, op.name, std::move(parts), op.integer("axis", default_axis)));
}

Done slice_operator(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto parameters = context.constants(op);
    for (size_t i = 1; i < op.inputs.size(); ++i)
        if (!op.inputs[i].empty() && !parameters[i])
            return refuse("its bounds are computed at run time");
    const auto slicing = x ? slicing_of(op, x->dims, parameters) : refuse("its input is no activation");
    if (!slicing)
        return refuse(slicing.error());
    return finish(context, op, slice(context, op.name, *x, *slicing));
}

Done split(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto axis = x ? normal_axis(op.integer("axis", 0), x->dims.size()) : std::nullopt;
    if (!axis || (context.input(op, 1) && !context.constant(op, 1)))
        return refuse("its axis is out of range, or its parts are computed at run time");
    const auto lengths = split_of(op, x->dims[*axis], context.constant(op, 1));
    if (!lengths)
        return refuse(lengths.error());
    Slicing slicing{Dims(x->dims.size(), 0), Dims(x->dims.size(), 1), x->dims};
    for (size_t i = 0; i != lengths->size(); ++i)
    {
        slicing.size[*axis] = (*lengths)[i];
        auto part = slice(context, op.name, *x, slicing);
        if (!part)
            return refuse(part.error());
        context.set(op, i, *part);
        slicing.start[*axis] += (*lengths)[i];
    }
    return {};
}

Done pad(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x || op.text("mode", "constant") != "constant")
        return refuse("only constant padding is supported");
    for (size_t i = 1; i < op.inputs.size(); ++i)
        if (!op.inputs[i].empty() && !context.constant(op, i))
            return refuse("its pads are computed at run time");
    const auto* given = context.constant(op, 1);
    const auto pads = given ? given->integers : op.integers("pads", op.integers("paddings"));
    const auto* fill = context.constant(op, 2);
    const auto value = fill && fill->size() == 1 ? fill->at(0) : op.real("value", 0);
    const auto rank = x->dims.size();
    std::vector<size_t> axes(rank);
    for (size_t i = 0; i != rank; ++i)
        axes[i] = i;
    if (const auto* chosen = context.constant(op, 3))
    {
        axes.clear();
        for (const auto axis : chosen->integers)
            axes.push_back(normal_axis(axis, rank).value_or(rank));
    }
    if (pads.size() != 2 * axes.size() || contains(axes, rank) || !std::isfinite(value))
        return refuse("its pads do not fit the input, or its value is not finite");

    // Negative pads cut first.
    Slicing slicing{Dims(rank, 0), Dims(rank, 1), x->dims};
    Dims dims = x->dims, begin(rank, 0);
    for (size_t i = 0; i != axes.size(); ++i)
    {
        constexpr auto kMax = kElementsMax;
        const auto before = pads[i], after = pads[axes.size() + i];
        if (std::abs(std::clamp(before, -2 * kMax, 2 * kMax)) > kMax || std::clamp(after, -2 * kMax, 2 * kMax) != after)
            return refuse("a pad is too large");
        slicing.start[axes[i]] = std::max(int64_t{0}, -before);
        slicing.size[axes[i]] += std::min(int64_t{0}, before) + std::min(int64_t{0}, after);
        begin[axes[i]] = std::max(int64_t{0}, before);
        dims[axes[i]] += before + after;
    }
    if (std::ranges::any_of(slicing.size, [](int64_t s) { return s < 1; }))
        return refuse("a negative pad removes everything");
    auto cut = slice(context, op.name, *x, slicing);
    if (!cut || cut->dims == dims)
        return finish(context, op, cut);
    FloatPad node{.input = context.materialise(*cut, op.name), .begin = {}, .value = value, .output = 0};
    if (context.lead(x->dims) == 1 && dims[0] != x->dims[0])
        return refuse("it pads the batch");
    for (size_t i = context.lead(x->dims); i != rank; ++i)
        node.begin.push_back(uint32_t(begin[i]));
    if (node.begin.empty())
        return refuse("it pads the batch");
    return finish(context, op, context.add(std::move(node), op.name, dims));
}

/// Constant indices: a regular progression is one slice, anything else a slice for each run joined again.
Done gather(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto* indices = context.constant(op, 1);
    const bool is_last = op.type == "ArrayFeatureExtractor";
    const auto axis = x ? normal_axis(op.integer("axis", is_last ? -1 : 0), x->dims.size()) : std::nullopt;
    if (!axis || !indices || indices->kind != Kind::integer || indices->size() == 0 ||
        indices->dims.size() > 1 + size_t(is_last))
        return refuse("its indices are not a constant number or list");
    const auto size = x->dims[*axis];
    Dims positions;
    for (const auto given : indices->integers)
    {
        positions.push_back(given < 0 ? given + size : given);
        if (positions.back() < 0 || positions.back() >= size)
            return refuse("an index is out of range");
    }
    std::vector<Activation> parts;
    Slicing slicing{Dims(x->dims.size(), 0), Dims(x->dims.size(), 1), x->dims};
    for (size_t i = 0; i != positions.size();)
    {
        const auto step = i + 1 < positions.size() ? std::max(int64_t{1}, positions[i + 1] - positions[i]) : 1;
        size_t end = i + 1;
        while (end != positions.size() && positions[end] == positions[end - 1] + step)
            ++end;
        slicing.start[*axis] = positions[i];
        slicing.step[*axis] = step;
        slicing.size[*axis] = int64_t(end - i);
        auto part = slice(context, op.name, *x, slicing);
        if (!part || parts.size() == 256)
            return refuse(part ? "its indices jump more than 256 times" : part.error());
        parts.push_back(*part);
        i = end;
    }
    auto result = join(context, op.name, std::move(parts), int64_t(*axis));
    if (result && indices->dims.empty())
        result = context.reshape(*result, op.name, squeezed(result->dims, {*axis}));
    return finish(context, op, result);
}

/// A negative step: single positions in reverse order, joined.
Computed reversed(Context& context, const std::string& name, Activation& value, Slicing slicing, size_t axis)
{
    constexpr int64_t kPartsMax = 256;
    const auto size = slicing.size[axis], step = slicing.step[axis];
    if (size > kPartsMax)
        return refuse("it reverses more than 256 positions");
    std::vector<Activation> parts;
    slicing.size[axis] = slicing.step[axis] = 1;
    for (int64_t i = 0; i != size; ++i, slicing.start[axis] += step)
    {
        auto part = slice(context, name, value, slicing);
        if (!part)
            return part;
        parts.push_back(*part);
    }
    return join(context, name, std::move(parts), int64_t(axis));
}

} // namespace

std::expected<Activation, std::string> slice(Context& context, const std::string& name, Activation& value,
                                             const Slicing& slicing)
{
    if (slicing.size == value.dims && std::ranges::all_of(slicing.step, [](int64_t s) { return s == 1; }))
        return value;
    model::Slice node;
    for (size_t i = 0; i != value.dims.size(); ++i)
    {
        if (slicing.size[i] < 1)
            return refuse("its result is empty");
        if (slicing.step[i] < 1 && slicing.size[i] > 1)
            return reversed(context, name, value, slicing, i);
        if (i < context.lead(value.dims))
        {
            if (slicing.size[i] != value.dims[i])
                return refuse("it cuts the batch");
            continue;
        }
        node.start.push_back(uint32_t(slicing.start[i]));
        // A single position needs no step.
        node.step.push_back(slicing.size[i] == 1 ? 1 : uint32_t(slicing.step[i]));
    }
    if (node.start.size() != context.graph().tensors[value.tensor].shape.size())
        return refuse("it cuts the batch");
    // A merged leading dimension cannot be cut: its parts would not be whole records.
    if (context.batch() > 1 && !context.has_batch(value.dims) && slicing.size[0] != value.dims[0])
        return refuse("it cuts the batch");
    // A slice keeps an elementwise function for later. Its own shape keeps the rank, whatever becomes of the batch.
    Shape natural;
    for (size_t i = context.lead(value.dims); i != value.dims.size(); ++i)
        natural.push_back(uint32_t(slicing.size[i]));
    node.input = value.tensor;
    node.output = context.new_tensor(name, natural);
    context.graph().nodes.push_back(node);
    Activation result{node.output, {}, slicing.size};
    if (context.shape_of(slicing.size) != natural)
    {
        auto reshaped = context.reshape(result, name, slicing.size);
        if (!reshaped)
            return reshaped;
        result = *reshaped;
    }
    result.function = value.function;
    return result;
}

std::expected<Activation, std::string> join(Context& context, const std::string& name, std::vector<Activation> parts,
                                            int64_t axis)
{
    Dims dims = parts.at(0).dims;
    const auto normal = normal_axis(axis, dims.size());
    const auto in_graph = context.axis_of(dims, axis);
    if (!normal || !in_graph)
        return refuse("it joins records of a batch");
    model::Concat node{.inputs = {}, .axis = *in_graph, .output = 0};
    dims[*normal] = 0;
    for (auto& part : parts)
    {
        if (part.dims.size() != dims.size())
            return refuse("its inputs differ in rank");
        for (size_t i = 0; i != dims.size(); ++i)
            if (i != *normal && part.dims[i] != dims[i])
                return refuse("its inputs differ in shape");
        dims[*normal] += part.dims[*normal];
        node.inputs.push_back(context.materialise(part, name));
    }
    if (parts.size() == 1)
        return parts[0];
    return context.add(std::move(node), name, dims);
}

const std::map<std::string_view, Handler>& select_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"Concat", concat},
        {"Slice", slice_operator},
        {"Split", split},
        {"Pad", pad},
        {"Gather", gather},
        {"ai.onnx.ml.ArrayFeatureExtractor", gather},
        {"ai.onnx.ml.FeatureVectorizer", concat},
    };
    return table;
}

} // namespace onnx::detail
