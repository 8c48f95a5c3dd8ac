#include "model/evaluate_linear.hpp"

#include "model/shape.hpp"

#include <algorithm>

namespace model::detail {
namespace {

using Codes = std::vector<int32_t>;
using Accumulators = std::vector<int64_t>;

/// One linear node being evaluated.
struct Run
{
    const Model& model;
    const Linear& node;
    const std::vector<Codes>& tensors;

    Chw chw(TensorId id) const { return *as_chw(model.graph.tensors[id].shape); }
};

/// Σ a·b. 16-bit operands and 32-bit partial sums are what compilers turn into multiply-add vectors.
///
/// Caller  |a| ≤ 512 (weights), |b| ≤ 255 (8-bit codes): 2¹² products stay below 2³¹
int64_t dot(const int16_t* a, const int16_t* b, size_t size)
{
    constexpr size_t kBlock = 4096;
    int64_t total = 0;
    for (size_t begin = 0; begin < size; begin += kBlock)
    {
        const auto end = std::min(size, begin + kBlock);
        int32_t partial = 0;
        for (size_t i = begin; i != end; ++i)
            partial += int32_t(a[i]) * int32_t(b[i]);
        total += partial;
    }
    return total;
}

/// Copies, for each position of output row `y`, the taps of one group: (position, channel, kernel row, kernel column).
/// Taps outside the input stay 0.
struct Patches
{
    Chw from;
    uint32_t width, kernel_h, kernel_w, channels;
    std::vector<int16_t> taps;

    size_t taps_each() const { return size_t(channels) * kernel_h * kernel_w; }

    void gather(const Conv& term, const Codes& input, uint32_t first_channel, uint32_t y)
    {
        std::ranges::fill(taps, int16_t(0));
        const auto top = int64_t(y) * term.stride[0] - term.pad[0];
        for (uint32_t c = 0; c != channels; ++c)
            for (uint32_t kh = 0; kh != kernel_h; ++kh)
            {
                const auto row = top + int64_t(kh) * term.dilation[0];
                if (row < 0 || row >= from.h)
                    continue;
                const auto* line = input.data() + (size_t(first_channel + c) * from.h + size_t(row)) * from.w;
                for (uint32_t kw = 0; kw != kernel_w; ++kw)
                    gather_column(term, line, (size_t(c) * kernel_h + kh) * kernel_w + kw, kw);
            }
    }

private:
    void gather_column(const Conv& term, const int32_t* line, size_t tap, uint32_t kw)
    {
        const auto left = int64_t(kw) * term.dilation[1] - term.pad[1];
        for (uint32_t x = 0; x != width; ++x)
        {
            const auto column = left + int64_t(x) * term.stride[1];
            if (column >= 0 && column < from.w)
                taps[x * taps_each() + tap] = int16_t(line[column]);
        }
    }
};

void add(const Run& run, const Conv& term, Accumulators& acc)
{
    const auto from = run.chw(term.input), to = run.chw(run.node.output);
    const auto& kernel = run.model.graph.weights[term.weight].shape;
    const auto* weight = run.model.weights.weights[term.weight].data();
    const auto outputs = to.c / term.groups;

    Patches patches{from, to.w, kernel[2], kernel[3], kernel[1], {}};
    const auto taps = patches.taps_each();
    patches.taps.resize(to.w * taps);
    for (uint32_t group = 0; group != term.groups; ++group)
        for (uint32_t y = 0; y != to.h; ++y)
        {
            patches.gather(term, run.tensors[term.input], group * kernel[1], y);
            for (auto o = group * outputs; o != (group + 1) * outputs; ++o)
                for (uint32_t x = 0; x != to.w; ++x)
                    acc[(size_t(o) * to.h + y) * to.w + x] +=
                        dot(weight + o * taps, patches.taps.data() + x * taps, taps);
        }
}

/// Weights outside, tokens inside: each weight row is read once.
void add(const Run& run, const Dense& term, Accumulators& acc)
{
    const auto& shape = run.model.graph.weights[term.weight].shape;
    const auto& codes = run.tensors[term.input];
    const std::vector<int16_t> input(codes.begin(), codes.end());
    const auto* weight = run.model.weights.weights[term.weight].data();
    const size_t outputs = shape[0], width = shape[1], tokens = input.size() / width;
    for (size_t n = 0; n != outputs; ++n)
        for (size_t t = 0; t != tokens; ++t)
            acc[t * outputs + n] += dot(weight + n * width, input.data() + t * width, width);
}

void add(const Run& run, const Scale& term, Accumulators& acc)
{
    const auto& input = run.tensors[term.input];
    for (size_t i = 0; i != acc.size(); ++i)
        acc[i] += int64_t(term.multiplier) * input[i];
}

/// Σ of the input over [top, top + kernel) × [left, left + kernel) in one channel, positions outside left out.
int64_t window_sum(const Window& term, const int32_t* plane, const Chw& from, uint32_t y, uint32_t x)
{
    const auto top = int64_t(y) * term.stride[0] - term.pad[0], left = int64_t(x) * term.stride[1] - term.pad[1];
    const auto bottom = std::min<int64_t>(top + term.kernel[0], from.h);
    const auto right = std::min<int64_t>(left + term.kernel[1], from.w);
    int64_t total = 0;
    for (auto row = std::max<int64_t>(top, 0); row < bottom; ++row)
        for (auto column = std::max<int64_t>(left, 0); column < right; ++column)
            total += plane[row * from.w + column];
    return total;
}

void add(const Run& run, const Window& term, Accumulators& acc)
{
    const auto from = run.chw(term.input), to = run.chw(run.node.output);
    const auto* plane = run.tensors[term.input].data();
    for (uint32_t c = 0; c != to.c; ++c, plane += size_t(from.h) * from.w)
        for (uint32_t y = 0; y != to.h; ++y)
            for (uint32_t x = 0; x != to.w; ++x)
                acc[(size_t(c) * to.h + y) * to.w + x] +=
                    int64_t(term.row[y]) * term.col[x] * window_sum(term, plane, from, y, x);
}

std::unexpected<EvaluateError> outside(uint32_t index, size_t element, int64_t quotient)
{
    return std::unexpected(EvaluateError{EvaluateFault::table_domain, index, element,
                                         "node " + std::to_string(index) + ": quotient " + std::to_string(quotient) +
                                             " is outside the table; the model does not meet R2, import it again"});
}

/// Bias, rounding shift and table: acc in, codes out.
std::expected<Codes, EvaluateError> requantise(const Run& run, uint32_t index, const Accumulators& acc,
                                               LinearTrace* trace)
{
    const auto& node = run.node;
    const auto& shape = run.model.graph.tensors[node.output].shape;
    const auto& table = node.table;
    const auto* bias = node.bias ? run.model.weights.biases[*node.bias].data() : nullptr;
    const size_t channels = shape[node.channel_axis];
    const size_t inner = elements(std::span(shape).subspan(node.channel_axis + 1));
    Codes output(acc.size());
    for (size_t begin = 0; begin != acc.size(); begin += inner)
    {
        const auto channel = begin / inner % channels;
        const auto shift = node.shifts[node.shifts.size() == 1 ? 0 : channel];
        const auto added = (bias ? bias[channel] : 0) + (int64_t(1) << (shift - 1));
        for (size_t i = begin; i != begin + inner; ++i)
        {
            const auto sum = acc[i] + added;
            const auto quotient = sum >> shift; // rounds towards −∞
            const auto row = quotient - table.lo;
            if (row < 0 || row >= int64_t(table.values.size()))
                return outside(index, i, quotient);
            output[i] = table.values[size_t(row)];
            if (trace)
            {
                trace->quotient[i] = int32_t(quotient);
                trace->remainder[i] = int32_t(sum & ((int64_t(1) << shift) - 1));
            }
        }
    }
    return output;
}

} // namespace

std::expected<std::vector<int32_t>, EvaluateError> evaluate_linear(const Model& model, uint32_t index,
                                                                   const std::vector<std::vector<int32_t>>& tensors,
                                                                   LinearTrace* trace)
{
    const Run run{model, std::get<Linear>(model.graph.nodes[index]), tensors};
    Accumulators acc(elements(model.graph.tensors[run.node.output].shape));
    for (const auto& term : run.node.terms)
        std::visit([&](const auto& kind) { add(run, kind, acc); }, term);
    if (trace)
    {
        trace->quotient.resize(acc.size());
        trace->remainder.resize(acc.size());
    }
    return requantise(run, index, acc, trace);
}

} // namespace model::detail
