// Operator parameters that come as attributes in old opsets and as inputs in new ones.
#include "onnx/fold.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace onnx {
namespace {

const Array* input(Constants inputs, size_t i) { return i < inputs.size() ? inputs[i] : nullptr; }

/// The integers of an input, else of an attribute, else nothing.
std::vector<int64_t> list_of(const Operator& op, std::string_view key, const Array* array)
{
    return array ? array->integers : op.integers(key);
}

} // namespace

std::expected<std::vector<size_t>, std::string> axes_of(const Operator& op, const Array* axes, size_t rank)
{
    std::vector<size_t> result;
    auto given = list_of(op, "axes", axes);
    for (const auto axis : given)
    {
        const auto normal = normal_axis(axis, rank);
        if (!normal || contains(result, *normal))
            return std::unexpected("axis " + std::to_string(axis) + " is out of range or given twice");
        result.push_back(*normal);
    }
    std::ranges::sort(result);
    return result;
}

Dims squeezed(const Dims& dims, const std::vector<size_t>& axes)
{
    Dims result;
    for (size_t i = 0; i != dims.size(); ++i)
        if (axes.empty() ? dims[i] != 1 : !contains(axes, i))
            result.push_back(dims[i]);
    return result;
}

Dims unsqueezed(const Dims& dims, const std::vector<size_t>& axes)
{
    Dims result = dims;
    for (const auto axis : axes) // ascending, so each index is final
        result.insert(result.begin() + std::ptrdiff_t(std::min(axis, result.size())), 1);
    return result;
}

std::expected<Dims, std::string> reshaped(const Dims& from, const Array& target, bool allow_zero)
{
    const auto total = std::accumulate(from.begin(), from.end(), int64_t{1}, std::multiplies{});
    if (target.integers.size() > kRankMax)
        return std::unexpected("more than 8 dimensions");
    Dims result = target.integers;
    std::optional<size_t> open;
    int64_t known = 1;
    for (size_t i = 0; i != result.size(); ++i)
    {
        if (result[i] == 0 && !allow_zero)
        {
            if (i >= from.size())
                return std::unexpected("the target copies a dimension that is not there");
            result[i] = from[i];
        }
        if (result[i] == -1 && !open)
            open = i;
        else if (result[i] < 0 || result[i] > kElementsMax || known > kElementsMax)
            return std::unexpected("the target is not a shape");
        else
            known *= result[i];
    }
    if (open)
        result[*open] = known == 0 ? 0 : total / known;
    if (known * (open ? result[*open] : 1) != total)
        return std::unexpected("the target shape holds another number of elements than the input (a fixed batch?)");
    return result;
}

std::expected<Slicing, std::string> slicing_of(const Operator& op, const Dims& dims, Constants parameters)
{
    const auto starts = list_of(op, "starts", input(parameters, 1));
    const auto ends = list_of(op, "ends", input(parameters, 2));
    auto axes = list_of(op, "axes", input(parameters, 3));
    const auto steps = input(parameters, 4) ? input(parameters, 4)->integers : std::vector<int64_t>(starts.size(), 1);
    if (axes.empty())
    {
        axes.resize(starts.size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    if (starts.size() != ends.size() || starts.size() != axes.size() || starts.size() != steps.size())
        return std::unexpected("starts, ends, axes and steps differ in length");

    Slicing slicing{Dims(dims.size(), 0), Dims(dims.size(), 1), dims};
    for (size_t i = 0; i != starts.size(); ++i)
    {
        const auto axis = normal_axis(axes[i], dims.size());
        constexpr auto kStepMax = int64_t{1} << 32;
        if (!axis || steps[i] == 0 || steps[i] > kStepMax || steps[i] < -kStepMax)
            return std::unexpected("an axis is out of range or a step is 0");
        const auto size = dims[*axis];
        const auto step = steps[i];
        if (size == 0)
            continue; // nothing to cut, and no last position to clamp to
        const auto resolve = [&](int64_t at, int64_t lo, int64_t hi) {
            return std::clamp(at < 0 ? at + std::min(size, std::numeric_limits<int64_t>::max()) : at, lo, hi);
        };
        // Upwards from start to end − 1; downwards from start to end + 1 (NumPy's rules).
        const auto start = step > 0 ? resolve(starts[i], 0, size) : resolve(starts[i], 0, size - 1);
        const auto end = step > 0 ? resolve(ends[i], 0, size) : resolve(ends[i], -1, size - 1);
        const auto span = step > 0 ? end - start : start - end;
        const auto pace = step > 0 ? step : -step;
        slicing.start[*axis] = start;
        slicing.step[*axis] = step;
        slicing.size[*axis] = span <= 0 ? 0 : (span + pace - 1) / pace;
    }
    return slicing;
}

std::expected<Dims, std::string> split_of(const Operator& op, int64_t size, const Array* parts)
{
    Dims lengths = list_of(op, "split", parts);
    if (lengths.empty())
    {
        const auto outputs = std::max(int64_t{1}, op.integer("num_outputs", int64_t(op.outputs.size())));
        if (outputs > kElementsMax || outputs != int64_t(op.outputs.size()))
            return std::unexpected("num_outputs is not the number of outputs");
        const auto length = (size + outputs - 1) / outputs;
        for (int64_t left = size; left > 0; left -= length)
            lengths.push_back(std::min(length, left));
    }
    int64_t total = 0;
    for (const auto length : lengths)
    {
        if (length < 0 || length > size)
            return std::unexpected("a part is longer than the input");
        total += length;
    }
    if (total != size || lengths.size() != op.outputs.size())
        return std::unexpected("the parts do not add up to the input");
    return lengths;
}

std::expected<std::vector<size_t>, std::string> permutation_of(const Operator& op, size_t rank)
{
    const auto given = op.integers("perm");
    std::vector<size_t> perm;
    for (size_t i = 0; i != rank; ++i)
    {
        const auto axis = given.empty() ? int64_t(rank - 1 - i) : i < given.size() ? given[i] : -1;
        if (axis < 0 || size_t(axis) >= rank || contains(perm, size_t(axis)))
            return std::unexpected("perm is not a permutation of the dimensions");
        perm.push_back(size_t(axis));
    }
    return perm;
}

} // namespace onnx
