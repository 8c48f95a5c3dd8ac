#pragma once

#include <concepts>
#include <cstdint>

namespace field {

/// What every field type here offers. All of them are trivially copyable, zero by default, and keep each
/// value in exactly one form, so that equal elements are equal bytes.
///
/// Base      the prime field below; the type itself when it is prime
/// kDegree   dimension over Base
template <class F>
concept Field = std::regular<F> && requires(const F a, const F b, typename F::Base k, uint64_t e) {
    { F::zero() } -> std::same_as<F>;
    { F::one() } -> std::same_as<F>;
    { F::of(int64_t{}) } -> std::same_as<F>;
    { a + b } -> std::same_as<F>;
    { a - b } -> std::same_as<F>;
    { a * b } -> std::same_as<F>;
    { a * k } -> std::same_as<F>;
    { -a } -> std::same_as<F>;
    { a.inverse() } -> std::same_as<F>;
    { a.pow(e) } -> std::same_as<F>;
    { F::kDegree } -> std::convertible_to<uint32_t>;
};

/// A field without a proper subfield here: its elements are the residues 0 … kModulus − 1.
template <class K>
concept PrimeField = Field<K> && std::same_as<typename K::Base, K> && requires(const K a) {
    { a.value() } -> std::same_as<uint32_t>;
    { K::kModulus } -> std::convertible_to<uint32_t>;
};

/// base^exponent by squaring, for any type with one() and *=.
template <class F>
constexpr F power(F base, uint64_t exponent)
{
    F result = F::one();
    for (; exponent != 0; exponent >>= 1)
    {
        if (exponent & 1)
            result *= base;
        base *= base;
    }
    return result;
}

} // namespace field
