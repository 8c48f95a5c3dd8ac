#include "onnx/quantise_linear.hpp"

#include "base/invariant.hpp"
#include "model/bounds.hpp"

#include <algorithm>
#include <cmath>

namespace onnx::detail {
namespace {

constexpr double kPublicError = 0.004; ///< relative rounding error of a public multiplier
constexpr double kPublicMax = 32768;

double largest(const std::vector<double>& values)
{
    return std::max(std::fabs(std::ranges::min(values)), std::fabs(std::ranges::max(values)));
}

double round_half_up(double x) { return std::floor(x + 0.5); }

/// A window's multipliers as integers, and the largest relative error of their products.
struct RoundedWindow
{
    std::vector<int32_t> row, col;
    double error = HUGE_VAL;
};

/// Splits factor·row·col into integers: tries each size of the rows, the columns take the rest.
RoundedWindow round_window(const FloatWindow& window, double factor)
{
    constexpr int kRowsMax = 512;
    RoundedWindow best{std::vector<int32_t>(window.row.size()), std::vector<int32_t>(window.col.size())};
    const auto row_size = largest(window.row), col_size = largest(window.col);
    if (row_size == 0 || col_size == 0)
        return best;
    for (int size = 1; size <= kRowsMax && size <= 2 * factor * row_size * col_size; ++size)
    {
        RoundedWindow next;
        next.error = 0;
        const auto row_factor = size / row_size, col_factor = factor / row_factor;
        for (const auto r : window.row)
            next.row.push_back(int32_t(round_half_up(r * row_factor)));
        for (const auto c : window.col)
            next.col.push_back(int32_t(round_half_up(c * col_factor)));
        for (size_t i = 0; i != next.row.size(); ++i)
            for (size_t j = 0; j != next.col.size(); ++j)
                if (const auto exact = factor * window.row[i] * window.col[j]; exact != 0)
                    next.error = std::max(next.error, std::fabs(double(next.row[i]) * next.col[j] / exact - 1));
        if (next.error < best.error)
            best = std::move(next);
    }
    return best;
}

/// An exponent as an integer: infinities, NaN and what lies beyond any shift end at ±64.
int exponent(double value)
{
    constexpr double kFar = 64;
    return value > kFar ? int(kFar) : value > -kFar ? int(value) : -int(kFar);
}

/// A channel's allowed shifts: from `need` on its weights are precise, up to `most` they fit.
struct ShiftRange
{
    int need = model::kShiftMin, most = model::kShiftMax;

    void fit(double largest, double limit)
    {
        if (largest > 0)
            most = std::min(most, exponent(std::floor(std::log2(limit / largest))));
    }
    void want(double size, double enough)
    {
        if (size > 0)
            need = std::max(need, exponent(std::ceil(std::log2(enough / size))));
    }
};

/// Real value of one unit of code times the weight, in quotient steps: what is multiplied by 2^s.
double unit(const std::vector<CodeForm>& forms, TensorId input, double step) { return forms[input].scale / step; }

double largest_code(const model::Range& range) { return double(std::max(-range.lo, range.hi)); }

const FloatWeight* weight_of(const FloatGraph& graph, const FloatTerm& term)
{
    if (const auto* conv = std::get_if<model::Conv>(&term))
        return &graph.weights[conv->weight];
    if (const auto* dense = std::get_if<model::Dense>(&term))
        return &graph.weights[dense->weight];
    return nullptr;
}

/// The largest weight limit 2^b − 1 ≤ 511 with which Σ taps·2^b·max|x| stays clear of (p − 1)/2, room left for biases
/// and public multipliers.
std::optional<int64_t> weight_limit(const FloatGraph& graph, const FloatLinear& node,
                                    const std::vector<CodeForm>& forms)
{
    constexpr double kBudget = double(model::kPrime - 1) / 2 - double(model::kBiasMax) - double(1 << 17);
    double mass = 0, open = 0;
    for (const auto& term : node.terms)
    {
        const auto x = largest_code(forms[input_of(term)].range);
        if (const auto* weight = weight_of(graph, term))
            mass += double(weight->values.size()) / weight->shape[0] * x;
        else if (const auto* window = std::get_if<FloatWindow>(&term))
            open += kPublicMax * x * window->kernel[0] * window->kernel[1];
        else
            open += kPublicMax * x;
    }
    for (int64_t size = -model::kWeightMin; size >= 8; size /= 2)
        if (mass * double(size) + std::min(open, kBudget / 2) <= kBudget)
            return size - 1;
    return std::nullopt;
}

struct RowSizes
{
    double largest = 0, rms = 0;
};

std::vector<RowSizes> row_sizes(const FloatWeight& weight)
{
    const size_t rows = weight.shape[0], taps = weight.values.size() / rows;
    std::vector<RowSizes> sizes(rows);
    for (size_t r = 0; r != rows; ++r)
    {
        double squares = 0;
        size_t used = 0;
        for (size_t k = 0; k != taps; ++k)
        {
            const auto w = std::fabs(double(weight.values[r * taps + k]));
            sizes[r].largest = std::max(sizes[r].largest, w);
            squares += w * w;
            used += w > 0;
        }
        sizes[r].rms = used == 0 ? 0 : std::sqrt(squares / double(used));
    }
    return sizes;
}

std::vector<ShiftRange> shift_ranges(const FloatGraph& graph, const FloatLinear& node,
                                     const std::vector<CodeForm>& forms, double step, double limit, double weight_error)
{
    const double enough = std::sqrt(1.0 / 12) / weight_error;
    std::vector<ShiftRange> channels(graph.tensors[node.output].shape[node.channel_axis]);
    for (const auto& term : node.terms)
    {
        const auto u = unit(forms, input_of(term), step);
        if (const auto* weight = weight_of(graph, term))
        {
            const auto rows = row_sizes(*weight);
            const bool by_channel = row_axis(term) == node.channel_axis;
            // A channel of small weights moves the quotient little: there it is enough that the roundings of all taps
            // together stay below the quotient's own, taking codes to be a quarter of the largest on average.
            const auto taps = double(weight->values.size()) / weight->shape[0];
            const auto enough_for_sum = std::sqrt(taps) * largest_code(forms[input_of(term)].range) / 4;
            for (size_t c = 0; c != channels.size(); ++c)
                for (size_t r = by_channel ? c : 0; r != (by_channel ? c + 1 : rows.size()); ++r)
                {
                    channels[c].fit(rows[r].largest * u, limit);
                    channels[c].want(rows[r].rms * u, std::min(enough, rows[r].rms * u * enough_for_sum));
                }
            continue;
        }
        const auto* window = std::get_if<FloatWindow>(&term);
        const auto size =
            window ? largest(window->row) * largest(window->col) : std::fabs(std::get<FloatScale>(term).factor[0]);
        for (auto& channel : channels)
            channel.fit(size * u, kPublicMax);
    }
    for (size_t c = 0; c != channels.size(); ++c)
    {
        if (!node.bias.empty())
            channels[c].fit(std::fabs(node.bias[c % node.bias.size()]) / step, double(model::kBiasMax) - 1);
        channels[c].need = std::min(channels[c].need, channels[c].most);
    }
    return channels;
}

/// Fewest shifts that meet all ranges: the ranges in order of their upper end, each group by its greatest need.
std::vector<uint8_t> choose_shifts(const std::vector<ShiftRange>& ranges)
{
    std::vector<size_t> order(ranges.size());
    for (size_t i = 0; i != order.size(); ++i)
        order[i] = i;
    std::ranges::sort(order, {}, [&](size_t i) { return ranges[i].most; });
    std::vector<uint8_t> shifts(ranges.size());
    for (size_t i = 0; i != order.size();)
    {
        const auto most = ranges[order[i]].most;
        size_t end = i;
        int need = model::kShiftMin;
        while (end != order.size() && ranges[order[end]].need <= most)
            need = std::max(need, ranges[order[end++]].need);
        for (; i != end; ++i)
            shifts[order[i]] = uint8_t(need);
    }
    if (std::ranges::all_of(shifts, [&](uint8_t s) { return s == shifts[0]; }))
        shifts.resize(1);
    return shifts;
}

/// One shift for terms with public multipliers: the first that rounds them well, else the one that rounds them best.
uint8_t choose_public_shift(const FloatLinear& node, const std::vector<CodeForm>& forms, double step,
                            const std::vector<ShiftRange>& ranges)
{
    int most = model::kShiftMax, need = model::kShiftMin;
    for (const auto& range : ranges)
    {
        most = std::min(most, range.most);
        need = std::max(need, range.need);
    }
    const auto error_at = [&](int shift) {
        double error = 0;
        for (const auto& term : node.terms)
        {
            const auto factor = std::ldexp(unit(forms, input_of(term), step), shift);
            if (const auto* window = std::get_if<FloatWindow>(&term))
                error = std::max(error, round_window(*window, factor).error);
            else if (const auto* scale = std::get_if<FloatScale>(&term); scale && scale->factor[0] != 0)
            {
                const auto exact = scale->factor[0] * factor;
                error = std::max(error, std::fabs(round_half_up(exact) / exact - 1));
            }
        }
        return error;
    };
    int best = std::min(need, most);
    double least = error_at(best);
    for (int shift = best + 1; shift <= most && least > kPublicError; ++shift)
        if (const auto error = error_at(shift); error < least)
        {
            best = shift;
            least = error;
        }
    return uint8_t(best);
}

double power(const std::vector<uint8_t>& shifts, size_t channel)
{
    return std::ldexp(1, shifts[shifts.size() == 1 ? 0 : channel]);
}

void round_weight(IntegerLinear& result, const FloatWeight& weight, const std::vector<double>& factors, int64_t limit)
{
    const auto taps = weight.values.size() / weight.shape[0];
    std::vector<int16_t> values;
    values.reserve(weight.values.size());
    for (size_t i = 0; i != weight.values.size(); ++i)
    {
        const auto w = round_half_up(double(weight.values[i]) * factors[i / taps % factors.size()]);
        values.push_back(int16_t(std::clamp(w, double(-limit), double(limit))));
    }
    const auto [lo, hi] = std::ranges::minmax(values);
    result.weight_specs.push_back({weight.shape, declared_range(lo, hi)});
    result.weights.push_back(std::move(values));
}

void round_bias(IntegerLinear& result, const FloatLinear& node, size_t channels, double step)
{
    if (std::ranges::all_of(node.bias, [](double b) { return b == 0; }))
        return;
    constexpr double kMax = double(model::kBiasMax) - 1;
    for (size_t c = 0; c != channels; ++c)
    {
        const auto b = node.bias[c % node.bias.size()] * power(result.node.shifts, c) / step;
        result.bias.push_back(int32_t(std::clamp(round_half_up(b), -kMax, kMax)));
    }
    const auto [lo, hi] = std::ranges::minmax(result.bias);
    result.bias_range = declared_range(lo, hi);
}

} // namespace

model::Range declared_range(int64_t lo, int64_t hi)
{
    int64_t size = 1;
    while (lo < -size || hi > size - 1)
        size *= 2;
    return {-size, size - 1};
}

namespace {

/// Below this the node's largest weight does not fit 10 bits at the smallest shift.
double least_step(const FloatGraph& graph, const FloatLinear& node, const std::vector<CodeForm>& forms)
{
    double step = 0;
    for (const auto& term : node.terms)
    {
        double size = 0, limit = kPublicMax;
        if (const auto* weight = weight_of(graph, term))
        {
            for (const auto w : weight->values)
                size = std::max(size, std::fabs(double(w)));
            limit = double(model::kWeightMax);
        }
        else if (const auto* window = std::get_if<FloatWindow>(&term))
            size = largest(window->row) * largest(window->col);
        else
            size = std::fabs(std::get<FloatScale>(term).factor[0]);
        step = std::max(step, 2 * size * forms[input_of(term)].scale / limit);
    }
    return step;
}

} // namespace

double choose_step(const FloatGraph& graph, const FloatLinear& node, const std::vector<CodeForm>& forms,
                   const Interval& sums, const QuantiseOptions& options)
{
    const auto& out = forms[node.output];
    Interval reach;
    for (const auto& channel : reachable_sums(graph, node, forms))
        reach.add(channel);
    const auto slope = node.activation.is_identity() ? 1 : steepest(node.activation, sums);
    const bool is_straight = node.activation.is_piecewise_linear();
    // Rounding the argument of a curve may cost a quarter of the output's step, next to rounding its value.
    auto step = out.scale / (slope > 0 ? slope : 1) / (is_straight ? 1 : 4);
    const auto width = reach.hi - reach.lo;
    // A flat function needs no argument: any few rows do.
    constexpr double kRowsMin = 16;
    step = std::min(step, width > 0 ? width / kRowsMin : 1);
    if (!is_straight)
        step = std::max(step, width / double(options.table_rows));
    while (width / step > double(options.clamp_rows_max))
        step *= 2;
    return std::max(step, least_step(graph, node, forms));
}

std::optional<IntegerLinear> round_linear(const FloatGraph& graph, const FloatLinear& node,
                                          const std::vector<CodeForm>& forms, double step,
                                          const QuantiseOptions& options)
{
    const auto limit = weight_limit(graph, node, forms);
    if (!limit)
        return std::nullopt;
    const auto ranges = shift_ranges(graph, node, forms, step, double(*limit), options.weight_error);
    if (std::ranges::any_of(ranges, [](const ShiftRange& r) { return r.most < model::kShiftMin; }))
        return std::nullopt;
    const bool one_for_all = std::ranges::any_of(
        node.terms, [&](const FloatTerm& term) { return !row_axis(term) || row_axis(term) != node.channel_axis; });
    IntegerLinear result;
    result.node.channel_axis = node.channel_axis;
    result.node.output = node.output;
    result.node.shifts =
        one_for_all ? std::vector{choose_public_shift(node, forms, step, ranges)} : choose_shifts(ranges);
    for (const auto& term : node.terms)
    {
        const auto u = unit(forms, input_of(term), step);
        if (const auto* scale = std::get_if<FloatScale>(&term))
        {
            const auto multiplier = round_half_up(scale->factor[0] * u * power(result.node.shifts, 0));
            result.node.terms.push_back(model::Scale{scale->input, int32_t(multiplier)});
        }
        else if (const auto* window = std::get_if<FloatWindow>(&term))
        {
            auto rounded = round_window(*window, u * power(result.node.shifts, 0));
            result.node.terms.push_back(model::Window{.input = window->input,
                                                      .kernel = window->kernel,
                                                      .stride = window->stride,
                                                      .pad = window->pad,
                                                      .row = std::move(rounded.row),
                                                      .col = std::move(rounded.col)});
        }
        else
        {
            const auto& weight = *weight_of(graph, term);
            std::vector<double> factors;
            for (size_t r = 0; r != weight.shape[0]; ++r)
                factors.push_back(u * power(result.node.shifts, r));
            round_weight(result, weight, factors, *limit);
            if (const auto* conv = std::get_if<model::Conv>(&term))
                result.node.terms.push_back(*conv);
            else
                result.node.terms.push_back(std::get<model::Dense>(term));
        }
    }
    round_bias(result, node, ranges.size(), step);
    return result;
}

} // namespace onnx::detail
