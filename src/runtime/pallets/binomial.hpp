#pragma once

#include "scale/compact.hpp"

#include <bit>
#include <cstdint>

/// How likely so few successes are, in integers, bounded from above: who is found guilty by it is guilty.
namespace runtime::binomial {

using scale::u128;

/// A positive number m·2ᵉ with m of 64 bits, the first of them set. Every operation rounds up: what comes out is never
/// below the exact result of what went in, and above it by a factor of less than 1 + 2⁻⁶².
struct Upper
{
    uint64_t m = uint64_t{1} << 63;
    int64_t e = -63;

    /// The least number of this form that is not below `wide`·2ᵉ; wide > 0.
    static constexpr Upper of(u128 wide, int64_t e)
    {
        const auto high = uint64_t(wide >> 64);
        const int bits = high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(uint64_t(wide));
        if (bits <= 64)
            return {uint64_t(wide) << (64 - bits), e - (64 - bits)};
        const int drop = bits - 64;
        const u128 kept = wide >> drop;
        if (kept << drop == wide)
            return {uint64_t(kept), e + drop};
        return (kept + 1) >> 64 == 0 ? Upper{uint64_t(kept + 1), e + drop} : Upper{uint64_t{1} << 63, e + drop + 1};
    }
    friend constexpr Upper operator*(Upper a, Upper b) { return of(u128{a.m} * b.m, a.e + b.e); }
    /// This times a ÷ b, both above 0.
    constexpr Upper scaled(uint32_t a, uint32_t b) const
    {
        const u128 wide = (u128{m} * a) << 32;
        return of(wide / b + (wide % b != 0), e - 32);
    }
    friend constexpr Upper operator+(Upper a, Upper b)
    {
        if (a.e < b.e)
            return b + a;
        const auto apart = a.e - b.e;
        const u128 wide = u128{a.m} << 63;
        const u128 other = u128{b.m} << 63;
        // Of what lies too far below, one unit stands for all.
        return of(wide + (apart > 120 ? 1 : (other >> apart) + 1), a.e - 63);
    }
    constexpr bool is_below_power(int64_t exponent) const { return e + 64 <= exponent; }
};

/// Xⁿ by squaring.
constexpr Upper power(Upper x, uint32_t n)
{
    Upper result;
    for (; n != 0; n /= 2, x = x * x)
        if (n % 2 == 1)
            result = result * x;
    return result;
}

/// True if P[X ≤ x] < 2⁻ᵇ for X the number of successes in n trials that each succeed with chance u ÷ U. Where the sum
/// lies within 2⁻⁴⁰ of the bound, relatively, the answer may be false though true.
///
/// Shapes  0 < u < U; n ≤ 2²⁰
/// Cost    at most x + 2 log₂ n steps, each two divisions of 128 bits; it stops where the answer is no
constexpr bool is_unlikely(uint32_t x, uint32_t n, uint32_t u, uint32_t U, uint32_t b)
{
    if (x >= n)
        return false; // certain
    // P[X = 0], then P[X = i + 1] = P[X = i] · (n − i) ÷ (i + 1) · u ÷ (U − u).
    auto term = power(Upper{}.scaled(U - u, U), n);
    auto sum = term;
    for (uint32_t i = 0; i != x; ++i)
    {
        if (!sum.is_below_power(-int64_t{b}))
            return false;
        term = term.scaled(n - i, i + 1).scaled(u, U - u);
        sum = sum + term;
    }
    return sum.is_below_power(-int64_t{b});
}

} // namespace runtime::binomial
