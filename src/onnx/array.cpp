#include "onnx/array.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <cmath>

namespace onnx {

size_t Array::size() const
{
    switch (kind)
    {
    case Kind::real:
        return reals.size();
    case Kind::integer:
        return integers.size();
    case Kind::text:
        return texts.size();
    }
    base::invariant(false);
    return 0;
}

Array Array::of_reals(Dims dims, std::vector<float> values)
{
    Array array;
    array.dims = std::move(dims);
    array.reals = std::move(values);
    return array;
}

Array Array::of_integers(Dims dims, std::vector<int64_t> values)
{
    Array array;
    array.kind = Kind::integer;
    array.dims = std::move(dims);
    array.integers = std::move(values);
    return array;
}

std::optional<int64_t> count(std::span<const int64_t> dims, int64_t limit)
{
    int64_t product = 1;
    for (const auto dim : dims)
    {
        if (dim < 0 || dim > limit)
            return std::nullopt;
        product *= dim; // both at most 2²⁸
        if (product > limit)
            return std::nullopt;
    }
    return product;
}

Dims strides_of(std::span<const int64_t> dims)
{
    Dims strides(dims.size(), 1);
    for (size_t i = dims.size(); i-- > 1;)
        strides[i - 1] = strides[i] * dims[i];
    return strides;
}

std::optional<Dims> broadcast(const Dims& a, const Dims& b)
{
    Dims result(std::max(a.size(), b.size()), 1);
    for (size_t i = 0; i != result.size(); ++i)
    {
        const auto x = i < a.size() ? a[a.size() - 1 - i] : 1;
        const auto y = i < b.size() ? b[b.size() - 1 - i] : 1;
        if (x != y && x != 1 && y != 1)
            return std::nullopt;
        result[result.size() - 1 - i] = x == 1 ? y : x;
    }
    return result;
}

std::vector<size_t> broadcast_indices(const Dims& dims, const Dims& target)
{
    base::invariant(dims.size() <= target.size());
    const auto total = count(target);
    base::invariant(total.has_value());

    Dims padded(target.size() - dims.size(), 1);
    padded.insert(padded.end(), dims.begin(), dims.end());
    auto strides = strides_of(padded);
    for (size_t i = 0; i != padded.size(); ++i)
        if (padded[i] == 1)
            strides[i] = 0;

    std::vector<size_t> indices;
    indices.reserve(size_t(*total));
    Dims position(target.size(), 0);
    int64_t at = 0;
    for (int64_t n = 0; n != *total; ++n)
    {
        indices.push_back(size_t(at));
        for (size_t i = target.size(); i-- > 0;)
        {
            at += strides[i];
            if (++position[i] != target[i])
                break;
            at -= strides[i] * target[i];
            position[i] = 0;
        }
    }
    return indices;
}

Array like(const Array& array, Dims dims)
{
    Array result;
    result.kind = array.kind;
    result.dims = std::move(dims);
    return result;
}

void push(Array& to, const Array& from, size_t index)
{
    switch (from.kind)
    {
    case Kind::real:
        return to.reals.push_back(from.reals[index]);
    case Kind::integer:
        return to.integers.push_back(from.integers[index]);
    case Kind::text:
        return to.texts.push_back(from.texts[index]);
    }
}

void push_number(Array& to, double value)
{
    // Folded integers are shapes and indices; saturation keeps the conversion defined for damaged files.
    constexpr double kLimit = 9.2e18;
    if (to.kind == Kind::real)
        to.reals.push_back(float(value));
    else
        to.integers.push_back(std::isnan(value) ? 0 : int64_t(std::clamp(value, -kLimit, kLimit)));
}

Array expanded(const Array& array, const Dims& target)
{
    Array result = like(array, target);
    for (const auto index : broadcast_indices(array.dims, target))
        push(result, array, index);
    return result;
}

std::optional<size_t> normal_axis(int64_t axis, size_t rank)
{
    const auto limit = int64_t(rank);
    if (axis < -limit || axis >= limit)
        return std::nullopt;
    return size_t(axis < 0 ? axis + limit : axis);
}

bool is_finite(const Array& array)
{
    return std::ranges::all_of(array.reals, [](float x) { return std::isfinite(x); });
}

} // namespace onnx
