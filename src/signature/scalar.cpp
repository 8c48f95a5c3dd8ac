#include "signature/scalar.hpp"

namespace signature {
namespace {

using Wide = unsigned __int128;
using Five = std::array<uint64_t, 5>;

constexpr Five kOrder{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000, 0};
constexpr Five kBarrett{0xed9ce5a30a2c131b, 0x2106215d086329a7, 0xffffffffffffffeb, 0xffffffffffffffff,
                        0xf}; // ⌊2⁵¹²/l⌋

template <size_t n, size_t m>
constexpr std::array<uint64_t, n + m> product(const std::array<uint64_t, n>& a, const std::array<uint64_t, m>& b)
{
    std::array<uint64_t, n + m> out{};
    for (size_t i = 0; i != n; ++i)
    {
        uint64_t carry = 0;
        for (size_t j = 0; j != m; ++j)
        {
            const Wide sum = Wide{a[i]} * b[j] + out[i + j] + carry;
            out[i + j] = uint64_t(sum);
            carry = uint64_t(sum >> 64);
        }
        out[i + m] = carry;
    }
    return out;
}

/// a − b modulo 2³²⁰, and whether it borrowed.
struct Difference
{
    Five value;
    bool borrow;
};

constexpr Difference subtract(const Five& a, const Five& b)
{
    Difference out{};
    for (size_t i = 0; i != 5; ++i)
    {
        const Wide difference = Wide{a[i]} - b[i] - out.borrow;
        out.value[i] = uint64_t(difference);
        out.borrow = uint64_t(difference >> 64) != 0;
    }
    return out;
}

template <size_t words>
constexpr std::array<uint64_t, words> load_words(std::span<const uint8_t, 8 * words> bytes)
{
    std::array<uint64_t, words> out{};
    for (size_t i = 0; i != bytes.size(); ++i)
        out[i / 8] |= uint64_t{bytes[i]} << (8 * (i % 8));
    return out;
}

/// The definition of the constant: its multiple of l leaves less than l of 2⁵¹².
constexpr bool barrett_is_exact()
{
    const auto m = product(kBarrett, kOrder);
    const Five rest = subtract({}, {m[0], m[1], m[2], m[3], m[4]}).value;
    return (m[5] & m[6] & m[7]) == UINT64_MAX && (m[8] | m[9]) == 0 && subtract(rest, kOrder).borrow;
}
static_assert(barrett_is_exact());

} // namespace

Scalar Scalar::reduce(const std::array<uint64_t, 8>& x)
{
    // Barrett: the estimate of ⌊x/l⌋ is at most 2 too small.  [Handbook of Applied Cryptography, 14.42]
    const auto q2 = product(Five{x[3], x[4], x[5], x[6], x[7]}, kBarrett);
    const auto multiple = product(Five{q2[5], q2[6], q2[7], q2[8], q2[9]}, kOrder);
    Five rest =
        subtract({x[0], x[1], x[2], x[3], x[4]}, {multiple[0], multiple[1], multiple[2], multiple[3], multiple[4]})
            .value;
    for (int i = 0; i != 2; ++i)
        if (const auto less = subtract(rest, kOrder); !less.borrow)
            rest = less.value;
    return Scalar({rest[0], rest[1], rest[2], rest[3]});
}

std::optional<Scalar> Scalar::from_canonical(View32 bytes)
{
    const auto w = load_words<4>(bytes);
    if (!subtract({w[0], w[1], w[2], w[3], 0}, kOrder).borrow)
        return std::nullopt;
    return Scalar(w);
}

Scalar Scalar::from_wide(std::span<const uint8_t, 64> bytes) { return reduce(load_words<8>(bytes)); }

Scalar Scalar::from_short(std::span<const uint8_t, 16> bytes)
{
    const auto w = load_words<2>(bytes);
    return Scalar({w[0], w[1], 0, 0});
}

Bytes32 Scalar::bytes() const
{
    Bytes32 out;
    for (size_t i = 0; i != 32; ++i)
        out[i] = uint8_t(word_[i / 8] >> (8 * (i % 8)));
    return out;
}

Scalar operator*(const Scalar& a, const Scalar& b) { return Scalar::reduce(product(a.word_, b.word_)); }

Scalar operator+(const Scalar& a, const Scalar& b)
{
    std::array<uint64_t, 8> sum{};
    Wide carry = 0;
    for (size_t i = 0; i != 4; ++i)
    {
        carry += Wide{a.word_[i]} + b.word_[i];
        sum[i] = uint64_t(carry);
        carry >>= 64;
    }
    return Scalar::reduce(sum); // both below 2²⁵³: no carry is left
}

Scalar operator-(const Scalar& a)
{
    if (a == Scalar{})
        return a;
    const auto& w = a.word_;
    const Five rest = subtract(kOrder, {w[0], w[1], w[2], w[3], 0}).value;
    return Scalar({rest[0], rest[1], rest[2], rest[3]});
}

} // namespace signature
