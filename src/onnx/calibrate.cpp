#include "onnx/calibrate.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace onnx {
namespace {

constexpr size_t kBins = 2048;

/// Counts of values over the tensor's full range.
struct Histogram
{
    Interval range;
    std::vector<uint64_t> bins = std::vector<uint64_t>(kBins);

    void add(std::span<const float> values)
    {
        const auto width = range.hi - range.lo;
        if (!(width > 0))
            return;
        for (const auto value : values)
        {
            const auto bin = (double(value) - range.lo) / width * double(kBins);
            ++bins[size_t(std::clamp(bin, 0.0, double(kBins - 1)))];
        }
    }

    /// The narrowest whole-bin range that leaves out at most half of `outside` values at either end.
    Interval clipped(double outside) const
    {
        const auto width = (range.hi - range.lo) / double(kBins);
        Interval result = range;
        uint64_t below = 0, above = 0;
        for (size_t i = 0; i != kBins && double(below + bins[i]) <= outside / 2; ++i)
        {
            below += bins[i];
            result.lo = range.lo + double(i + 1) * width;
        }
        for (size_t i = kBins; i != 0 && double(above + bins[i - 1]) <= outside / 2; --i)
        {
            above += bins[i - 1];
            result.hi = range.lo + double(i - 1) * width;
        }
        return result.lo < result.hi ? result : range;
    }

    uint64_t count() const
    {
        uint64_t total = 0;
        for (const auto bin : bins)
            total += bin;
        return total;
    }
};

/// Runs visit(sample, values) on all samples, many at a time; `merge` runs alone after each part.
template <typename State, typename Visit, typename Merge>
void for_samples(size_t count, const State& fresh, const Visit& visit, const Merge& merge)
{
    std::mutex mutex;
    base::parallel(count, 1, [&](size_t begin, size_t end) {
        State state = fresh;
        for (size_t i = begin; i != end; ++i)
            visit(state, i);
        const std::lock_guard lock{mutex};
        merge(state);
    });
}

struct Ranges
{
    std::vector<Interval> tensors, sums;
    std::optional<TensorId> not_finite;

    void add(TensorId tensor, std::span<const float> values)
    {
        for (const auto value : values)
        {
            if (!std::isfinite(value))
                not_finite = std::min(tensor, not_finite.value_or(tensor));
            tensors[tensor].add(double(value));
        }
    }
};

void find_ranges(const FloatGraph& graph, const Samples& samples, Calibration& result)
{
    const Ranges fresh{std::vector<Interval>(graph.tensors.size()), std::vector<Interval>(graph.nodes.size()), {}};
    result.tensors = fresh.tensors;
    result.sums = fresh.sums;
    result.outputs.resize(samples.count());
    const auto visit = [&](Ranges& ranges, size_t i) {
        auto values = evaluate(graph, samples.row(i), [&](size_t node, std::span<const float> sums) {
            for (const auto sum : sums)
                ranges.sums[node].add(double(sum));
        });
        for (size_t t = 0; t != values.size(); ++t)
            ranges.add(TensorId(t), values[t]);
        result.outputs[i] = std::move(values[graph.output]);
    };
    for_samples(samples.count(), fresh, visit, [&](const Ranges& ranges) {
        if (ranges.not_finite)
            result.not_finite = std::min(*ranges.not_finite, result.not_finite.value_or(*ranges.not_finite));
        for (size_t t = 0; t != fresh.tensors.size(); ++t)
            result.tensors[t].add(ranges.tensors[t]);
        for (size_t n = 0; n != fresh.sums.size(); ++n)
            result.sums[n].add(ranges.sums[n]);
    });
}

void clip_ranges(const FloatGraph& graph, const Samples& samples, double percentile, Calibration& result)
{
    std::vector<Histogram> fresh(graph.tensors.size());
    for (size_t t = 0; t != fresh.size(); ++t)
        fresh[t].range = result.tensors[t];
    auto total = fresh;
    const auto visit = [&](std::vector<Histogram>& histograms, size_t i) {
        const auto values = evaluate(graph, samples.row(i));
        for (size_t t = 0; t != values.size(); ++t)
            histograms[t].add(values[t]);
    };
    for_samples(samples.count(), fresh, visit, [&](const std::vector<Histogram>& histograms) {
        for (size_t t = 0; t != total.size(); ++t)
            std::ranges::transform(total[t].bins, histograms[t].bins, total[t].bins.begin(), std::plus{});
    });
    for (size_t t = 0; t != total.size(); ++t)
        result.tensors[t] = total[t].clipped(double(total[t].count()) * (1 - percentile / 100));
}

} // namespace

Calibration calibrate(const FloatGraph& graph, const Samples& samples, double percentile)
{
    base::invariant(samples.count() != 0);
    Calibration result;
    find_ranges(graph, samples, result);
    if (percentile < 100 && !result.not_finite)
        clip_ranges(graph, samples, percentile, result);
    return result;
}

} // namespace onnx
