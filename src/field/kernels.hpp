#pragma once

#include "base/invariant.hpp"
#include "field/extension.hpp"
#include "field/isa.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

/// Bulk operations on spans, for every field; over F4 and KoalaBear they use the widest vectors of the machine.
/// All are single-threaded and allocate nothing. Where lengths must agree, a mismatch is an invariant violation.
namespace field {

/// What a matrix may hold: elements of the prime field, or small signed integers that stand for them.
template <class V, class F>
concept Cell = std::same_as<V, typename F::Base> || std::same_as<V, int16_t>;

namespace detail {

template <class F>
inline constexpr bool kFast = std::same_as<F, F4>;

inline uint32_t* words(F4* elements) { return reinterpret_cast<uint32_t*>(elements); }
inline const uint32_t* words(const F4* elements) { return reinterpret_cast<const uint32_t*>(elements); }
inline const uint32_t* words(const KoalaBear* elements) { return reinterpret_cast<const uint32_t*>(elements); }

template <class K>
constexpr K cell(K value)
{
    return value;
}
template <class K>
constexpr K cell(int16_t value)
{
    return K::of(value);
}

} // namespace detail

/// out[i] = Σⱼ c[j]·matrix[i·width + j]: each row against the constants c.
///
/// Shapes  c: width, a multiple of 16, at most 2¹⁶ for small integers; matrix: rows × width; out: rows
/// Cost    about 0.5 ns per cell (one core of 2.4 GHz, AVX2)
template <Field F, class V>
    requires Cell<V, F>
void fold_columns(std::type_identity_t<std::span<const F>> c, std::span<const V> matrix, std::span<F> out)
{
    const auto width = c.size(), rows = out.size();
    base::invariant(width % 16 == 0 && matrix.size() == rows * width);
    base::invariant(std::same_as<V, typename F::Base> || width <= 65536);
    if constexpr (detail::kFast<F> && std::same_as<V, int16_t>)
        kernels().fold_small_columns(detail::words(out.data()), detail::words(c.data()), matrix.data(), width, rows);
    else if constexpr (detail::kFast<F>)
        kernels().fold_columns(detail::words(out.data()), detail::words(c.data()), detail::words(matrix.data()), width,
                               rows);
    else
        for (size_t i = 0; i != rows; ++i)
        {
            out[i] = F::zero();
            for (size_t j = 0; j != width; ++j)
                out[i] += c[j] * detail::cell<typename F::Base>(matrix[i * width + j]);
        }
}

/// u[j] += Σᵢ c[i]·matrix[i·width + j]: the rows, each times its constant, added up.
///
/// Shapes  c: rows; matrix: rows × width; u: width, a multiple of 16
/// Cost    as fold_columns
template <Field F, class V>
    requires Cell<V, F>
void weigh_rows(std::type_identity_t<std::span<const F>> c, std::span<const V> matrix, std::span<F> u)
{
    const auto width = u.size(), rows = c.size();
    base::invariant(width % 16 == 0 && matrix.size() == rows * width);
    if constexpr (detail::kFast<F> && std::same_as<V, int16_t>)
        kernels().weigh_small_rows(detail::words(u.data()), detail::words(c.data()), matrix.data(), width, rows);
    else if constexpr (detail::kFast<F>)
        kernels().weigh_rows(detail::words(u.data()), detail::words(c.data()), detail::words(matrix.data()), width,
                             rows);
    else
        for (size_t i = 0; i != rows; ++i)
            for (size_t j = 0; j != width; ++j)
                u[j] += c[i] * detail::cell<typename F::Base>(matrix[i * width + j]);
}

/// Σ a[i]·b[i], b in F or in its prime field.
template <Field F, class B>
    requires std::same_as<B, F> || std::same_as<B, typename F::Base>
F dot(std::type_identity_t<std::span<const F>> a, std::type_identity_t<std::span<const B>> b)
{
    base::invariant(a.size() == b.size());
    F sum;
    if constexpr (detail::kFast<F> && std::same_as<B, F>)
        kernels().dot(detail::words(&sum), detail::words(a.data()), detail::words(b.data()), a.size());
    else if constexpr (detail::kFast<F>)
        kernels().dot_base(detail::words(&sum), detail::words(a.data()), detail::words(b.data()), a.size());
    else
        for (size_t i = 0; i != a.size(); ++i)
            sum += a[i] * b[i];
    return sum;
}

/// out[i] = a[i]·b[i]; out may be a or b.
template <Field F>
void mul(std::span<F> out, std::type_identity_t<std::span<const F>> a, std::type_identity_t<std::span<const F>> b)
{
    base::invariant(a.size() == b.size() && out.size() == a.size());
    if constexpr (detail::kFast<F>)
        kernels().mul(detail::words(out.data()), detail::words(a.data()), detail::words(b.data()), a.size());
    else
        for (size_t i = 0; i != a.size(); ++i)
            out[i] = a[i] * b[i];
}

/// acc[i] += c·v[i].
template <Field F>
void axpy(std::span<F> acc, const F& c, std::type_identity_t<std::span<const F>> v)
{
    base::invariant(acc.size() == v.size());
    if constexpr (detail::kFast<F>)
        kernels().axpy(detail::words(acc.data()), detail::words(&c), detail::words(v.data()), v.size());
    else
        for (size_t i = 0; i != v.size(); ++i)
            acc[i] += c * v[i];
}

/// low[i] += r·(high[i] − low[i]).
template <Field F>
void fold_pairs(std::span<F> low, std::type_identity_t<std::span<const F>> high, const F& r)
{
    base::invariant(low.size() == high.size());
    if constexpr (detail::kFast<F>)
        kernels().fold_pairs(detail::words(low.data()), detail::words(high.data()), detail::words(&r), low.size());
    else
        for (size_t i = 0; i != low.size(); ++i)
            low[i] += r * (high[i] - low[i]);
}

/// high[i] = r·low[i], low[i] −= high[i].
template <Field F>
void spread_pairs(std::span<F> low, std::type_identity_t<std::span<F>> high, const F& r)
{
    base::invariant(low.size() == high.size());
    if constexpr (detail::kFast<F>)
        kernels().spread_pairs(detail::words(low.data()), detail::words(high.data()), detail::words(&r), low.size());
    else
        for (size_t i = 0; i != low.size(); ++i)
        {
            high[i] = r * low[i];
            low[i] -= high[i];
        }
}

/// values[i] += r·(values[half + i] − values[i]) for the first half; the second half stays.
template <Field F>
void fold_halves(std::span<F> values, const F& r)
{
    base::invariant(values.size() % 2 == 0);
    const auto half = values.size() / 2;
    fold_pairs<F>(values.first(half), values.subspan(half), r);
}

} // namespace field
