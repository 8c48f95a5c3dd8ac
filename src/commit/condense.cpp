#include "commit/condense.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "field/kernels.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace commit {
namespace {

/// A weight cut in two: entry offset + prefix·2^suffix_bits + j has weight prefix[..]·suffix[j].
struct Split
{
    uint64_t offset;
    std::vector<F> prefix; ///< the coefficient included
    std::vector<F> suffix; ///< at least one row of the matrix
};

/// Cuts at the least boundary that leaves whole rows: anywhere within a bitwise factor, before a dense one.
Split split(const Weight& weight, uint32_t log_columns)
{
    std::vector<Factor> prefix = weight.factors, suffix;
    for (uint32_t bits = 0; bits < log_columns;)
    {
        auto& last = prefix.back();
        const uint32_t wanted = log_columns - bits;
        if (auto* bitwise = std::get_if<BitFactor>(&last); bitwise != nullptr && bitwise->bits.size() > wanted)
        {
            suffix.insert(suffix.begin(), BitFactor{{bitwise->bits.end() - wanted, bitwise->bits.end()}});
            bitwise->bits.resize(bitwise->bits.size() - wanted);
            break;
        }
        bits += log_size(last);
        suffix.insert(suffix.begin(), std::move(last));
        prefix.pop_back();
    }
    return {.offset = weight.offset,
            .prefix = multiply_out(prefix, weight.coefficient),
            .suffix = multiply_out(suffix, F::one())};
}

/// A slice of one weight's pass over the matrix, of about equal cost.
struct Task
{
    size_t split;
    size_t begin, end; ///< of the prefix
};

constexpr size_t kTaskEntries = size_t{1} << 14;

/// sums[s] = Σ_prefix prefix·rows, for every split.
std::vector<std::vector<F>> weigh(std::span<const K> matrix, std::span<const Split> splits)
{
    std::vector<Task> tasks;
    std::vector<std::vector<F>> sums(splits.size());
    for (size_t s = 0; s != splits.size(); ++s)
    {
        const size_t width = splits[s].suffix.size(), count = splits[s].prefix.size();
        sums[s].resize(width);
        const size_t step = std::max<size_t>(1, kTaskEntries / width);
        for (size_t begin = 0; begin < count; begin += step)
            tasks.push_back({.split = s, .begin = begin, .end = std::min(begin + step, count)});
    }
    std::mutex mutex;
    base::parallel(tasks.size(), 1, [&](size_t first, size_t last) {
        std::vector<F> part;
        for (const auto& [s, begin, end] : std::span(tasks).subspan(first, last - first))
        {
            const size_t width = splits[s].suffix.size();
            part.assign(width, F::zero());
            field::weigh_rows<F, K>(std::span(splits[s].prefix).subspan(begin, end - begin),
                                    matrix.subspan(splits[s].offset + begin * width, (end - begin) * width),
                                    std::span<F>(part));
            const std::scoped_lock lock(mutex);
            for (size_t j = 0; j != width; ++j)
                sums[s][j] += part[j];
        }
    });
    return sums;
}

} // namespace

ColumnSum condense(std::span<const K> matrix, uint32_t log_columns, std::span<const Weight> weights)
{
    const size_t columns = size_t{1} << log_columns;
    std::vector<Split> splits;
    std::map<uint64_t, std::vector<F>> short_rows; // by row
    for (const auto& weight : weights)
    {
        base::invariant(within(weight, matrix.size()));
        if (log_size(weight) >= log_columns)
        {
            splits.push_back(split(weight, log_columns));
            continue;
        }
        auto& row = short_rows[weight.offset / columns];
        row.resize(columns);
        auto in_row = weight;
        in_row.offset %= columns;
        expand(in_row, row);
    }
    const auto sums = weigh(matrix, splits);
    std::vector<F> w, v;
    for (size_t s = 0; s != splits.size(); ++s)
    {
        w.insert(w.end(), splits[s].suffix.begin(), splits[s].suffix.end());
        v.insert(v.end(), sums[s].begin(), sums[s].end());
    }
    for (const auto& [row, values] : short_rows)
    {
        w.insert(w.end(), values.begin(), values.end());
        for (const K value : matrix.subspan(row * columns, columns))
            v.push_back(value);
    }
    return {w, v, log_columns};
}

std::vector<F> sum_of_powers(std::span<const K> points, std::span<const F> coefficients, size_t length)
{
    base::invariant(points.size() == coefficients.size());
    // e = high·kWidth + low: Σ_k (c_k·x_k^(high·kWidth))·x_k^low, one weighted sum of rows for each `high`.
    constexpr size_t kWidth = 128;
    std::vector<K> powers(points.size() * kWidth), steps;
    for (size_t k = 0; k != points.size(); ++k)
    {
        K power = K::one();
        for (size_t low = 0; low != kWidth; ++low, power *= points[k])
            powers[k * kWidth + low] = power;
        steps.push_back(power);
    }
    const size_t blocks = (length + kWidth - 1) / kWidth;
    std::vector<F> sum(blocks * kWidth);
    base::parallel(blocks, 8, [&](size_t begin, size_t end) {
        std::vector<F> scaled(coefficients.begin(), coefficients.end());
        for (size_t k = 0; k != scaled.size(); ++k)
            scaled[k] *= steps[k].pow(begin);
        for (size_t block = begin; block != end; ++block)
        {
            field::weigh_rows<F, K>(scaled, powers, std::span(sum).subspan(block * kWidth, kWidth));
            for (size_t k = 0; k != scaled.size(); ++k)
                scaled[k] *= steps[k];
        }
    });
    sum.resize(length);
    return sum;
}

} // namespace commit
