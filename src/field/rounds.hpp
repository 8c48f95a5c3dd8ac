#pragma once

#include "base/invariant.hpp"
#include "field/kernels.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

/// Sums over pairs of halves, as sumcheck provers need them: for parts of a table too, so that callers parallelise.
namespace field {

/// Values that depend linearly on an open variable, by their ends: the values at 0 and those at 1.
template <Field F>
struct Line
{
    std::span<const F> at_0, at_1;

    /// The two halves of a table whose top bit is open.
    static Line halves(std::span<const F> table)
    {
        return {table.first(table.size() / 2), table.subspan(table.size() / 2)};
    }
    /// The same places of both ends.
    Line part(size_t begin, size_t size) const { return {at_0.subspan(begin, size), at_1.subspan(begin, size)}; }

    size_t size() const { return at_0.size(); }
    F slope(size_t i) const { return at_1[i] - at_0[i]; }
};

/// Σᵢ lᵢ(X)·rᵢ(X) as a polynomial in X: its value at 0 and its leading coefficient.
///
/// Cost    two products a place, 5 ns with AVX2
template <Field F>
std::array<F, 2> product_round(const Line<F>& l, const Line<F>& r)
{
    const auto n = l.size();
    base::invariant(l.at_1.size() == n && r.at_0.size() == n && r.at_1.size() == n);
    std::array<F, 2> sums{};
    if constexpr (detail::kFast<F>)
    {
        const uint32_t* const lines[]{detail::words(l.at_0.data()), detail::words(l.at_1.data()),
                                      detail::words(r.at_0.data()), detail::words(r.at_1.data())};
        kernels().product_round(detail::words(sums.data()), lines, n);
    }
    else
        for (size_t i = 0; i != n; ++i)
        {
            sums[0] += l.at_0[i] * r.at_0[i];
            sums[1] += l.slope(i) * r.slope(i);
        }
    return sums;
}

/// Σᵢ eᵢ·(aᵢ(X)·bᵢ(X) + cᵢ(X)·dᵢ(X)) as a polynomial in X: its value at 0 and its leading coefficient.
///
/// Cost    six products a place, 14 ns with AVX2
template <Field F>
std::array<F, 2> fraction_round(std::type_identity_t<std::span<const F>> e, const Line<F>& a, const Line<F>& b,
                                const Line<F>& c, const Line<F>& d)
{
    const auto n = e.size();
    for (const auto* line : {&a, &b, &c, &d})
        base::invariant(line->at_0.size() == n && line->at_1.size() == n);
    std::array<F, 2> sums{};
    if constexpr (detail::kFast<F>)
    {
        std::array<const uint32_t*, 8> lines;
        for (size_t i = 0; const auto* line : {&a, &b, &c, &d})
        {
            lines[i++] = detail::words(line->at_0.data());
            lines[i++] = detail::words(line->at_1.data());
        }
        kernels().fraction_round(detail::words(sums.data()), detail::words(e.data()), lines.data(), n);
    }
    else
        for (size_t i = 0; i != n; ++i)
        {
            sums[0] += e[i] * (a.at_0[i] * b.at_0[i] + c.at_0[i] * d.at_0[i]);
            sums[1] += e[i] * (a.slope(i) * b.slope(i) + c.slope(i) * d.slope(i));
        }
    return sums;
}

/// Numerators and denominators, place by place.
template <Field F>
struct FractionView
{
    std::span<const F> p, q;
};

/// p[i]/q[i] = the sum of the fractions a and b at i: p = p₀·q₁ + p₁·q₀, q = q₀·q₁. No overlap with a or b.
template <Field F>
void add_fractions(std::span<F> p, std::type_identity_t<std::span<F>> q, const FractionView<F>& a,
                   const FractionView<F>& b)
{
    const auto n = p.size();
    base::invariant(q.size() == n && a.p.size() == n && a.q.size() == n && b.p.size() == n && b.q.size() == n);
    if constexpr (detail::kFast<F>)
    {
        const uint32_t* const parts[]{detail::words(a.p.data()), detail::words(a.q.data()), detail::words(b.p.data()),
                                      detail::words(b.q.data())};
        kernels().add_fractions(detail::words(p.data()), detail::words(q.data()), parts, n);
    }
    else
        for (size_t i = 0; i != n; ++i)
        {
            p[i] = a.p[i] * b.q[i] + b.p[i] * a.q[i];
            q[i] = a.q[i] * b.q[i];
        }
}

} // namespace field
