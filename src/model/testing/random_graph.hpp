#pragma once

#include "base/invariant.hpp"
#include "model/interval.hpp"
#include "model/shape.hpp"
#include "model/testing/random_options.hpp"
#include "model/testing/rng.hpp"
#include "model/validate.hpp"

#include <algorithm>
#include <vector>

/// Test support: small models that are valid, meet R1 to R3, and hold every kind of node and term.
namespace model::testing {

/// Builds one model; random_model() below is the way in.
class RandomGraph
{
public:
    RandomGraph(uint64_t seed, const RandomOptions& options) : rng_(seed), options_(options) {}

    Model build()
    {
        graph().input = add_tensor(random_shape(), narrow_range(), scale());
        for (size_t step = 0; step != options_.nodes; ++step)
            add(rng_.pick(options_.kinds), uint32_t(rng_.between(0, int64_t(graph().tensors.size()) - 1)));
        graph().output = add_dense(uint32_t(graph().tensors.size() - 1), options_.wide_output && rng_.one_in(2));

        const auto features = rng_.one_in(2) ? shape(graph().input)[0] : 1;
        for (uint32_t i = 0; i != features; ++i)
        {
            graph().encoding.scale.push_back(scale());
            graph().encoding.offset.push_back(double(rng_.between(-8, 8)) / 4);
        }
        base::invariant(validate(graph(), model_.weights).has_value());
        base::invariant(check_declared(graph()).has_value());
        base::invariant(check_actual(model_).has_value());
        return std::move(model_);
    }

private:
    using Shape = std::vector<uint32_t>;

    Graph& graph() { return model_.graph; }
    const Shape& shape(TensorId id) { return graph().tensors[id].shape; }
    uint32_t size(int64_t lo, int64_t hi) { return uint32_t(rng_.between(lo, hi)); }
    double scale() { return 1.0 / double(rng_.between(1, 64)); }

    Shape random_shape()
    {
        for (;;)
        {
            Shape result(size_t(rng_.one_in(8) ? 4 : rng_.between(1, 3)));
            for (auto& dimension : result)
                dimension = size(1, 8);
            if (elements(result) <= options_.elements_max)
                return result;
        }
    }

    Range narrow_range()
    {
        switch (rng_.between(0, 3))
        {
        case 0:
            return {0, 255};
        case 1:
            return {-128, 127};
        case 2:
            return {-rng_.between(0, 20), rng_.between(0, 20)};
        default:
            const auto lo = options_.ranges_without_zero ? rng_.between(-30, 30) : 0;
            return {lo, lo + rng_.between(0, 40)};
        }
    }

    TensorId add_tensor(Shape shape, Range range, double scale)
    {
        const auto id = TensorId(graph().tensors.size());
        graph().tensors.push_back({"t" + std::to_string(id), std::move(shape), range, scale});
        return id;
    }

    WeightId add_weight(Shape shape)
    {
        graph().weights.push_back({std::move(shape), {}});
        model_.weights.weights.emplace_back();
        return WeightId(graph().weights.size() - 1);
    }

    template <typename T>
    void fill(WeightSpec& spec, std::vector<T>& values, int64_t limit)
    {
        spec.range = {-rng_.between(0, limit), rng_.between(0, limit)};
        values.resize(elements(spec.shape));
        for (auto& value : values)
            value = T(rng_.between(spec.range.lo, spec.range.hi));
    }

    /// Adds the step if it fits the tensor; nothing otherwise.
    void add(Kind kind, TensorId from)
    {
        const auto spatial = as_chw(shape(from));
        switch (kind)
        {
        case Kind::conv:
            return spatial ? add_conv(from, *spatial, false, false) : void();
        case Kind::depthwise:
            return spatial ? add_conv(from, *spatial, true, false) : void();
        case Kind::mixed:
            return spatial ? add_conv(from, *spatial, false, true) : void();
        case Kind::dense:
            return void(add_dense(from, false));
        case Kind::scale:
            return add_scale(from);
        case Kind::window:
            return spatial ? add_window(from, *spatial) : void();
        case Kind::max_pool:
            return spatial ? add_max_pool(from, *spatial) : void();
        case Kind::concat:
            return add_concat(from);
        case Kind::slice:
            return add_slice(from);
        case Kind::transpose:
            return add_transpose(from);
        case Kind::reshape:
            return add_reshape(from);
        case Kind::pad:
            return add_pad(from);
        }
    }

    // ---- linear nodes ----

    /// A shape that reads as (c, h, w), of any rank that can.
    Shape spatial_shape(Chw to)
    {
        if (to.h == 1 && to.w == 1 && rng_.one_in(2))
            return {to.c};
        return to.h == 1 && rng_.one_in(2) ? Shape{to.c, to.w} : Shape{to.c, to.h, to.w};
    }

    /// Mostly what the usual formula yields, at times more or fewer positions: padding at the end is implicit.
    uint32_t positions(uint32_t in, uint32_t kernel, uint32_t stride, uint32_t pad)
    {
        const auto free = int64_t(in) + 2 * int64_t(pad) - kernel;
        return free < 0 || rng_.one_in(4) ? size(1, in + 1) : uint32_t(free / stride + 1);
    }

    void add_conv(TensorId from, Chw in, bool depthwise, bool mixed)
    {
        Conv conv{.input = from};
        Chw out{};
        const std::array kernel{in.h == 1 ? size(1, 2) : size(1, 3), in.w == 1 ? size(1, 2) : size(1, 3)};
        for (size_t d = 0; d != 2; ++d)
        {
            conv.stride[d] = size(1, 2);
            conv.dilation[d] = size(1, 2);
            conv.pad[d] = rng_.one_in(2) ? 0 : size(0, kernel[d]);
            const auto reach = (kernel[d] - 1) * conv.dilation[d] + 1;
            (d == 0 ? out.h : out.w) = positions(d == 0 ? in.h : in.w, reach, conv.stride[d], conv.pad[d]);
        }
        conv.groups = in.c;
        while (!depthwise && (in.c % conv.groups != 0 || rng_.one_in(2)))
            conv.groups = size(1, in.c);
        out.c = conv.groups * size(1, depthwise ? 2 : 3);

        auto to = spatial_shape(out);
        if (elements(to) > options_.elements_max)
            return;
        conv.weight = add_weight({out.c, in.c / conv.groups, kernel[0], kernel[1]});
        std::vector<Term> terms{conv};
        if (mixed)
            for (TensorId id = 0; id != graph().tensors.size() && terms.size() < 3; ++id)
                if (shape(id) == to)
                    terms.push_back(Scale{.input = id, .multiplier = int32_t(rng_.between(-9, 9))});
        add_linear(std::move(terms), std::move(to), 0, false);
    }

    TensorId add_dense(TensorId from, bool wide)
    {
        const auto in = shape(from);
        const auto tokens = size(0, int64_t(in.size()) - 1);
        Shape to(in.begin(), in.begin() + tokens);
        const auto kept = elements(to);
        to.push_back(size(1, std::max<int64_t>(1, std::min<int64_t>(8, int64_t(options_.elements_max / kept)))));
        const auto weight = add_weight({to.back(), uint32_t(elements(in) / kept)});
        return add_linear({Dense{.input = from, .weight = weight, .tokens = tokens}}, to, tokens, wide);
    }

    void add_scale(TensorId from)
    {
        std::vector<Term> terms{Scale{.input = from, .multiplier = int32_t(rng_.between(-20, 20))}};
        for (TensorId id = 0; id != graph().tensors.size() && terms.size() < 3; ++id)
            if (shape(id) == shape(from))
                terms.push_back(Scale{.input = id, .multiplier = int32_t(rng_.between(-20, 20))});
        const auto to = shape(from);
        add_linear(std::move(terms), to, size(0, int64_t(to.size()) - 1), false);
    }

    void add_window(TensorId from, Chw in)
    {
        Window window{.input = from};
        Chw out{.c = in.c};
        for (size_t d = 0; d != 2; ++d)
        {
            window.kernel[d] = size(1, 3);
            window.stride[d] = size(1, 2);
            window.pad[d] = size(0, window.kernel[d] - 1);
            (d == 0 ? out.h : out.w) =
                positions(d == 0 ? in.h : in.w, window.kernel[d], window.stride[d], window.pad[d]);
        }
        for (uint32_t y = 0; y != out.h; ++y)
            window.row.push_back(int32_t(rng_.between(-5, 5)));
        for (uint32_t x = 0; x != out.w; ++x)
            window.col.push_back(int32_t(rng_.between(-5, 5)));
        auto to = spatial_shape(out);
        if (elements(to) <= options_.elements_max)
            add_linear({std::move(window)}, std::move(to), 0, false);
    }

    /// Chooses bias, shifts, weights and table for the terms. Smaller weights are tried until R2 fits a small table.
    TensorId add_linear(std::vector<Term> terms, Shape to, uint32_t channel_axis, bool wide)
    {
        const auto channels = to[channel_axis];
        const auto range = wide ? Range{INT16_MIN, INT16_MAX} : narrow_range();
        Linear node{.terms = std::move(terms), .channel_axis = channel_axis};
        if (!rng_.one_in(4))
        {
            node.bias = BiasId(graph().biases.size());
            graph().biases.push_back({{channels}, {}});
            model_.weights.biases.emplace_back();
        }
        node.shifts.resize(rng_.one_in(2) ? channels : 1);
        for (auto& shift : node.shifts)
            shift = uint8_t(rng_.between(1, options_.shift_max));
        node.output = add_tensor(std::move(to), range, scale());

        for (int64_t limit = rng_.one_in(2) ? 500 : 20;; limit = limit / 2)
        {
            fill_parameters(node, limit);
            const auto domain = table_domain(node, actual_accumulators(model_, node));
            if (domain.hi - domain.lo < options_.table_max || limit == 0)
            {
                node.table = random_table(domain, range);
                break;
            }
            for (auto& shift : node.shifts)
                shift = std::min<uint8_t>(uint8_t(shift + 1), options_.shift_max);
        }
        graph().nodes.push_back(node);
        return node.output;
    }

    void fill_parameters(const Linear& node, int64_t limit)
    {
        for (const auto& term : node.terms)
            if (const auto* conv = std::get_if<Conv>(&term))
                fill(graph().weights[conv->weight], model_.weights.weights[conv->weight], limit);
            else if (const auto* dense = std::get_if<Dense>(&term))
                fill(graph().weights[dense->weight], model_.weights.weights[dense->weight], limit);
        if (node.bias)
            fill(graph().biases[*node.bias], model_.weights.biases[*node.bias], limit * 64);
    }

    /// A saturating line, or noise; at times wider than it must be.
    Table random_table(Range domain, Range range)
    {
        Table table{.lo = int32_t(domain.lo - rng_.between(0, 2))};
        const bool noise = rng_.one_in(2);
        for (auto q = int64_t(table.lo); q <= domain.hi; ++q)
            table.values.push_back(
                int16_t(noise ? rng_.between(range.lo, range.hi) : std::clamp(q, range.lo, range.hi)));
        return table;
    }

    // ---- nodes that pass codes through ----

    void add_max_pool(TensorId from, Chw in)
    {
        MaxPool pool{.input = from};
        Chw out{.c = in.c};
        for (size_t d = 0; d != 2; ++d)
        {
            const auto span = d == 0 ? in.h : in.w;
            pool.kernel[d] = size(1, 3);
            pool.stride[d] = size(1, 3);
            pool.pad[d] = size(0, pool.kernel[d] - 1);
            (d == 0 ? out.h : out.w) = size(1, (span + pool.pad[d] - 1) / pool.stride[d] + 1);
        }
        pass(pool, from, spatial_shape(out));
    }

    void add_concat(TensorId from)
    {
        Concat concat{.inputs = {from}, .axis = size(0, int64_t(shape(from).size()) - 1)};
        auto to = shape(from);
        for (TensorId id = 0; id != graph().tensors.size() && concat.inputs.size() != 4; ++id)
        {
            const auto &one = graph().tensors[id], &other = graph().tensors[from];
            auto fitting = one.shape;
            if (fitting.size() != to.size() || one.range != other.range || one.scale != other.scale)
                continue;
            fitting[concat.axis] = other.shape[concat.axis];
            if (fitting != other.shape)
                continue;
            concat.inputs.insert(concat.inputs.begin() + rng_.between(0, 1), id);
            to[concat.axis] += one.shape[concat.axis];
        }
        pass(concat, from, to);
    }

    void add_slice(TensorId from)
    {
        Slice slice{.input = from};
        Shape to;
        for (const auto in : shape(from))
        {
            slice.start.push_back(size(0, in - 1));
            slice.step.push_back(size(1, 3));
            to.push_back(size(1, (in - 1 - slice.start.back()) / slice.step.back() + 1));
        }
        pass(slice, from, to);
    }

    void add_transpose(TensorId from)
    {
        Transpose transpose{.input = from};
        Shape to;
        for (uint32_t d = 0; d != shape(from).size(); ++d)
            transpose.perm.insert(transpose.perm.begin() + rng_.between(0, d), d);
        for (const auto d : transpose.perm)
            to.push_back(shape(from)[d]);
        pass(transpose, from, to);
    }

    void add_reshape(TensorId from)
    {
        auto rest = elements(shape(from));
        Shape to;
        while (to.size() != 3 && !rng_.one_in(4))
        {
            auto factor = rest;
            while (rest % factor != 0 || rng_.one_in(3))
                factor = uint64_t(rng_.between(1, int64_t(rest)));
            to.push_back(uint32_t(factor));
            rest /= factor;
        }
        to.push_back(uint32_t(rest));
        pass(Reshape{.input = from}, from, to);
    }

    void add_pad(TensorId from)
    {
        const auto& range = graph().tensors[from].range;
        Pad pad{.input = from, .value = int32_t(rng_.between(range.lo, range.hi))};
        Shape to;
        for (const auto in : shape(from))
        {
            pad.begin.push_back(size(0, 1));
            to.push_back(in + pad.begin.back() + size(0, 1));
        }
        pass(pad, from, to);
    }

    template <typename T>
    void pass(T node, TensorId from, Shape to)
    {
        if (elements(to) > options_.elements_max)
            return;
        const auto range = graph().tensors[from].range;
        const auto scale = graph().tensors[from].scale;
        node.output = add_tensor(std::move(to), range, scale);
        graph().nodes.emplace_back(std::move(node));
    }

    Rng rng_;
    RandomOptions options_;
    Model model_;
};

/// A valid model that meets R1 to R3, determined by seed and options.
inline Model random_model(uint64_t seed, const RandomOptions& options = {})
{
    return RandomGraph(seed, options).build();
}

/// Codes within the input's range; with `extreme` only its two ends, which is where gadgets wrap if they do.
inline std::vector<int32_t> random_input(const Graph& graph, uint64_t seed, bool extreme = false)
{
    Rng rng(seed);
    const auto& tensor = graph.tensors[graph.input];
    std::vector<int32_t> codes(elements(tensor.shape));
    for (auto& code : codes)
        code = int32_t(extreme ? (rng.one_in(2) ? tensor.range.lo : tensor.range.hi)
                               : rng.between(tensor.range.lo, tensor.range.hi));
    return codes;
}

} // namespace model::testing
