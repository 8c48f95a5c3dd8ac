// Constant operators that move, repeat or select elements.
#include "onnx/fold_call.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace onnx {
namespace {

using namespace detail;

Array with_dims(const Array& array, Dims dims)
{
    Array result = array;
    result.dims = std::move(dims);
    return result;
}

// ---- shapes ----

Folded shape(const Call& call)
{
    const auto rank = int64_t(call.first().dims.size());
    const auto clamp = [&](int64_t at) { return std::clamp(at < 0 ? at + rank : at, int64_t{0}, rank); };
    const auto start = clamp(call.op.integer("start", 0)), end = clamp(call.op.integer("end", rank));
    Dims part;
    for (auto i = start; i < end; ++i)
        part.push_back(call.first().dims[size_t(i)]);
    return one(Array::of_integers({int64_t(part.size())}, part));
}

Folded reshape(const Call& call)
{
    const Array attribute = Array::of_integers({}, call.op.integers("shape"));
    const auto* target = call.input(1) ? call.input(1) : &attribute;
    auto dims = reshaped(call.first().dims, *target, call.op.integer("allowzero", 0) != 0);
    if (!dims)
        return refuse(dims.error());
    return one(with_dims(call.first(), std::move(*dims)));
}

Folded flatten(const Call& call)
{
    const auto& dims = call.first().dims;
    const auto axis = call.op.integer("axis", 1);
    const auto rank = int64_t(dims.size());
    if (axis < -rank || axis > rank)
        return refuse("axis out of range");
    const auto split = dims.begin() + (axis < 0 ? axis + rank : axis);
    const auto outer = std::accumulate(dims.begin(), split, int64_t{1}, std::multiplies{});
    const auto inner = std::accumulate(split, dims.end(), int64_t{1}, std::multiplies{});
    return one(with_dims(call.first(), {outer, inner}));
}

Folded squeeze(const Call& call)
{
    const auto axes = axes_of(call.op, call.input(1), call.first().dims.size());
    if (!axes)
        return refuse(axes.error());
    auto dims = squeezed(call.first().dims, *axes);
    if (count(dims) != int64_t(call.first().size()))
        return refuse("a squeezed dimension is not 1");
    return one(with_dims(call.first(), std::move(dims)));
}

Folded unsqueeze(const Call& call)
{
    const auto given = call.input(1) ? call.input(1)->integers.size() : call.op.integers("axes").size();
    const auto axes = axes_of(call.op, call.input(1), call.first().dims.size() + given);
    if (!axes || call.first().dims.size() + given > kRankMax)
        return refuse(axes ? "more than 8 dimensions" : axes.error());
    return one(with_dims(call.first(), unsqueezed(call.first().dims, *axes)));
}

Folded transpose(const Call& call)
{
    const auto perm = permutation_of(call.op, call.first().dims.size());
    if (!perm)
        return refuse(perm.error());
    return one(transposed(call.first(), *perm));
}

Folded expand(const Call& call)
{
    if (!call.input(1))
        return refuse("the shape is missing");
    const auto target = broadcast(call.first().dims, call.input(1)->integers);
    if (!target || target->size() > kRankMax || !count(*target, kFoldedMax))
        return refuse("the shapes do not broadcast, or to more than 2^26 elements");
    return one(expanded(call.first(), *target));
}

Folded constant_of_shape(const Call& call)
{
    const auto size = call.first().dims.size() <= 1 && call.first().size() <= kRankMax
                          ? count(call.first().integers, kFoldedMax)
                          : std::nullopt;
    if (!size)
        return refuse("the shape is too large");
    const auto* value = call.op.array("value");
    Array result = value ? like(*value, call.first().integers) : Array::of_reals(call.first().integers, {});
    if (value && value->size() != 1)
        return refuse("the value is not one element");
    for (int64_t i = 0; i != *size; ++i)
        value ? push(result, *value, 0) : result.reals.push_back(0);
    return one(std::move(result));
}

// ---- selection ----

Folded gather(const Call& call)
{
    const auto& data = call.first();
    const auto* indices = call.input(1);
    const auto axis = normal_axis(call.op.integer("axis", 0), data.dims.size());
    if (!indices || !axis)
        return refuse("axis out of range");
    Dims dims(data.dims.begin(), data.dims.begin() + std::ptrdiff_t(*axis));
    dims.insert(dims.end(), indices->dims.begin(), indices->dims.end());
    dims.insert(dims.end(), data.dims.begin() + std::ptrdiff_t(*axis) + 1, data.dims.end());
    const auto inner = size_t(strides_of(data.dims)[*axis]);
    const auto size = data.dims[*axis];
    if (data.size() == 0)
        return refuse("it gathers from nothing");
    if (!count(dims, kFoldedMax) || dims.size() > kRankMax)
        return refuse("the result is too large");

    Array result = like(data, dims);
    for (size_t outer = 0; outer != data.size() / inner / size_t(size); ++outer)
        for (size_t i = 0; i != indices->size(); ++i)
        {
            const auto given = int64_t(indices->at(i));
            const auto index = given < 0 ? given + size : given;
            if (index < 0 || index >= size)
                return refuse("an index is out of range");
            for (size_t j = 0; j != inner; ++j)
                push(result, data, (outer * size_t(size) + size_t(index)) * inner + j);
        }
    return one(std::move(result));
}

Folded concat(const Call& call)
{
    const auto axis = normal_axis(call.op.integer("axis", 1), call.first().dims.size());
    if (!axis)
        return refuse("axis out of range");
    Dims dims = call.first().dims;
    dims[*axis] = 0;
    for (const auto* part : call.inputs)
    {
        if (!part || part->kind != call.first().kind || part->dims.size() != dims.size())
            return refuse("the inputs differ in kind or rank");
        for (size_t d = 0; d != dims.size(); ++d)
            if (d != *axis && part->dims[d] != dims[d])
                return refuse("the inputs differ in shape");
        dims[*axis] += part->dims[*axis];
    }
    if (!count(dims, kFoldedMax))
        return refuse("the result is too large");
    const auto outer =
        std::accumulate(dims.begin(), dims.begin() + std::ptrdiff_t(*axis), int64_t{1}, std::multiplies{});
    Array result = like(call.first(), dims);
    for (int64_t o = 0; o != outer; ++o)
        for (const auto* part : call.inputs)
        {
            const auto block = part->size() / size_t(outer);
            for (size_t i = 0; i != block; ++i)
                push(result, *part, size_t(o) * block + i);
        }
    return one(std::move(result));
}

Folded slice(const Call& call)
{
    const auto slicing = slicing_of(call.op, call.first().dims, call.inputs);
    if (!slicing)
        return refuse(slicing.error());
    return one(sliced(call.first(), *slicing));
}

Folded split(const Call& call)
{
    const auto axis = normal_axis(call.op.integer("axis", 0), call.first().dims.size());
    if (!axis)
        return refuse("axis out of range");
    const auto lengths = split_of(call.op, call.first().dims[*axis], call.input(1));
    if (!lengths)
        return refuse(lengths.error());
    std::vector<Array> parts;
    int64_t start = 0;
    for (const auto length : *lengths)
    {
        Slicing slicing{Dims(call.first().dims.size(), 0), Dims(call.first().dims.size(), 1), call.first().dims};
        slicing.start[*axis] = std::exchange(start, start + length);
        slicing.size[*axis] = length;
        parts.push_back(sliced(call.first(), slicing));
    }
    return parts;
}

Folded where(const Call& call)
{
    if (call.inputs.size() != 3 || !call.input(1) || !call.input(2) || call.input(1)->kind != call.input(2)->kind)
        return refuse("needs three inputs of matching kinds");
    const auto sides = broadcast(call.input(1)->dims, call.input(2)->dims);
    const auto dims = sides ? broadcast(call.first().dims, *sides) : std::nullopt;
    if (!dims || !count(*dims, kFoldedMax))
        return refuse("the shapes do not broadcast, or to more than 2^26 elements");
    const auto test = expanded(call.first(), *dims);
    const auto yes = expanded(*call.input(1), *dims), no = expanded(*call.input(2), *dims);
    Array result = like(yes, *dims);
    for (size_t i = 0; i != test.size(); ++i)
        push(result, test.at(i) != 0 ? yes : no, i);
    return one(std::move(result));
}

Folded size_of(const Call& call) { return one(Array::of_integers({}, {int64_t(call.first().size())})); }

} // namespace

const std::map<std::string_view, Folder>& detail::layout_folders()
{
    static const std::map<std::string_view, Folder> table{
        {"Shape", shape},         {"Size", size_of},
        {"Reshape", reshape},     {"Flatten", flatten},
        {"Squeeze", squeeze},     {"Unsqueeze", unsqueeze},
        {"Transpose", transpose}, {"Expand", expand},
        {"Gather", gather},       {"Concat", concat},
        {"Slice", slice},         {"Split", split},
        {"Where", where},         {"ConstantOfShape", constant_of_shape},
    };
    return table;
}

Array sliced(const Array& array, const Slicing& slicing)
{
    Array result = like(array, slicing.size);
    const auto total = count(slicing.size);
    base::invariant(total.has_value());
    const auto strides = strides_of(array.dims);
    Dims position(array.dims.size(), 0);
    int64_t at = 0;
    for (size_t d = 0; d != position.size(); ++d)
        at += slicing.start[d] * strides[d];
    for (int64_t n = 0; n != *total; ++n)
    {
        push(result, array, size_t(at));
        for (size_t d = position.size(); d-- > 0;)
        {
            at += slicing.step[d] * strides[d];
            if (++position[d] != slicing.size[d])
                break;
            at -= slicing.step[d] * strides[d] * slicing.size[d];
            position[d] = 0;
        }
    }
    return result;
}

Array transposed(const Array& array, const std::vector<size_t>& perm)
{
    Dims dims;
    Dims strides;
    const auto from = strides_of(array.dims);
    for (const auto d : perm)
    {
        dims.push_back(array.dims[d]);
        strides.push_back(from[d]);
    }
    Array result = like(array, dims);
    Dims position(dims.size(), 0);
    int64_t at = 0;
    for (size_t n = 0; n != array.size(); ++n)
    {
        push(result, array, size_t(at));
        for (size_t d = dims.size(); d-- > 0;)
        {
            at += strides[d];
            if (++position[d] != dims[d])
                break;
            at -= strides[d] * dims[d];
            position[d] = 0;
        }
    }
    return result;
}

} // namespace onnx
