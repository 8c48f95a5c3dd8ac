#include "model/interval.hpp"

#include "model/shape.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>

namespace model {
namespace {

Range join(Range a, Range b) { return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)}; }
Range sum(Range a, Range b) { return {a.lo + b.lo, a.hi + b.hi}; }
Range times(int64_t n, Range a) { return n < 0 ? Range{n * a.hi, n * a.lo} : Range{n * a.lo, n * a.hi}; }
Range product(Range a, Range b) { return join(times(a.lo, b), times(a.hi, b)); }

/// Bounds of one term: `rows` has one entry for all of the output, or one by index of output dimension `axis`.
struct TermBounds
{
    std::vector<Range> rows;
    uint32_t axis = 0;
};

/// True if some window reads outside the input, in one direction: then taps also contribute 0.
bool leaves(uint32_t in, uint32_t out, uint32_t kernel, uint32_t stride, uint32_t pad, uint32_t dilation)
{
    const auto last = uint64_t(out - 1) * stride + uint64_t(kernel - 1) * dilation; // plus −pad
    return pad > 0 || last >= in;
}

/// The codes that a tap of the convolution may see.
Range tap_range(const Graph& graph, const Conv& term, TensorId out)
{
    const auto& input = graph.tensors[term.input];
    const auto from = *as_chw(input.shape), to = *as_chw(graph.tensors[out].shape);
    const auto& kernel = graph.weights[term.weight].shape;
    const bool clipped = leaves(from.h, to.h, kernel[2], term.stride[0], term.pad[0], term.dilation[0]) ||
                         leaves(from.w, to.w, kernel[3], term.stride[1], term.pad[1], term.dilation[1]);
    return clipped ? join(input.range, {0, 0}) : input.range;
}

Range tap_range(const Graph& graph, const Dense& term, TensorId) { return graph.tensors[term.input].range; }

uint32_t row_axis(const Conv&) { return 0; }
uint32_t row_axis(const Dense& term) { return term.tokens; }

/// K taps, each somewhere in the declared range of the weight.
template <typename T>
    requires requires(T t) { t.weight; }
TermBounds declared(const Graph& graph, const T& term, TensorId out)
{
    const auto& weight = graph.weights[term.weight];
    const auto taps = int64_t(elements(weight.shape) / weight.shape[0]);
    return {{times(taps, product(weight.range, tap_range(graph, term, out)))}, row_axis(term)};
}

TermBounds declared(const Graph& graph, const Scale& term, TensorId)
{
    return {{times(term.multiplier, graph.tensors[term.input].range)}};
}

/// The multipliers are public, so this is exact but for which position meets which window.
TermBounds declared(const Graph& graph, const Window& term, TensorId out)
{
    const auto& input = graph.tensors[term.input];
    const auto from = *as_chw(input.shape), to = *as_chw(graph.tensors[out].shape);
    const bool clipped = leaves(from.h, to.h, term.kernel[0], term.stride[0], term.pad[0], 1) ||
                         leaves(from.w, to.w, term.kernel[1], term.stride[1], term.pad[1], 1);
    const auto window = times(int64_t(term.kernel[0]) * term.kernel[1], input.range);
    const auto [row_lo, row_hi] = std::ranges::minmax(term.row);
    const auto [col_lo, col_hi] = std::ranges::minmax(term.col);
    return {{product(product({row_lo, row_hi}, {col_lo, col_hi}), clipped ? join(window, {0, 0}) : window)}};
}

/// Σ over the taps of a row of w·[lo, hi], with the real w.
template <typename T>
    requires requires(T t) { t.weight; }
TermBounds actual(const Model& model, const T& term, TensorId out)
{
    const auto& values = model.weights.weights[term.weight];
    const auto count = model.graph.weights[term.weight].shape[0];
    const auto taps = values.size() / count;
    const auto x = tap_range(model.graph, term, out);
    TermBounds bounds{{}, row_axis(term)};
    for (size_t row = 0; row != count; ++row)
    {
        int64_t positive = 0, negative = 0;
        for (const auto w : std::span(values).subspan(row * taps, taps))
        {
            positive += std::max<int32_t>(w, 0);
            negative += std::min<int32_t>(w, 0);
        }
        bounds.rows.push_back(sum(times(positive, x), times(negative, x)));
    }
    return bounds;
}

template <typename T>
TermBounds actual(const Model& model, const T& term, TensorId out)
{
    return declared(model.graph, term, out); // nothing private in it
}

uint8_t shift_of(const Linear& node, size_t channel) { return node.shifts[node.shifts.size() == 1 ? 0 : channel]; }

/// Adds a term's bounds by channel; rows along another dimension than the channel's meet every channel.
void add(std::vector<Range>& channels, const TermBounds& bounds, uint32_t channel_axis)
{
    if (bounds.rows.size() > 1 && bounds.axis == channel_axis)
    {
        for (size_t c = 0; c != channels.size(); ++c)
            channels[c] = sum(channels[c], bounds.rows[c]);
        return;
    }
    Range all = bounds.rows[0];
    for (const auto& row : bounds.rows)
        all = join(all, row);
    for (auto& channel : channels)
        channel = sum(channel, all);
}

/// Starts each channel with the rounding term 2^(s−1).
std::vector<Range> rounding_terms(const Graph& graph, const Linear& node)
{
    std::vector<Range> channels(graph.tensors[node.output].shape[node.channel_axis]);
    for (size_t c = 0; c != channels.size(); ++c)
    {
        const auto half = int64_t(1) << (shift_of(node, c) - 1);
        channels[c] = {half, half};
    }
    return channels;
}

std::unexpected<RangeFailure> fail(Rule rule, uint32_t node, size_t channel, int64_t excess, std::string_view advice)
{
    constexpr std::array kNames{"R1", "R2", "R3"};
    return std::unexpected(RangeFailure{rule, node, uint32_t(channel), excess,
                                        "node " + std::to_string(node) + ", channel " + std::to_string(channel) + ": " +
                                            kNames[size_t(rule)] + " fails by " + std::to_string(excess) + "; " +
                                            std::string(advice)});
}

std::expected<void, RangeFailure> check_declared_node(const Graph& graph, uint32_t index, const Linear& node)
{
    const auto channels = declared_accumulators(graph, node);
    const int64_t q_lo = node.table.lo, q_hi = q_lo + int64_t(node.table.values.size()) - 1;
    for (size_t c = 0; c != channels.size(); ++c)
    {
        const auto unit = int64_t(1) << shift_of(node, c);
        const auto [lo, hi] = channels[c];

        // R3: |acc| + 2^s < (p − 1) / 2, where acc is without the rounding term.
        const auto magnitude = std::max(std::abs(lo - unit / 2), std::abs(hi - unit / 2));
        if (const auto excess = magnitude + unit - (kPrime - 1) / 2 + 1; excess > 0)
            return fail(Rule::magnitude, index, c, excess, "narrow the weights or split the sum");

        // R1: both sides of acc + 2^(s−1) = q·2^s + rem lie in one interval shorter than p.
        const auto span = std::max(hi, q_hi * unit + unit - 1) - std::min(lo, q_lo * unit);
        if (const auto excess = span - kPrime + 1; excess > 0)
            return fail(Rule::uniqueness, index, c, excess, "shorten the table or lower the shift");
    }
    return {};
}

std::expected<void, RangeFailure> check_actual_node(const Model& model, uint32_t index, const Linear& node)
{
    const auto channels = actual_accumulators(model, node);
    const int64_t q_lo = node.table.lo, q_hi = q_lo + int64_t(node.table.values.size()) - 1;
    for (size_t c = 0; c != channels.size(); ++c)
    {
        const auto shift = shift_of(node, c);
        const auto excess = std::max(q_lo - (channels[c].lo >> shift), (channels[c].hi >> shift) - q_hi);
        if (excess > 0)
            return fail(Rule::completeness, index, c, excess, "widen the table");
    }
    return {};
}

} // namespace

Range registered_bias(const Range& declared)
{
    auto bits = kBiasBitsMin;
    while (declared.lo < -(int64_t{1} << bits) || declared.hi >= int64_t{1} << bits)
        ++bits;
    return {-(int64_t{1} << bits), (int64_t{1} << bits) - 1};
}

std::vector<Range> declared_accumulators(const Graph& graph, const Linear& node)
{
    auto channels = rounding_terms(graph, node);
    for (const auto& term : node.terms)
        add(channels, std::visit([&](const auto& kind) { return declared(graph, kind, node.output); }, term),
            node.channel_axis);
    if (node.bias)
        add(channels, {{registered_bias(graph.biases[*node.bias].range)}}, node.channel_axis);
    return channels;
}

std::vector<Range> actual_accumulators(const Model& model, const Linear& node)
{
    auto channels = rounding_terms(model.graph, node);
    for (const auto& term : node.terms)
        add(channels, std::visit([&](const auto& kind) { return actual(model, kind, node.output); }, term),
            node.channel_axis);
    if (node.bias)
        for (size_t c = 0; c != channels.size(); ++c)
        {
            const int64_t b = model.weights.biases[*node.bias][c];
            channels[c] = sum(channels[c], {b, b});
        }
    return channels;
}

Range table_domain(const Linear& node, const std::vector<Range>& accumulators)
{
    Range domain;
    for (size_t c = 0; c != accumulators.size(); ++c)
    {
        const auto shift = shift_of(node, c);
        domain = join(domain, {accumulators[c].lo >> shift, accumulators[c].hi >> shift});
    }
    return domain;
}

std::expected<void, RangeFailure> check_declared(const Graph& graph)
{
    for (uint32_t i = 0; i != graph.nodes.size(); ++i)
        if (const auto* node = std::get_if<Linear>(&graph.nodes[i]))
            if (const auto ok = check_declared_node(graph, i, *node); !ok)
                return ok;
    return {};
}

std::expected<void, RangeFailure> check_actual(const Model& model)
{
    for (uint32_t i = 0; i != model.graph.nodes.size(); ++i)
        if (const auto* node = std::get_if<Linear>(&model.graph.nodes[i]))
            if (const auto ok = check_actual_node(model, i, *node); !ok)
                return ok;
    return {};
}

} // namespace model
