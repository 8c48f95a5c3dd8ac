#include "field/koalabear.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace field {
namespace {

using K = KoalaBear;
constexpr uint64_t p = K::kModulus;

/// The values where carries and corrections change, and some between.
std::vector<uint32_t> samples()
{
    std::vector<uint32_t> values{0,
                                 1,
                                 2,
                                 3,
                                 uint32_t(p - 1),
                                 uint32_t(p - 2),
                                 uint32_t(p / 2),
                                 uint32_t(p / 2 + 1),
                                 1u << 24,
                                 (1u << 24) - 1,
                                 1u << 30,
                                 0x01fffffeu,
                                 0x7effffffu};
    std::mt19937 random{1};
    for (int i = 0; i != 300; ++i)
        values.push_back(uint32_t(random() % p));
    return values;
}

TEST(KoalaBear, agrees_with_wide_integers)
{
    for (const auto x : samples())
        for (const auto y : samples())
        {
            const K a{x}, b{y};
            ASSERT_EQ((a + b).value(), (uint64_t{x} + y) % p);
            ASSERT_EQ((a - b).value(), (uint64_t{x} + p - y) % p);
            ASSERT_EQ((a * b).value(), uint64_t{x} * y % p);
            ASSERT_EQ((-a).value(), (p - x) % p);
            ASSERT_EQ(a == b, x == y);
            ASSERT_LT((a + b).raw(), p);
            ASSERT_LT((a - b).raw(), p);
            ASSERT_LT((a * b).raw(), p);
        }
}

TEST(KoalaBear, holds_each_residue_in_one_form)
{
    for (const auto x : samples())
    {
        const K a{x};
        EXPECT_EQ(a.value(), x);
        EXPECT_EQ(a.raw(), uint32_t((static_cast<unsigned __int128>(x) << 32) % p));
        EXPECT_EQ(K::from_raw(a.raw()), a);
        EXPECT_EQ(K::from_canonical(x), a);
    }
    EXPECT_EQ((K::zero() - K::zero()).raw(), 0u);
    EXPECT_EQ((-K::zero()).raw(), 0u);
}

TEST(KoalaBear, refuses_encodings_from_p_on)
{
    EXPECT_TRUE(K::from_canonical(p - 1));
    EXPECT_FALSE(K::from_canonical(p));
    EXPECT_FALSE(K::from_canonical(p + 1));
    EXPECT_FALSE(K::from_canonical(std::numeric_limits<uint32_t>::max()));
}

TEST(KoalaBear, takes_any_integer)
{
    for (const int64_t x : {int64_t{0}, int64_t{-1}, int64_t(p), -int64_t(p), int64_t(p) + 1, -int64_t(p) - 1,
                            std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()})
        EXPECT_EQ(K::of(x).value(), uint32_t(((__int128{x} % p) + p) % p));
    EXPECT_EQ(K{0xffffffffu}.value(), 0xffffffffu % p);
    EXPECT_EQ(K::of(-5) + K{5}, K::zero());
}

TEST(KoalaBear, every_sample_but_zero_has_an_inverse)
{
    for (const auto x : samples())
        if (x != 0)
            ASSERT_EQ(K{x} * K{x}.inverse(), K::one());
}

TEST(KoalaBearDeathTest, zero_has_no_inverse) { EXPECT_DEATH((void)K::zero().inverse(), ""); }

TEST(KoalaBear, powers_follow_repeated_multiplication)
{
    K product = K::one();
    for (uint64_t e = 0; e != 70; ++e)
    {
        ASSERT_EQ(K{7}.pow(e), product);
        product *= K{7};
    }
    EXPECT_EQ(K::zero().pow(0), K::one());
}

TEST(KoalaBear, three_generates_the_group)
{
    // p − 1 = 2²⁴·127, so the order of 3 is p − 1 unless it divides (p−1)/2 or (p−1)/127.
    static_assert(p - 1 == (uint64_t{1} << 24) * 127);
    EXPECT_NE(K{3}.pow((p - 1) / 2), K::one());
    EXPECT_NE(K{3}.pow((p - 1) / 127), K::one());
}

TEST(KoalaBear, roots_of_unity_are_primitive_and_consistent)
{
    for (uint32_t k = 1; k <= K::kTwoAdicity; ++k)
    {
        EXPECT_EQ(K::root_of_unity(k).pow(uint64_t{1} << (k - 1)), -K::one());
        EXPECT_EQ(K::root_of_unity(k) * K::root_of_unity(k), K::root_of_unity(k - 1));
    }
    EXPECT_EQ(K::root_of_unity(0), K::one());
}

TEST(KoalaBear, sums_of_products_do_not_overflow)
{
    std::mt19937 random{2};
    K plain;
    K::Sum sum;
    for (int i = 0; i != 100'000; ++i)
    {
        // Long runs of the largest raw values, where an unwatched sum would wrap.
        const K a = i % 7 != 0 ? K::from_raw(uint32_t(p - 1)) : K{uint32_t(random())};
        const K b = i % 5 != 0 ? K::from_raw(uint32_t(p - 1)) : K{uint32_t(random())};
        sum.add(a, b);
        plain += a * b;
        ASSERT_EQ(sum.value(), plain) << i;
    }

    const K most = K::from_raw(uint32_t(p - 1));
    K::ShortSum four;
    for (int i = 0; i != 4; ++i)
        four.add(most, most);
    EXPECT_EQ(four.value(), most * most * K{4});
}

TEST(KoalaBear, works_at_compile_time)
{
    static_assert(K{5} * K{5}.inverse() == K::one());
    static_assert(K::of(-1).value() == p - 1);
}

} // namespace
} // namespace field
