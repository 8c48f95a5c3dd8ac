#pragma once

#include "base/invariant.hpp"
#include "field/field.hpp"

#include <cstdint>

namespace field {

/// The residues mod a small prime P, plainly: a toy field in which a test can try every element.
/// Same interface as KoalaBear, but integers convert implicitly, so that tests read like formulas.
template <uint32_t P>
class Fp
{
    static_assert(P >= 2 && P < 65536);

public:
    using Base = Fp;
    static constexpr uint32_t kModulus = P;
    static constexpr uint32_t kDegree = 1;

    constexpr Fp() = default;
    constexpr Fp(uint32_t value) : value_(value % P) {}

    static constexpr Fp zero() { return {}; }
    static constexpr Fp one() { return Fp{1u}; }

    /// The residue of any signed integer.
    static constexpr Fp of(int64_t value)
    {
        const auto rest = value % int64_t{P};
        return Fp{uint32_t(rest < 0 ? rest + P : rest)};
    }

    /// The residue, 0 … P−1.
    constexpr uint32_t value() const { return value_; }

    friend constexpr Fp operator+(Fp a, Fp b) { return Fp{a.value_ + b.value_}; }
    friend constexpr Fp operator-(Fp a, Fp b) { return Fp{a.value_ + P - b.value_}; }
    friend constexpr Fp operator*(Fp a, Fp b) { return Fp{a.value_ * b.value_}; }
    friend constexpr Fp operator-(Fp a) { return Fp{P - a.value_}; }
    constexpr Fp& operator+=(Fp b) { return *this = *this + b; }
    constexpr Fp& operator-=(Fp b) { return *this = *this - b; }
    constexpr Fp& operator*=(Fp b) { return *this = *this * b; }
    friend constexpr bool operator==(Fp, Fp) = default;

    constexpr Fp pow(uint64_t exponent) const { return power(*this, exponent); }

    /// 1 / this. Caller: not zero.
    constexpr Fp inverse() const
    {
        base::invariant(value_ != 0);
        return pow(P - 2);
    }

    /// A sum of products; see KoalaBear::Sum.
    class Sum
    {
    public:
        constexpr void add(Fp a, Fp b) { total_ += a * b; }
        constexpr Fp value() const { return total_; }

    private:
        Fp total_;
    };
    using ShortSum = Sum;

private:
    uint32_t value_ = 0;
};

static_assert(PrimeField<Fp<13>>);

} // namespace field
