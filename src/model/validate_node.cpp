#include "model/validate_node.hpp"

#include "model/shape.hpp"

#include <algorithm>

namespace model::detail {
namespace {

using Shape = std::span<const uint32_t>;

/// One node with its graph, so that each check below reads as its condition.
struct Place
{
    const Graph& graph;
    uint32_t index;

    const Tensor& tensor(TensorId id) const { return graph.tensors[id]; }
    Shape shape(TensorId id) const { return graph.tensors[id].shape; }

    std::unexpected<Invalid> refuse(Fault fault, std::string words) const
    {
        return detail::refuse(fault, Part::node, index, std::move(words));
    }
};

bool within(uint32_t value, uint32_t min) { return min <= value && value <= kWindowMax; }

bool within(const std::array<uint32_t, 2>& values, uint32_t min)
{
    return within(values[0], min) && within(values[1], min);
}

/// Largest magnitude in a list of public multipliers.
int64_t magnitude(std::span<const int32_t> values)
{
    int64_t result = 0;
    for (const auto value : values)
        result = std::max(result, value < 0 ? -int64_t(value) : int64_t(value));
    return result;
}

// ---- terms ----

Check check(const Place& at, const Conv& term, Shape out)
{
    const auto input = as_chw(at.shape(term.input)), output = as_chw(out);
    const auto& weight = at.graph.weights[term.weight].shape;
    if (!input || !output)
        return at.refuse(Fault::shape, "a convolution reads and yields rank 1 to 3");
    if (!within(term.stride, 1) || !within(term.pad, 0) || !within(term.dilation, 1))
        return at.refuse(Fault::parameter, "stride and dilation must be 1 to 4096, pad 0 to 4096");
    if (term.groups == 0 || input->c % term.groups != 0 || output->c % term.groups != 0)
        return at.refuse(Fault::parameter, "groups must divide the channels of input and output");
    if (weight.size() != 4 || weight[0] != output->c || weight[1] != input->c / term.groups)
        return at.refuse(Fault::shape, "the weight must have shape (outputs, inputs / groups, height, width)");
    if (!within(weight[2], 1) || !within(weight[3], 1))
        return at.refuse(Fault::parameter, "a kernel has at most 4096 rows and columns");
    return {};
}

Check check(const Place& at, const Dense& term, Shape out)
{
    const auto input = at.shape(term.input);
    const auto& weight = at.graph.weights[term.weight].shape;
    if (term.tokens >= input.size())
        return at.refuse(Fault::parameter, "tokens must be below the input's rank");
    if (out.size() != term.tokens + 1 || !std::ranges::equal(out.first(term.tokens), input.first(term.tokens)))
        return at.refuse(Fault::shape, "the output keeps the first `tokens` dimensions and has one more");
    if (weight.size() != 2 || weight[0] != out.back() || weight[1] != elements(input.subspan(term.tokens)))
        return at.refuse(Fault::shape, "the weight must have shape (outputs, flattened input)");
    return {};
}

Check check(const Place& at, const Scale& term, Shape out)
{
    if (!std::ranges::equal(at.shape(term.input), out))
        return at.refuse(Fault::shape, "a scaled input must have the output's shape");
    if (magnitude({&term.multiplier, 1}) > kMultiplierMax)
        return at.refuse(Fault::parameter, "a multiplier lies within ±2^20");
    return {};
}

Check check(const Place& at, const Window& term, Shape out)
{
    const auto input = as_chw(at.shape(term.input)), output = as_chw(out);
    if (!input || !output || input->c != output->c)
        return at.refuse(Fault::shape, "a window sum keeps the channels, rank 1 to 3");
    if (!within(term.kernel, 1) || !within(term.stride, 1) || !within(term.pad, 0))
        return at.refuse(Fault::parameter, "kernel and stride must be 1 to 4096, pad 0 to 4096");
    if (term.row.size() != output->h || term.col.size() != output->w)
        return at.refuse(Fault::count, "needs one multiplier for each output row and column");
    const auto row = magnitude(term.row), col = magnitude(term.col); // each at most 2³¹
    if (row > kMultiplierMax || col > kMultiplierMax || row * col > kMultiplierMax)
        return at.refuse(Fault::parameter, "products of row and column multipliers lie within ±2^20");
    return {};
}

// ---- nodes ----

Check check_table(const Place& at, const Table& table, const Range& range)
{
    const auto size = int64_t(table.values.size());
    if (size == 0 || size > int64_t(kTableMax))
        return at.refuse(Fault::table, "a table has 1 to 65536 entries");
    if (table.lo > 0 || table.lo + size <= 0)
        return at.refuse(Fault::table, "the table's domain must contain 0");
    const auto [lo, hi] = std::ranges::minmax(table.values);
    if (lo < range.lo || hi > range.hi)
        return at.refuse(Fault::table, "a table value lies outside the output's range");
    return {};
}

Check check(const Place& at, const Linear& node)
{
    const auto out = at.shape(node.output);
    if (node.terms.empty() || node.terms.size() > kTermsMax)
        return at.refuse(Fault::count, "a linear node has 1 to 64 terms");
    for (const auto& term : node.terms)
    {
        if (!is_narrow(at.tensor(input_of(term)).range))
            return at.refuse(Fault::range, "a linear node reads 8-bit tensors only");
        if (const auto ok = std::visit([&](const auto& kind) { return check(at, kind, out); }, term); !ok)
            return ok;
    }
    if (node.channel_axis >= out.size())
        return at.refuse(Fault::parameter, "the channel axis must be below the output's rank");
    const auto channels = out[node.channel_axis];
    if (node.bias && !std::ranges::equal(at.graph.biases[*node.bias].shape, std::array{channels}))
        return at.refuse(Fault::shape, "the bias must have shape (" + std::to_string(channels) + ")");
    if (node.shifts.size() != 1 && node.shifts.size() != channels)
        return at.refuse(Fault::count, "needs 1 or " + std::to_string(channels) + " shifts");
    if (std::ranges::any_of(node.shifts, [](uint8_t s) { return s < kShiftMin || s > kShiftMax; }))
        return at.refuse(Fault::parameter, "shifts must be 1 to 16");
    return check_table(at, node.table, at.tensor(node.output).range);
}

/// What every node but a linear one has in common: codes pass through unchanged.
Check check_passage(const Place& at, TensorId input, TensorId output)
{
    const auto &from = at.tensor(input), &to = at.tensor(output);
    if (to.range.lo > from.range.lo || to.range.hi < from.range.hi)
        return at.refuse(Fault::range, "the output's range must contain the input's");
    if (to.scale != from.scale)
        return at.refuse(Fault::number, "input and output must have one scale");
    return {};
}

Check check(const Place& at, const MaxPool& node)
{
    const auto input = as_chw(at.shape(node.input)), output = as_chw(at.shape(node.output));
    if (!input || !output || input->c != output->c)
        return at.refuse(Fault::shape, "a pool keeps the channels, rank 1 to 3");
    if (!is_narrow(at.tensor(node.input).range))
        return at.refuse(Fault::range, "a pool reads an 8-bit tensor");
    if (!within(node.kernel, 1) || !within(node.stride, 1) || !within(node.pad, 0))
        return at.refuse(Fault::parameter, "kernel and stride must be 1 to 4096, pad 0 to 4096");
    const std::array in{input->h, input->w}, out{output->h, output->w};
    for (size_t d = 0; d != 2; ++d)
    {
        // Windows begin at p·stride − pad. The first must reach position 0, the last begin inside.
        if (node.pad[d] >= node.kernel[d] || uint64_t(out[d] - 1) * node.stride[d] >= uint64_t(in[d]) + node.pad[d])
            return at.refuse(Fault::parameter, "every window must cover a position of the input");
    }
    return check_passage(at, node.input, node.output);
}

Check check(const Place& at, const Concat& node)
{
    const auto out = at.shape(node.output);
    if (node.inputs.empty() || node.inputs.size() > kConcatMax)
        return at.refuse(Fault::count, "a concat has 1 to 1024 inputs");
    if (node.axis >= out.size())
        return at.refuse(Fault::parameter, "the axis must be below the rank");
    uint64_t total = 0;
    for (const auto id : node.inputs)
    {
        const auto in = at.shape(id);
        if (in.size() != out.size())
            return at.refuse(Fault::shape, "inputs and output must have one rank");
        for (size_t d = 0; d != out.size(); ++d)
            if (d != node.axis && in[d] != out[d])
                return at.refuse(Fault::shape, "dimensions other than the axis must agree");
        if (at.tensor(id).range != at.tensor(node.output).range)
            return at.refuse(Fault::range, "inputs and output must have one range");
        if (const auto ok = check_passage(at, id, node.output); !ok)
            return ok;
        total += in[node.axis];
    }
    if (total != out[node.axis])
        return at.refuse(Fault::shape, "the axis must have " + std::to_string(total) + " positions");
    return {};
}

Check check(const Place& at, const Slice& node)
{
    const auto in = at.shape(node.input), out = at.shape(node.output);
    if (in.size() != out.size() || node.start.size() != in.size() || node.step.size() != in.size())
        return at.refuse(Fault::shape, "input, output, start and step must have one rank");
    for (size_t d = 0; d != in.size(); ++d)
    {
        if (node.step[d] == 0)
            return at.refuse(Fault::parameter, "a step is 0");
        if (uint64_t(node.step[d]) * (out[d] - 1) + node.start[d] >= in[d]) // below 2³²·2²⁴ + 2³²
            return at.refuse(Fault::parameter, "dimension " + std::to_string(d) + " ends outside the input");
    }
    return check_passage(at, node.input, node.output);
}

Check check(const Place& at, const Transpose& node)
{
    const auto in = at.shape(node.input), out = at.shape(node.output);
    if (in.size() != out.size() || node.perm.size() != in.size())
        return at.refuse(Fault::shape, "input, output and permutation must have one rank");
    std::array<bool, kRankMax> seen{};
    for (size_t d = 0; d != in.size(); ++d)
    {
        const auto from = node.perm[d];
        if (from >= in.size() || seen[from])
            return at.refuse(Fault::parameter, "not a permutation of the dimensions");
        seen[from] = true;
        if (out[d] != in[from])
            return at.refuse(Fault::shape, "dimension " + std::to_string(d) + " must be " + std::to_string(in[from]));
    }
    return check_passage(at, node.input, node.output);
}

Check check(const Place& at, const Reshape& node)
{
    if (elements(at.shape(node.input)) != elements(at.shape(node.output)))
        return at.refuse(Fault::shape, "input and output must have as many elements");
    return check_passage(at, node.input, node.output);
}

Check check(const Place& at, const Pad& node)
{
    const auto in = at.shape(node.input), out = at.shape(node.output);
    const auto& range = at.tensor(node.output).range;
    if (in.size() != out.size() || node.begin.size() != in.size())
        return at.refuse(Fault::shape, "input, output and begin must have one rank");
    for (size_t d = 0; d != in.size(); ++d)
        if (uint64_t(node.begin[d]) + in[d] > out[d])
            return at.refuse(Fault::shape, "dimension " + std::to_string(d) + " of the output is too small");
    if (node.value < range.lo || node.value > range.hi)
        return at.refuse(Fault::range, "the padding value lies outside the output's range");
    return check_passage(at, node.input, node.output);
}

} // namespace

Check check_node(const Graph& graph, uint32_t index)
{
    const Place at{graph, index};
    return std::visit([&](const auto& kind) { return check(at, kind); }, graph.nodes[index]);
}

} // namespace model::detail
