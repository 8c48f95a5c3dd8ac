#include "field/extension.hpp"
#include "field/inverse.hpp"
#include "field/prime.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace field {
namespace {

using Fp13_2 = Extension<Fp<13>, 2, 0>; // 2 is not a square mod 13
using Fp5_3 = Extension<Fp<5>, -1, -1, 0>;
using Fp3_4 = Extension<Fp<3>, -2, -1, 0, 0>;
using Fp13_4 = Extension<Fp<13>, 2, 0, 0, 0>;

/// Every element of a small field.
template <Field F>
std::vector<F> all()
{
    using K = typename F::Base;
    std::vector<F> elements{F::zero()};
    F power_of_x = F::one();
    for (uint32_t i = 0; i != F::kDegree; ++i)
    {
        const auto count = elements.size();
        for (uint32_t digit = 1; digit != K::kModulus; ++digit)
            for (size_t j = 0; j != count; ++j)
                elements.push_back(elements[j] + power_of_x * K::of(digit));
        if constexpr (F::kDegree > 1)
            power_of_x *= F::generator();
    }
    return elements;
}

template <class F>
class Axioms : public testing::Test
{
};
using Small = testing::Types<Fp<2>, Fp<3>, Fp<13>, Fp5_3, Fp3_4>;
TYPED_TEST_SUITE(Axioms, Small);

TYPED_TEST(Axioms, every_triple_obeys_the_ring_laws)
{
    const auto elements = all<TypeParam>();
    for (const auto a : elements)
        for (const auto b : elements)
        {
            ASSERT_EQ(a + b, b + a);
            ASSERT_EQ(a * b, b * a);
            ASSERT_EQ((a - b) + b, a);
            ASSERT_EQ(a + -a, TypeParam::zero());
            for (const auto c : elements)
            {
                ASSERT_EQ((a + b) + c, a + (b + c));
                ASSERT_EQ((a * b) * c, a * (b * c));
                ASSERT_EQ(a * (b + c), a * b + a * c);
            }
        }
}

template <class F>
class Inverses : public testing::Test
{
};
using Medium = testing::Types<Fp<2>, Fp<13>, Fp<65521>, Fp13_2, Fp5_3, Fp3_4, Fp13_4>;
TYPED_TEST_SUITE(Inverses, Medium);

TYPED_TEST(Inverses, every_element_but_zero_has_one)
{
    for (const auto a : all<TypeParam>())
    {
        ASSERT_EQ(a * TypeParam::one(), a);
        if (a != TypeParam::zero())
            ASSERT_EQ(a * a.inverse(), TypeParam::one());
    }
}

TYPED_TEST(Inverses, a_batch_equals_one_by_one)
{
    auto elements = all<TypeParam>();
    elements.erase(elements.begin()); // zero
    auto inverses = elements;
    batch_inverse<TypeParam>(inverses);
    for (size_t i = 0; i != elements.size(); ++i)
        ASSERT_EQ(inverses[i], elements[i].inverse());

    batch_inverse<TypeParam>(std::span<TypeParam>{});
}

TEST(ToyField, frobenius_is_the_pth_power)
{
    for (const auto a : all<Fp13_2>())
        ASSERT_EQ(a.frobenius(), a.pow(13));
    for (const auto a : all<Fp5_3>())
        ASSERT_EQ(a.frobenius(), a.pow(5));
}

TEST(ToyField, signed_integers_reduce)
{
    for (int64_t x = -40; x != 40; ++x)
        ASSERT_EQ(Fp<13>::of(x).value(), uint32_t(((x % 13) + 13) % 13));
    EXPECT_EQ(Fp13_2::of(-1), -Fp13_2::one());
}

TEST(ToyFieldDeathTest, zero_has_no_inverse)
{
    EXPECT_DEATH((void)Fp<13>{}.inverse(), "");
    EXPECT_DEATH((void)Fp13_2{}.inverse(), "");
}

} // namespace
} // namespace field
