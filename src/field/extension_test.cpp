#include "field/extension.hpp"

#include <gtest/gtest.h>

#include <random>

namespace field {
namespace {

template <class F>
class KoalaBearExtension : public testing::Test
{
protected:
    F any()
    {
        // One coefficient in four sits at an end of the range.
        std::array<KoalaBear, F::kDegree> coefficients;
        for (auto& c : coefficients)
            c = random() % 4 != 0 ? KoalaBear{uint32_t(random())}
                                  : KoalaBear::from_raw(random() % 2 != 0 ? KoalaBear::kModulus - 1 : 0);
        return F{coefficients};
    }
    std::mt19937 random{1};
};
using Extensions = testing::Types<F4, F5>;
TYPED_TEST_SUITE(KoalaBearExtension, Extensions);

TYPED_TEST(KoalaBearExtension, obeys_the_ring_laws_on_samples)
{
    for (int i = 0; i != 2000; ++i)
    {
        const auto a = this->any(), b = this->any(), c = this->any();
        ASSERT_EQ((a * b) * c, a * (b * c));
        ASSERT_EQ(a * (b + c), a * b + a * c);
        ASSERT_EQ(a * (b - c), a * b - a * c);
        ASSERT_EQ(a * b, b * a);
        ASSERT_EQ(a * b.coefficient(0), a * TypeParam{b.coefficient(0)});
        ASSERT_EQ(b.coefficient(1) * a, a * b.coefficient(1));
        ASSERT_EQ(a + -a, TypeParam::zero());
    }
}

TYPED_TEST(KoalaBearExtension, every_sample_but_zero_has_an_inverse)
{
    for (int i = 0; i != 500; ++i)
        if (const auto a = this->any(); a != TypeParam::zero())
            ASSERT_EQ(a * a.inverse(), TypeParam::one());
    EXPECT_EQ(TypeParam::one().inverse(), TypeParam::one());
}

TYPED_TEST(KoalaBearExtension, frobenius_is_the_pth_power)
{
    for (int i = 0; i != 100; ++i)
    {
        const auto a = this->any(), b = this->any();
        ASSERT_EQ(a.frobenius(), a.pow(KoalaBear::kModulus));
        ASSERT_EQ((a * b).frobenius(), a.frobenius() * b.frobenius());
    }
}

TYPED_TEST(KoalaBearExtension, multiplies_as_polynomials)
{
    constexpr size_t d = TypeParam::kDegree;
    for (int i = 0; i != 500; ++i)
    {
        const auto a = this->any(), b = this->any();
        TypeParam sum, power_of_x = TypeParam::one();
        for (size_t k = 0; k != d; ++k, power_of_x *= TypeParam::generator())
            sum += power_of_x * b * a.coefficient(k);
        ASSERT_EQ(a * b, sum);
    }
}

/// For a modulus m of degree d, x^(p^d) ≡ x (mod m) says that m divides X^(p^d) − X, so the degrees of its factors
/// divide d; x^(p^e) − x invertible for each maximal proper divisor e of d excludes factors of degree dividing e.
TEST(F4, modulus_is_irreducible)
{
    const auto x = F4::generator();
    EXPECT_EQ(x * x * x * x, F4::of(3));

    const auto squared = x.pow(KoalaBear::kModulus).pow(KoalaBear::kModulus);
    EXPECT_EQ(squared.pow(KoalaBear::kModulus).pow(KoalaBear::kModulus), x);
    const auto rest = squared - x;
    // X^(p²) − X is c·x with c ≠ 0 here, and x·(x³/3) = 1 in any quotient, so it is invertible.
    EXPECT_NE(rest.coefficient(1), KoalaBear::zero());
    EXPECT_EQ(rest, x * rest.coefficient(1));
    EXPECT_EQ(rest * (x.pow(3) * (KoalaBear{3} * rest.coefficient(1)).inverse()), F4::one());
}

TEST(F5, modulus_is_irreducible)
{
    const auto x = F5::generator();
    EXPECT_EQ(x.pow(5), F5::one() - x * x);

    auto power_of_x = x;
    for (int i = 0; i != 5; ++i)
        power_of_x = power_of_x.pow(KoalaBear::kModulus);
    EXPECT_EQ(power_of_x, x);
    // 5 is prime: what remains to exclude is a root in K. The product with the claimed inverse is checked, not assumed.
    const auto rest = x.pow(KoalaBear::kModulus) - x;
    EXPECT_EQ(rest * rest.inverse(), F5::one());
}

TEST(F4, works_at_compile_time)
{
    constexpr F4 a{std::array{KoalaBear{1}, KoalaBear{2}, KoalaBear{3}, KoalaBear{4}}};
    static_assert(a * a.inverse() == F4::one());
    static_assert(F5::generator().pow(5) + F5::generator().pow(2) == F5::one());
}

} // namespace
} // namespace field
