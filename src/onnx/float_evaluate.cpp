#include "onnx/float_evaluate.hpp"

#include "base/invariant.hpp"
#include "model/shape.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace onnx {
namespace {

using Values = std::span<const float>;

/// What one linear node's terms add into.
struct Sum
{
    const FloatGraph& graph;
    const FloatValues& values;
    const Shape& shape;
    std::span<float> out;

    Values input(TensorId id) const { return values[id]; }
    const Shape& input_shape(TensorId id) const { return graph.tensors[id].shape; }
};

/// The positions p in [0, count) with 0 ≤ p·stride + shift < size: [first, last).
struct Positions
{
    int64_t first, last;
};

Positions inside(int64_t count, int64_t stride, int64_t shift, int64_t size)
{
    const auto ceil_div = [](int64_t a, int64_t b) { return a <= 0 ? 0 : (a + b - 1) / b; };
    return {std::min(count, ceil_div(-shift, stride)), std::min(count, ceil_div(size - shift, stride))};
}

float dot(const float* a, const float* b, size_t size)
{
    constexpr size_t kLanes = 16; // independent sums, so that the compiler may use vectors
    std::array<float, kLanes> sums{};
    size_t i = 0;
    for (; i + kLanes <= size; i += kLanes)
        for (size_t lane = 0; lane != kLanes; ++lane)
            sums[lane] += a[i + lane] * b[i + lane];
    float total = 0;
    for (const auto sum : sums)
        total += sum;
    for (; i != size; ++i)
        total += a[i] * b[i];
    return total;
}

/// plane_out[p, r] += w · plane_in[p·stride + shift, …] for one kernel position.
void add_plane(const float* in, model::Chw from, float* out, model::Chw to, float w, std::array<int64_t, 2> stride,
               std::array<int64_t, 2> shift)
{
    const auto rows = inside(to.h, stride[0], shift[0], from.h);
    const auto cols = inside(to.w, stride[1], shift[1], from.w);
    for (auto row = rows.first; row < rows.last; ++row)
    {
        const float* source = in + (row * stride[0] + shift[0]) * from.w + shift[1];
        float* target = out + row * to.w;
        if (stride[1] == 1)
            for (auto col = cols.first; col < cols.last; ++col)
                target[col] += w * source[col];
        else
            for (auto col = cols.first; col < cols.last; ++col)
                target[col] += w * source[col * stride[1]];
    }
}

void add(const Sum& sum, const model::Conv& conv)
{
    const auto& weight = sum.graph.weights[conv.weight];
    const auto from = *model::as_chw(sum.input_shape(conv.input)), to = *model::as_chw(sum.shape);
    const uint32_t taps_c = weight.shape[1], kh = weight.shape[2], kw = weight.shape[3];
    const float* w = weight.values.data();
    for (uint32_t o = 0; o != to.c; ++o)
        for (uint32_t c = 0; c != taps_c; ++c)
        {
            const auto channel = o / (to.c / conv.groups) * taps_c + c;
            const float* in = sum.input(conv.input).data() + size_t(channel) * from.h * from.w;
            float* out = sum.out.data() + size_t(o) * to.h * to.w;
            for (uint32_t y = 0; y != kh; ++y)
                for (uint32_t x = 0; x != kw; ++x)
                    add_plane(
                        in, from, out, to, *w++, {conv.stride[0], conv.stride[1]},
                        {int64_t(y) * conv.dilation[0] - conv.pad[0], int64_t(x) * conv.dilation[1] - conv.pad[1]});
        }
}

void add(const Sum& sum, const model::Dense& dense)
{
    const auto& weight = sum.graph.weights[dense.weight];
    const size_t rows = weight.shape[0], taps = weight.shape[1];
    const auto input = sum.input(dense.input);
    for (size_t token = 0; token != input.size() / taps; ++token)
        for (size_t n = 0; n != rows; ++n)
            sum.out[token * rows + n] += dot(input.data() + token * taps, weight.values.data() + n * taps, taps);
}

/// Elements that follow one index of the axis: index of element i along it is i / inner % size.
size_t inner_size(const Shape& shape, uint32_t axis)
{
    size_t inner = 1;
    for (size_t d = axis + 1; d < shape.size(); ++d)
        inner *= shape[d];
    return inner;
}

void add(const Sum& sum, const FloatScale& scale, uint32_t axis)
{
    const auto input = sum.input(scale.input);
    const auto inner = inner_size(sum.shape, axis);
    for (size_t i = 0; i != input.size(); ++i)
        sum.out[i] += float(scale.factor[i / inner % scale.factor.size()] * double(input[i]));
}

void add(const Sum& sum, const FloatWindow& window)
{
    const auto from = *model::as_chw(sum.input_shape(window.input)), to = *model::as_chw(sum.shape);
    std::vector<float> plane(size_t(to.h) * to.w);
    for (uint32_t c = 0; c != to.c; ++c)
    {
        std::ranges::fill(plane, 0.0F);
        for (uint32_t y = 0; y != window.kernel[0]; ++y)
            for (uint32_t x = 0; x != window.kernel[1]; ++x)
                add_plane(sum.input(window.input).data() + size_t(c) * from.h * from.w, from, plane.data(), to, 1,
                          {window.stride[0], window.stride[1]},
                          {int64_t(y) - window.pad[0], int64_t(x) - window.pad[1]});
        for (uint32_t h = 0; h != to.h; ++h)
            for (uint32_t w = 0; w != to.w; ++w)
                sum.out[(size_t(c) * to.h + h) * to.w + w] +=
                    float(window.row[h] * window.col[w] * double(plane[size_t(h) * to.w + w]));
    }
}

void run(const FloatGraph& graph, const model::MaxPool& pool, FloatValues& values)
{
    const auto from = *model::as_chw(graph.tensors[pool.input].shape);
    const auto to = *model::as_chw(graph.tensors[pool.output].shape);
    std::vector<float> out(size_t(to.c) * to.h * to.w, -std::numeric_limits<float>::infinity());
    for (uint32_t c = 0; c != to.c; ++c)
        for (uint32_t h = 0; h != to.h; ++h)
            for (uint32_t w = 0; w != to.w; ++w)
                for (uint32_t y = 0; y != pool.kernel[0]; ++y)
                    for (uint32_t x = 0; x != pool.kernel[1]; ++x)
                    {
                        const auto row = int64_t(h) * pool.stride[0] + y - pool.pad[0];
                        const auto col = int64_t(w) * pool.stride[1] + x - pool.pad[1];
                        if (row < 0 || row >= from.h || col < 0 || col >= from.w)
                            continue;
                        auto& best = out[(size_t(c) * to.h + h) * to.w + w];
                        best = std::max(best,
                                        values[pool.input][(size_t(c) * from.h + size_t(row)) * from.w + size_t(col)]);
                    }
    values[pool.output] = std::move(out);
}

void run(const FloatGraph& graph, const model::Concat& concat, FloatValues& values)
{
    const auto& shape = graph.tensors[concat.output].shape;
    const auto inner = inner_size(shape, concat.axis);
    const auto outer = elements(shape) / inner / shape[concat.axis];
    std::vector<float> out;
    out.reserve(elements(shape));
    for (size_t o = 0; o != outer; ++o)
        for (const auto input : concat.inputs)
        {
            const auto block = graph.tensors[input].shape[concat.axis] * inner;
            const auto begin = values[input].begin() + std::ptrdiff_t(o * block);
            out.insert(out.end(), begin, begin + std::ptrdiff_t(block));
        }
    values[concat.output] = std::move(out);
}

/// out[i] = in[base + Σ i_d·stride_d] over all positions i of `shape`.
std::vector<float> gather(Values in, const Shape& shape, size_t base, const std::vector<size_t>& strides)
{
    std::vector<float> out(elements(shape));
    std::vector<uint32_t> position(shape.size());
    size_t at = base;
    for (auto& value : out)
    {
        value = in[at];
        for (size_t d = shape.size(); d-- > 0;)
        {
            at += strides[d];
            if (++position[d] != shape[d])
                break;
            at -= strides[d] * shape[d];
            position[d] = 0;
        }
    }
    return out;
}

void run(const FloatGraph& graph, const model::Slice& slice, FloatValues& values)
{
    const auto& from = graph.tensors[slice.input].shape;
    std::vector<size_t> strides(from.size());
    size_t base = 0;
    for (uint32_t d = 0; d != from.size(); ++d)
    {
        const auto inner = inner_size(from, d);
        base += slice.start[d] * inner;
        strides[d] = slice.step[d] * inner;
    }
    values[slice.output] = gather(values[slice.input], graph.tensors[slice.output].shape, base, strides);
}

void run(const FloatGraph& graph, const model::Transpose& transpose, FloatValues& values)
{
    const auto& from = graph.tensors[transpose.input].shape;
    std::vector<size_t> strides;
    for (const auto d : transpose.perm)
        strides.push_back(inner_size(from, d));
    values[transpose.output] = gather(values[transpose.input], graph.tensors[transpose.output].shape, 0, strides);
}

void run(const FloatGraph&, const model::Reshape& reshape, FloatValues& values)
{
    values[reshape.output] = values[reshape.input];
}

void run(const FloatGraph& graph, const FloatPad& pad, FloatValues& values)
{
    const auto &from = graph.tensors[pad.input].shape, &to = graph.tensors[pad.output].shape;
    std::vector<float> out(elements(to), float(pad.value));
    std::vector<uint32_t> position(from.size());
    for (const auto value : values[pad.input])
    {
        size_t at = 0;
        for (size_t d = 0; d != from.size(); ++d)
            at = at * to[d] + position[d] + pad.begin[d];
        out[at] = value;
        for (size_t d = from.size(); d-- > 0;)
        {
            if (++position[d] != from[d])
                break;
            position[d] = 0;
        }
    }
    values[pad.output] = std::move(out);
}

} // namespace

std::vector<float> linear_sums(const FloatGraph& graph, const FloatLinear& node, const FloatValues& values)
{
    const auto& shape = graph.tensors[node.output].shape;
    std::vector<float> out(elements(shape));
    const Sum sum{graph, values, shape, out};
    for (const auto& term : node.terms)
        std::visit(
            [&](const auto& kind) {
                if constexpr (requires { kind.factor; })
                    add(sum, kind, node.channel_axis);
                else
                    add(sum, kind);
            },
            term);
    const auto inner = inner_size(shape, node.channel_axis);
    for (size_t i = 0; !node.bias.empty() && i != out.size(); ++i)
        out[i] += float(node.bias[i / inner % node.bias.size()]);
    return out;
}

void run_view(const FloatGraph& graph, const FloatNode& node, FloatValues& values)
{
    std::visit(
        [&](const auto& kind) {
            if constexpr (!requires { kind.terms; })
                run(graph, kind, values);
        },
        node);
}

FloatValues evaluate(const FloatGraph& graph, std::span<const float> input, const Observer& observer)
{
    base::invariant(input.size() == elements(graph.tensors[graph.input].shape));
    FloatValues values(graph.tensors.size());
    values[graph.input].assign(input.begin(), input.end());
    for (size_t i = 0; i != graph.nodes.size(); ++i)
    {
        const auto* linear = std::get_if<FloatLinear>(&graph.nodes[i]);
        if (!linear)
        {
            run_view(graph, graph.nodes[i], values);
            continue;
        }
        auto out = linear_sums(graph, *linear, values);
        if (observer)
            observer(i, out);
        if (!linear->activation.is_identity())
            for (auto& value : out)
                value = float(linear->activation(double(value)));
        values[linear->output] = std::move(out);
    }
    return values;
}

} // namespace onnx
