#include "commit/column_sum.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "field/kernels.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace commit {
namespace {

constexpr size_t kGrain = size_t{1} << 12;
constexpr size_t kBlock = 128; ///< elements of a scratch block

std::vector<F> transpose(std::span<const F> matrix, size_t columns)
{
    const size_t rows = matrix.size() / columns;
    std::vector<F> out(matrix.size());
    base::parallel(rows, kGrain / columns, [&](size_t begin, size_t end) {
        for (size_t i = begin; i != end; ++i)
            for (size_t j = 0; j != columns; ++j)
                out[j * rows + i] = matrix[i * columns + j];
    });
    return out;
}

/// Σ (w₁ − w₀)·(v₁ − v₀), by blocks that stay in the cache.
F dot_of_differences(std::span<const F> w0, std::span<const F> w1, std::span<const F> v0, std::span<const F> v1)
{
    std::array<F, kBlock> w, v;
    F sum;
    for (size_t begin = 0; begin < w0.size(); begin += kBlock)
    {
        const size_t size = std::min(kBlock, w0.size() - begin);
        for (size_t i = 0; i != size; ++i)
        {
            w[i] = w1[begin + i] - w0[begin + i];
            v[i] = v1[begin + i] - v0[begin + i];
        }
        sum += field::dot<F, F>(std::span(w).first(size), std::span(v).first(size));
    }
    return sum;
}

/// values[i] += r·(values[half + i] − values[i]); then the second half goes.
void fold(std::vector<F>& values, F r)
{
    const size_t half = values.size() / 2;
    base::parallel(half, kGrain, [&](size_t begin, size_t end) {
        std::array<F, kBlock> difference;
        for (size_t size = 0; begin != end; begin += size)
        {
            size = std::min(kBlock, end - begin);
            for (size_t i = 0; i != size; ++i)
                difference[i] = values[half + begin + i] - values[begin + i];
            field::axpy<F>(std::span(values).subspan(begin, size), r, std::span(difference).first(size));
        }
    });
    values.resize(half);
}

} // namespace

ColumnSum::ColumnSum(std::span<const F> w, std::span<const F> v, uint32_t log_columns)
    : w_(transpose(w, size_t{1} << log_columns)), v_(transpose(v, size_t{1} << log_columns))
{
    base::invariant(w.size() == v.size() && w.size() % (size_t{1} << log_columns) == 0);
}

F ColumnSum::total() const { return field::dot<F, F>(w_, v_); }

ColumnSum::Round ColumnSum::round() const
{
    const size_t half = w_.size() / 2;
    const std::span w(w_), v(v_);
    Round sum{};
    std::mutex mutex;
    base::parallel(half, kGrain, [&](size_t begin, size_t end) {
        const size_t size = end - begin;
        const auto w0 = w.subspan(begin, size), w1 = w.subspan(half + begin, size);
        const auto v0 = v.subspan(begin, size), v1 = v.subspan(half + begin, size);
        const Round part{.at_zero = field::dot<F, F>(w0, v0), .at_infinity = dot_of_differences(w0, w1, v0, v1)};
        const std::scoped_lock lock(mutex);
        sum.at_zero += part.at_zero;
        sum.at_infinity += part.at_infinity;
    });
    return sum;
}

void ColumnSum::bind(F r)
{
    fold(w_, r);
    fold(v_, r);
}

} // namespace commit
