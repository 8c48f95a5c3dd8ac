#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

/// Curve arithmetic for verification. Its time depends on its operands: nothing secret may enter this file,
/// curve.hpp, ristretto.hpp, scalar.hpp or multiscalar.hpp. Secret keys go through libsodium (sr25519.hpp).
namespace signature {

/// 32 bytes on the wire: a field element, a compressed point or a scalar.
using Bytes32 = std::array<uint8_t, 32>;
using View32 = std::span<const uint8_t, 32>;

/// An element of GF(p), p = 2²⁵⁵ − 19, as Σ limb[i]·2^(51i), not carried: every limb is at most units·(2⁵¹ + 2¹⁵).
/// The bound is in the type, so that an overflow is a compile error.
template <unsigned units>
struct Lazy
{
    std::array<uint64_t, 5> limb{};

    constexpr Lazy() = default;
    constexpr explicit Lazy(const std::array<uint64_t, 5>& limbs) : limb(limbs) {}

    /// A tighter bound serves wherever a looser one is asked for.
    template <unsigned fewer>
        requires(fewer < units)
    constexpr Lazy(const Lazy<fewer>& other) : limb(other.limb)
    {
    }
};

/// A carried element: what products and stored points are made of.
using Fe = Lazy<1>;

/// Factors of a product stay within it: then 5·2⁵⁴·2⁵⁴ and its carry times 19 fit 128 and 64 bits.
inline constexpr unsigned kFactorUnitsMax = 8;

namespace detail {

using Wide = unsigned __int128;
inline constexpr uint64_t kMask51 = (uint64_t{1} << 51) - 1;

constexpr Wide wide(uint64_t a, uint64_t b) { return Wide{a} * b; }

/// The five columns of a product, carried.
constexpr Fe carry(Wide c0, Wide c1, Wide c2, Wide c3, Wide c4)
{
    c1 += uint64_t(c0 >> 51);
    c2 += uint64_t(c1 >> 51);
    c3 += uint64_t(c2 >> 51);
    c4 += uint64_t(c3 >> 51);
    const uint64_t low = (uint64_t(c0) & kMask51) + 19 * uint64_t(c4 >> 51);
    return Fe{{low & kMask51, (uint64_t(c1) & kMask51) + (low >> 51), uint64_t(c2) & kMask51, uint64_t(c3) & kMask51,
               uint64_t(c4) & kMask51}};
}

} // namespace detail

template <unsigned a, unsigned b>
constexpr Lazy<a + b> operator+(const Lazy<a>& x, const Lazy<b>& y)
{
    Lazy<a + b> sum;
    for (size_t i = 0; i != 5; ++i)
        sum.limb[i] = x.limb[i] + y.limb[i];
    return sum;
}

/// x + (b + 1)·p − y: each limb of the multiple of p exceeds what y may hold.
template <unsigned a, unsigned b>
constexpr Lazy<a + b + 1> operator-(const Lazy<a>& x, const Lazy<b>& y)
{
    static_assert(b <= kFactorUnitsMax);
    Lazy<a + b + 1> difference;
    difference.limb[0] = x.limb[0] + (b + 1) * (detail::kMask51 - 18) - y.limb[0];
    for (size_t i = 1; i != 5; ++i)
        difference.limb[i] = x.limb[i] + (b + 1) * detail::kMask51 - y.limb[i];
    return difference;
}

template <unsigned a>
constexpr Lazy<a + 1> operator-(const Lazy<a>& x)
{
    return Lazy<0>{} - x;
}

template <unsigned a, unsigned b>
    requires(a <= kFactorUnitsMax && b <= kFactorUnitsMax)
constexpr Fe operator*(const Lazy<a>& left, const Lazy<b>& right)
{
    using detail::wide;
    const auto& x = left.limb;
    const auto& y = right.limb;
    const uint64_t y1 = 19 * y[1], y2 = 19 * y[2], y3 = 19 * y[3], y4 = 19 * y[4];
    return detail::carry(wide(x[0], y[0]) + wide(x[4], y1) + wide(x[3], y2) + wide(x[2], y3) + wide(x[1], y4),
                         wide(x[1], y[0]) + wide(x[0], y[1]) + wide(x[4], y2) + wide(x[3], y3) + wide(x[2], y4),
                         wide(x[2], y[0]) + wide(x[1], y[1]) + wide(x[0], y[2]) + wide(x[4], y3) + wide(x[3], y4),
                         wide(x[3], y[0]) + wide(x[2], y[1]) + wide(x[1], y[2]) + wide(x[0], y[3]) + wide(x[4], y4),
                         wide(x[4], y[0]) + wide(x[3], y[1]) + wide(x[2], y[2]) + wide(x[1], y[3]) + wide(x[0], y[4]));
}

template <unsigned a>
    requires(a <= kFactorUnitsMax)
constexpr Fe square(const Lazy<a>& value)
{
    using detail::wide;
    const auto& x = value.limb;
    const uint64_t d0 = 2 * x[0], d1 = 2 * x[1], d3 = 19 * x[3], d4 = 19 * x[4];
    return detail::carry(
        wide(x[0], x[0]) + wide(2 * d4, x[1]) + wide(2 * d3, x[2]),
        wide(d0, x[1]) + wide(2 * d4, x[2]) + wide(d3, x[3]), wide(d0, x[2]) + wide(x[1], x[1]) + wide(2 * d4, x[3]),
        wide(d0, x[3]) + wide(d1, x[2]) + wide(d4, x[4]), wide(d0, x[4]) + wide(d1, x[3]) + wide(x[2], x[2]));
}

template <unsigned a>
constexpr Fe tighten(const Lazy<a>& x)
{
    return detail::carry(x.limb[0], x.limb[1], x.limb[2], x.limb[3], x.limb[4]);
}

constexpr Fe fe(uint64_t small) { return Fe{{small, 0, 0, 0, 0}}; } ///< small < 2⁵¹

/// x^(2^times).
constexpr Fe square_times(Fe x, unsigned times)
{
    for (; times != 0; --times)
        x = square(x);
    return x;
}

namespace detail {

/// x^(2²⁵⁰ − 1) and x¹¹, of which all needed powers are made.
struct Powers
{
    Fe most, eleventh;
};

constexpr Powers powers(const Fe& x)
{
    const Fe x2 = square(x), x9 = x * square_times(x2, 2), x11 = x9 * x2;
    const Fe to5 = x9 * square(x11); // x^(2⁵ − 1)
    const Fe to10 = square_times(to5, 5) * to5;
    const Fe to20 = square_times(to10, 10) * to10;
    const Fe to40 = square_times(to20, 20) * to20;
    const Fe to50 = square_times(to40, 10) * to10;
    const Fe to100 = square_times(to50, 50) * to50;
    const Fe to200 = square_times(to100, 100) * to100;
    return {square_times(to200, 50) * to50, x11};
}

} // namespace detail

/// x^(p−2): the inverse, and 0 of 0. Cost: 265 multiplications.
constexpr Fe invert(const Fe& x)
{
    const auto [most, eleventh] = detail::powers(x);
    return square_times(most, 5) * eleventh;
}

/// x^((p−5)/8).
constexpr Fe power_root(const Fe& x) { return square_times(detail::powers(x).most, 2) * x; }

/// The 255 low bits, little-endian; the top bit is ignored and values ≥ p are taken modulo p.
constexpr Fe load(View32 bytes)
{
    std::array<uint64_t, 4> word{};
    for (size_t i = 0; i != 32; ++i)
        word[i / 8] |= uint64_t{bytes[i]} << (8 * (i % 8));
    const auto [a, b, c, d] = word;
    using detail::kMask51;
    return Fe{{a & kMask51, (a >> 51 | b << 13) & kMask51, (b >> 38 | c << 26) & kMask51, (c >> 25 | d << 39) & kMask51,
               d >> 12 & kMask51}};
}

/// The canonical form: the residue below p, little-endian.
template <unsigned a>
constexpr Bytes32 store(const Lazy<a>& value)
{
    auto limb = tighten(value).limb; // below 2p
    uint64_t excess = 19;            // value ≥ p exactly when value + 19 reaches 2²⁵⁵
    for (const uint64_t l : limb)
        excess = (l + excess) >> 51;
    limb[0] += 19 * excess;
    for (size_t i = 0; i != 4; ++i)
    {
        limb[i + 1] += limb[i] >> 51;
        limb[i] &= detail::kMask51;
    }
    limb[4] &= detail::kMask51;

    const uint64_t word[4]{limb[0] | limb[1] << 51, limb[1] >> 13 | limb[2] << 38, limb[2] >> 26 | limb[3] << 25,
                           limb[3] >> 39 | limb[4] << 12};
    Bytes32 bytes{};
    for (size_t i = 0; i != 32; ++i)
        bytes[i] = uint8_t(word[i / 8] >> (8 * (i % 8)));
    return bytes;
}

template <unsigned a, unsigned b>
constexpr bool operator==(const Lazy<a>& x, const Lazy<b>& y)
{
    return store(x) == store(y);
}

template <unsigned a>
constexpr bool is_zero(const Lazy<a>& x)
{
    return store(x) == Bytes32{};
}

/// Odd residues are called negative.  [RFC 9496 §4.1]
template <unsigned a>
constexpr bool is_negative(const Lazy<a>& x)
{
    return store(x)[0] % 2 != 0;
}

template <unsigned a>
constexpr Fe absolute(const Lazy<a>& x)
{
    return is_negative(x) ? tighten(-x) : tighten(x);
}

/// −1 = 2^((p−1)/2), since 2 is no square: its root is 2^((p−1)/4) = (2^((p−5)/8))²·2.
inline constexpr Fe kRootMinusOne = square(power_root(fe(2))) * fe(2);
static_assert(square(kRootMinusOne) == -fe(1));

/// √(u/v), or √(i·u/v) when u/v is no square (i = √−1); the non-negative root. v = 0 gives 0, a root only of u = 0.
///
/// Source  RFC 9496 section 4.2
struct Root
{
    bool square;
    Fe root;
};

constexpr Root square_root_of_ratio(const Fe& u, const Fe& v)
{
    const Fe v3 = square(v) * v;
    const Fe root = u * v3 * power_root(u * square(v3) * v); // (u·v³)·(u·v⁷)^((p−5)/8)
    const Fe check = v * square(root);                       // u times a fourth root of 1
    const bool correct = check == u, flipped = check == -u, flipped_i = check == -(u * kRootMinusOne);
    return {correct || flipped, absolute(flipped || flipped_i ? root * kRootMinusOne : root)};
}

} // namespace signature
