#include "poly/multilinear.hpp"

#include "field/prime.hpp"

#include <gtest/gtest.h>

#include <random>

namespace poly {
namespace {

using field::F4;
using field::KoalaBear;
using F = field::Fp<5>; // small enough to try every point
using Points = std::vector<std::vector<F>>;

/// Every point of F^n.
Points points(size_t n)
{
    Points all{{}};
    for (size_t i = 0; i != n; ++i)
    {
        Points longer;
        for (const auto& point : all)
            for (uint32_t r = 0; r != F::kModulus; ++r)
            {
                longer.push_back(point);
                longer.back().push_back(r);
            }
        all = std::move(longer);
    }
    return all;
}

/// Bit of variable i in an index of n bits: variable 0 is the top bit.
uint32_t bit(size_t index, size_t i, size_t n) { return uint32_t(index >> (n - 1 - i) & 1); }

TEST(Multilinear, eq_table_is_the_defining_product_at_every_point)
{
    for (size_t n = 0; n != 4; ++n)
        for (const auto& point : points(n))
        {
            const auto table = eq_table<F>(point, 3);
            ASSERT_EQ(table.size(), size_t{1} << n);
            for (size_t x = 0; x != table.size(); ++x)
            {
                F product = 3;
                for (size_t i = 0; i != n; ++i)
                    product *= bit(x, i, n) != 0 ? point[i] : F::one() - point[i];
                ASSERT_EQ(table[x], product);
            }
        }
}

TEST(Multilinear, eq_of_two_points_is_symmetric_and_extends_equality)
{
    for (const auto& a : points(2))
        for (const auto& b : points(2))
        {
            const auto table = eq_table<F>(a), other = eq_table<F>(b);
            F sum;
            for (size_t x = 0; x != 4; ++x)
                sum += table[x] * other[x];
            ASSERT_EQ(eq<F>(a, b), sum);
            ASSERT_EQ(eq<F>(b, a), sum);
        }
    EXPECT_EQ(eq<F>({}, {}), F::one());
}

TEST(Multilinear, evaluation_agrees_with_the_values_and_is_linear_in_each_variable)
{
    for (size_t n = 0; n != 4; ++n)
    {
        std::vector<F> values(size_t{1} << n);
        for (size_t x = 0; x != values.size(); ++x)
            values[x] = uint32_t(x * x + 2);
        const auto at = [&](const std::vector<F>& point) { return evaluate<F, F>(values, point); };

        for (const auto& point : points(n))
        {
            size_t index = 0;
            bool boolean = true;
            for (size_t i = 0; i != n; ++i)
            {
                auto low = point, high = point;
                low[i] = 0;
                high[i] = 1;
                ASSERT_EQ(at(point), at(low) + point[i] * (at(high) - at(low)));
                boolean &= point[i].value() < 2;
                index = 2 * index + point[i].value();
            }
            if (boolean)
                ASSERT_EQ(at(point), values[index]);
        }
    }
}

TEST(Multilinear, folding_binds_the_first_coordinate)
{
    for (const auto& point : points(3))
    {
        const std::vector<F> values{1, 4, 2, 0, 3, 3, 1, 4};
        auto folded = values;
        for (const auto r : point)
            fold_top(folded, r);
        ASSERT_EQ(folded.size(), 1u);
        ASSERT_EQ(folded[0], (evaluate<F, F>(values, point)));
    }
}

TEST(Multilinear, fast_paths_agree_with_the_definition_in_f4)
{
    std::mt19937 random{1};
    const auto any = [&] {
        std::array<KoalaBear, 4> c;
        for (auto& k : c)
            k = KoalaBear{uint32_t(random())};
        return F4{c};
    };
    for (size_t n = 0; n != 9; ++n)
    {
        std::vector<F4> point(n), values(size_t{1} << n);
        std::vector<KoalaBear> base_values(values.size());
        for (auto& r : point)
            r = any();
        F4 sum, base_sum;
        for (size_t x = 0; x != values.size(); ++x)
        {
            values[x] = any();
            base_values[x] = any().coefficient(0);
            F4 weight = F4::one();
            for (size_t i = 0; i != n; ++i)
                weight *= bit(x, i, n) != 0 ? point[i] : F4::one() - point[i];
            sum += weight * values[x];
            base_sum += weight * base_values[x];
        }
        EXPECT_EQ((evaluate<F4, F4>(values, point)), sum);
        EXPECT_EQ((evaluate<F4, KoalaBear>(base_values, point)), base_sum);
        for (const auto r : point)
            fold_top(values, r);
        EXPECT_EQ(values[0], sum);
    }
}

} // namespace
} // namespace poly
