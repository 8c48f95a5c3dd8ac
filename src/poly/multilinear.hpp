#pragma once

#include "base/invariant.hpp"
#include "field/kernels.hpp"

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

/// Multilinear polynomials, given by their 2ⁿ values on {0,1}ⁿ.
///
/// Order   everywhere big-endian: point[0] belongs to the top bit of the index. So index = Σ xᵢ·2^(n−1−i), and
///         binding point[0] joins the first half of the values with the second.
namespace poly {

/// scale·eq(point, x) for every x in {0,1}ⁿ, where eq(r, x) = Πᵢ (rᵢ·xᵢ + (1−rᵢ)·(1−xᵢ)).
///
/// Shapes   point: n coordinates; result: 2ⁿ values
/// Cost     2ⁿ multiplications
template <field::Field F>
std::vector<F> eq_table(std::span<const F> point, F scale = F::one())
{
    std::vector<F> table(size_t{1} << point.size());
    table[0] = scale;
    size_t size = 1;
    // From the last coordinate on, so that each new one becomes the top bit and both halves are contiguous.
    for (size_t i = point.size(); i-- != 0; size *= 2)
        field::spread_pairs<F>(std::span(table).first(size), std::span(table).subspan(size, size), point[i]);
    return table;
}

/// eq(a, b) = Πᵢ (aᵢ·bᵢ + (1−aᵢ)·(1−bᵢ)). Caller: as many coordinates on both sides.
template <field::Field F>
constexpr F eq(std::span<const F> a, std::span<const F> b)
{
    base::invariant(a.size() == b.size());
    F product = F::one();
    for (size_t i = 0; i != a.size(); ++i)
    {
        const F both = a[i] * b[i];
        product *= F::one() - a[i] - b[i] + both + both;
    }
    return product;
}

/// The polynomial's value at `point`.
///
/// Shapes   values: 2ⁿ elements of F or of its prime field; point: n coordinates
/// Cost     2ⁿ products value × F, and O(2^(n/2)) memory
template <field::Field F, class Value>
    requires std::same_as<Value, F> || std::same_as<Value, typename F::Base>
F evaluate(std::span<const Value> values, std::span<const F> point)
{
    base::invariant(values.size() == size_t{1} << point.size());
    // Σ_h eq(top, h)·Σ_l eq(bottom, l)·values[h‖l]
    const size_t split = point.size() / 2;
    const auto top = eq_table(point.first(split)), bottom = eq_table(point.subspan(split));
    F sum;
    for (size_t h = 0; h != top.size(); ++h)
        sum += top[h] * field::dot<F, Value>(bottom, values.subspan(h * bottom.size(), bottom.size()));
    return sum;
}

/// Binds the top variable to r: values[x] becomes (1−r)·values[x] + r·values[x + half], and the second half goes.
///
/// Shapes   values: 2ⁿ before, 2ⁿ⁻¹ after; n ≥ 1
template <field::Field F>
void fold_top(std::vector<F>& values, F r)
{
    base::invariant(std::has_single_bit(values.size()) && values.size() >= 2);
    field::fold_halves<F>(values, r);
    values.resize(values.size() / 2);
}

} // namespace poly
