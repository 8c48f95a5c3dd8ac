#pragma once

#include "scale/codec.hpp"

#include <concepts>
#include <type_traits>

/// Arithmetic that stops at the ends of its type. The first argument decides the type.
namespace runtime {

template <class T>
concept Unsigned = std::same_as<T, uint32_t> || std::same_as<T, uint64_t> || std::same_as<T, scale::u128>;

template <Unsigned T>
constexpr T saturating_add(T a, std::type_identity_t<T> b)
{
    T sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? T(~T{0}) : sum;
}

template <Unsigned T>
constexpr T saturating_sub(T a, std::type_identity_t<T> b)
{
    return a > b ? a - b : 0;
}

template <Unsigned T>
constexpr T saturating_mul(T a, std::type_identity_t<T> b)
{
    T product = 0;
    return __builtin_mul_overflow(a, b, &product) ? T(~T{0}) : product;
}

} // namespace runtime
