#pragma once

#include "base/invariant.hpp"
#include "field/field.hpp"

#include <cstdint>
#include <optional>

namespace field {

/// The prime field of p = 2³¹ − 2²⁴ + 1: small enough for 32-bit lanes, with 2²⁴ | p − 1 for number-theoretic
/// transforms.
///
/// Held in Montgomery form, x·2³² mod p, always fully reduced, so equal elements are equal bytes. value() and
/// from_canonical() are the form that leaves the process.
class KoalaBear
{
public:
    using Base = KoalaBear;
    static constexpr uint32_t kModulus = 0x7f000001;
    static constexpr uint32_t kDegree = 1;
    static constexpr uint32_t kTwoAdicity = 24;
    static constexpr uint32_t kGenerator = 3;        ///< generates the multiplicative group
    static constexpr uint32_t kInverse = 0x81000001; ///< p⁻¹ mod 2³²

    constexpr KoalaBear() = default;

    /// The residue of an unsigned integer.
    constexpr explicit KoalaBear(uint32_t value) : raw_(reduce(uint64_t{value % kModulus} * kSquare)) {}

    static constexpr KoalaBear zero() { return {}; }
    static constexpr KoalaBear one() { return from_raw(uint32_t((uint64_t{1} << 32) % kModulus)); }

    /// The residue of any signed integer.
    static constexpr KoalaBear of(int64_t value)
    {
        const auto rest = value % int64_t{kModulus};
        return KoalaBear{uint32_t(rest < 0 ? rest + kModulus : rest)};
    }

    /// The element that a canonical encoding names; nothing for integers ≥ p.
    static constexpr std::optional<KoalaBear> from_canonical(uint32_t value)
    {
        if (value >= kModulus)
            return std::nullopt;
        return KoalaBear{value};
    }

    /// From Montgomery form, for kernels. Caller: raw < p.
    static constexpr KoalaBear from_raw(uint32_t raw)
    {
        KoalaBear result;
        result.raw_ = raw;
        return result;
    }

    /// The residue, 0 … p−1.
    constexpr uint32_t value() const { return reduce(raw_); }
    /// The Montgomery form, value·2³² mod p.
    constexpr uint32_t raw() const { return raw_; }

    friend constexpr KoalaBear operator+(KoalaBear a, KoalaBear b) { return from_raw(once(a.raw_ + b.raw_)); }
    friend constexpr KoalaBear operator-(KoalaBear a, KoalaBear b)
    {
        const uint32_t difference = a.raw_ - b.raw_;
        return from_raw(a.raw_ < b.raw_ ? difference + kModulus : difference);
    }
    friend constexpr KoalaBear operator*(KoalaBear a, KoalaBear b)
    {
        return from_raw(reduce(uint64_t{a.raw_} * b.raw_));
    }
    friend constexpr KoalaBear operator-(KoalaBear a) { return zero() - a; }
    constexpr KoalaBear& operator+=(KoalaBear b) { return *this = *this + b; }
    constexpr KoalaBear& operator-=(KoalaBear b) { return *this = *this - b; }
    constexpr KoalaBear& operator*=(KoalaBear b) { return *this = *this * b; }
    friend constexpr bool operator==(KoalaBear, KoalaBear) = default;

    constexpr KoalaBear pow(uint64_t exponent) const { return power(*this, exponent); }

    /// 1 / this. Caller: not zero. Cost: 46 multiplications; see batch_inverse for many.
    constexpr KoalaBear inverse() const
    {
        base::invariant(raw_ != 0);
        return pow(kModulus - 2);
    }

    /// The primitive 2^k-th root of unity 3^((p−1)/2^k). Caller: k ≤ kTwoAdicity.
    static constexpr KoalaBear root_of_unity(uint32_t k)
    {
        base::invariant(k <= kTwoAdicity);
        return KoalaBear{kGenerator}.pow((kModulus - 1) >> k);
    }

    /// A sum of any number of products with one reduction at its end.
    class Sum
    {
    public:
        constexpr void add(KoalaBear a, KoalaBear b)
        {
            // Before: total < 1.01·2⁶³. A product is below 2⁶², so nothing is lost; from 2⁶³ on, p·2³² comes off.
            total_ += uint64_t{a.raw_} * b.raw_;
            const uint64_t less = total_ - (uint64_t{kModulus} << 32);
            total_ = total_ >> 63 != 0 ? less : total_;
        }
        constexpr KoalaBear value() const { return from_raw(reduce_wide(total_)); }

    private:
        uint64_t total_ = 0;
    };

    /// A sum of at most four products: 4·(p−1)² < 2⁶⁴, so nothing needs watching.
    class ShortSum
    {
    public:
        constexpr void add(KoalaBear a, KoalaBear b) { total_ += uint64_t{a.raw_} * b.raw_; }
        constexpr KoalaBear value() const { return from_raw(reduce_wide(total_)); }

    private:
        uint64_t total_ = 0;
    };

    /// wide·2⁻³² mod p. Caller: wide < 2³²·p.
    static constexpr uint32_t reduce(uint64_t wide)
    {
        // m·p ≡ wide (mod 2³²), so wide − m·p is a multiple of 2³², above −2³²·p.
        const uint32_t m = uint32_t(wide) * kInverse;
        const uint32_t high = uint32_t(wide >> 32), taken = uint32_t((uint64_t{m} * kModulus) >> 32);
        return high < taken ? high - taken + kModulus : high - taken;
    }
    /// wide·2⁻³² mod p for every wide < 2³³·p, such as the sum of four products.
    static constexpr uint32_t reduce_wide(uint64_t wide)
    {
        return reduce(uint64_t{once(uint32_t(wide >> 32))} << 32 | uint32_t(wide));
    }

private:
    static constexpr uint32_t kSquare = uint32_t((uint64_t(-1) % kModulus + 1) % kModulus); // 2⁶⁴ mod p

    static constexpr uint32_t once(uint32_t x) { return x < kModulus ? x : x - kModulus; }

    uint32_t raw_ = 0;
};

static_assert(PrimeField<KoalaBear> && sizeof(KoalaBear) == 4);

} // namespace field
