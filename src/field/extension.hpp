#pragma once

#include "base/invariant.hpp"
#include "field/field.hpp"
#include "field/koalabear.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace field {

/// The extension K[x]/(x^D − Σ Rᵢ·xⁱ) of a prime field, D = number of R. The caller chooses an irreducible modulus;
/// the tests show that ours are.
///
/// Layout  the D coefficients in order, constant first, without padding
template <PrimeField K, int... R>
class alignas(sizeof...(R) == 4 ? 4 * sizeof(K) : alignof(K)) Extension
{
    static constexpr size_t D = sizeof...(R);

public:
    using Base = K;
    static constexpr uint32_t kDegree = D;

    constexpr Extension() = default;
    constexpr Extension(K constant) { coefficients_[0] = constant; }
    constexpr explicit Extension(const std::array<K, D>& coefficients) : coefficients_(coefficients) {}

    static constexpr Extension zero() { return {}; }
    static constexpr Extension one() { return K::one(); }
    static constexpr Extension of(int64_t value) { return K::of(value); }
    /// x itself.
    static constexpr Extension generator()
    {
        Extension x;
        x.coefficients_[1] = K::one();
        return x;
    }

    constexpr K coefficient(size_t i) const { return coefficients_[i]; }
    constexpr const std::array<K, D>& coefficients() const { return coefficients_; }

    friend constexpr Extension operator+(const Extension& a, const Extension& b)
    {
        Extension sum;
        for (size_t i = 0; i != D; ++i)
            sum.coefficients_[i] = a.coefficients_[i] + b.coefficients_[i];
        return sum;
    }
    friend constexpr Extension operator-(const Extension& a, const Extension& b)
    {
        Extension difference;
        for (size_t i = 0; i != D; ++i)
            difference.coefficients_[i] = a.coefficients_[i] - b.coefficients_[i];
        return difference;
    }
    friend constexpr Extension operator-(const Extension& a) { return zero() - a; }
    friend constexpr Extension operator*(const Extension& a, const Extension& b)
    {
        if constexpr (kBinomial)
            return binomial_product(a, b);
        else
            return general_product(a, b);
    }
    friend constexpr Extension operator*(const Extension& a, K scale)
    {
        Extension scaled;
        for (size_t i = 0; i != D; ++i)
            scaled.coefficients_[i] = a.coefficients_[i] * scale;
        return scaled;
    }
    friend constexpr Extension operator*(K scale, const Extension& a) { return a * scale; }
    constexpr Extension& operator+=(const Extension& b) { return *this = *this + b; }
    constexpr Extension& operator-=(const Extension& b) { return *this = *this - b; }
    constexpr Extension& operator*=(const Extension& b) { return *this = *this * b; }
    constexpr Extension& operator*=(K b) { return *this = *this * b; }
    friend constexpr bool operator==(const Extension&, const Extension&) = default;

    constexpr Extension pow(uint64_t exponent) const { return power(*this, exponent); }

    /// this^p, which is linear over K. Cost: D² multiplications in K.
    constexpr Extension frobenius() const
    {
        // (Σ aᵢ·xⁱ)^p = Σ aᵢ·(x^p)ⁱ
        static constexpr auto powers = frobenius_powers();
        Extension result;
        for (size_t i = 0; i != D; ++i)
            result += powers[i] * coefficients_[i];
        return result;
    }

    /// 1 / this. Caller: not zero. Cost: about D Frobenius maps and D products.
    constexpr Extension inverse() const
    {
        // The norm N = a·a^p·…·a^(p^(D−1)) lies in K, so 1/a is the product of the other conjugates over N.
        base::invariant(*this != zero());
        Extension conjugate = *this, others = one();
        for (size_t i = 1; i != D; ++i)
        {
            conjugate = conjugate.frobenius();
            others *= conjugate;
        }
        const Extension norm = others * *this;
        return others * norm.coefficients_[0].inverse();
    }

private:
    static constexpr int kFirst = std::array{R...}[0];
    static constexpr bool kBinomial = ((R != 0) + ...) == (kFirst != 0);

    /// Calls f.operator()<i>() for each i < Count: a loop whose counter is a constant.
    template <size_t Count, class Body>
    static constexpr void unrolled(Body f)
    {
        [&]<size_t... I>(std::index_sequence<I...>) {
            (f.template operator()<I>(), ...);
        }(std::make_index_sequence<Count>{});
    }

    /// Σ aᵢ·b[k − i] over First ≤ i < First + Count.
    template <size_t First, size_t Count>
    static constexpr K convolution(const Extension& a, const K* b, size_t k)
    {
        std::conditional_t<Count <= 4, typename K::ShortSum, typename K::Sum> sum;
        unrolled<Count>([&]<size_t I>() { sum.add(a.coefficients_[First + I], b[k - First - I]); });
        return sum.value();
    }

    /// Modulo x^D − r. One window over r·b₁ … r·b_{D−1}, b₀ … b_{D−1} serves all coefficients, so that each is a sum of
    /// D products with one reduction.
    static constexpr Extension binomial_product(const Extension& a, const Extension& b)
    {
        std::array<K, 2 * D - 1> window;
        for (size_t i = 0; i != D; ++i)
            window[D - 1 + i] = b.coefficients_[i];
        for (size_t i = 1; i != D; ++i)
            window[i - 1] = plus<kFirst>(K::zero(), b.coefficients_[i]);

        Extension result;
        for (size_t k = 0; k != D; ++k)
            result.coefficients_[k] = convolution<0, D>(a, window.data(), D - 1 + k);
        return result;
    }

    /// The long product; then its terms from x^(2D−2) down to x^D are replaced one by one.
    static constexpr Extension general_product(const Extension& a, const Extension& b)
    {
        std::array<K, 2 * D - 1> terms;
        unrolled<2 * D - 1>([&]<size_t Power>() {
            constexpr size_t first = Power < D ? 0 : Power - D + 1, count = Power < D ? Power + 1 : 2 * D - 1 - Power;
            terms[Power] = convolution<first, count>(a, b.coefficients_.data(), Power);
        });
        unrolled<D - 1>([&]<size_t Down>() {
            constexpr size_t power = 2 * D - 2 - Down;
            unrolled<D>([&]<size_t I>() {
                terms[power - D + I] = plus<std::array{R...}[I]>(terms[power - D + I], terms[power]);
            });
        });

        Extension result;
        for (size_t i = 0; i != D; ++i)
            result.coefficients_[i] = terms[i];
        return result;
    }

    /// sum + Factor·value, by additions where they are fewer.
    template <int Factor>
    static constexpr K plus(K sum, K value)
    {
        if constexpr (Factor == 0)
            return sum;
        else if constexpr (Factor == 1)
            return sum + value;
        else if constexpr (Factor > 0 && Factor <= 3)
            return plus<Factor - 1>(sum, value) + value;
        else if constexpr (Factor == -1)
            return sum - value;
        else
            return sum + value * K::of(Factor);
    }

    /// (x^p)ⁱ for i < D.
    static constexpr std::array<Extension, D> frobenius_powers()
    {
        const Extension image = generator().pow(K::kModulus);
        std::array<Extension, D> powers;
        powers[0] = one();
        for (size_t i = 1; i != D; ++i)
            powers[i] = powers[i - 1] * image;
        return powers;
    }

    std::array<K, D> coefficients_{};
};

/// KoalaBear[x]/(x⁴ − 3): |F| = 2^123.95.
using F4 = Extension<KoalaBear, 3, 0, 0, 0>;
/// KoalaBear[x]/(x⁵ + x² − 1): |F| = 2^154.94.
using F5 = Extension<KoalaBear, 1, 0, -1, 0, 0>;

static_assert(Field<F4> && sizeof(F4) == 16 && alignof(F4) == 16);
static_assert(Field<F5> && sizeof(F5) == 20);

} // namespace field
