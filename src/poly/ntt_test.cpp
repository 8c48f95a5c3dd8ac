#include "poly/ntt.hpp"

#include "field/extension.hpp"
#include "poly/univariate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

namespace poly {
namespace {

using K = KoalaBear;

std::vector<K> random_matrix(size_t words)
{
    std::mt19937 random{uint32_t(words)};
    std::vector<K> matrix(words);
    for (auto& k : matrix)
        k = K{uint32_t(random())};
    return matrix;
}

std::vector<K> encoded(const std::vector<K>& coefficients, size_t rows, size_t width, size_t n)
{
    std::vector<K> out(n * width, K{7}); // what was there before must not matter
    encode(coefficients, rows, width, n, out);
    return out;
}

/// Whether row k of the code word holds the column polynomials' values at position_point(k).
bool row_is_right(const std::vector<K>& coefficients, const std::vector<K>& out, size_t width, size_t n, size_t k)
{
    const auto x = position_point(k, uint32_t(std::countr_zero(n)));
    std::vector<K> value(width);
    for (size_t i = coefficients.size() / width; i-- != 0;)
        for (size_t j = 0; j != width; ++j)
            value[j] = value[j] * x + coefficients[i * width + j];
    return std::equal(value.begin(), value.end(), out.begin() + k * width);
}

TEST(Ntt, points_are_the_bit_reversed_coset)
{
    for (uint32_t log_n = 0; log_n != 8; ++log_n)
        for (size_t k = 0; k != size_t{1} << log_n; ++k)
        {
            size_t reversed = 0;
            for (uint32_t i = 0; i != log_n; ++i)
                reversed |= (k >> i & 1) << (log_n - 1 - i);
            ASSERT_EQ(position_point(k, log_n), K{3} * K::root_of_unity(log_n).pow(reversed));
        }
}

TEST(Ntt, every_small_size_agrees_with_naive_evaluation)
{
    for (const size_t width : {16, 48, 64})
        for (size_t n = 1; n <= 64; n *= 2)
            for (size_t rows = 0; rows <= n; ++rows)
            {
                const auto coefficients = random_matrix(rows * width);
                const auto out = encoded(coefficients, rows, width, n);
                for (size_t k = 0; k != n; ++k)
                    ASSERT_TRUE(row_is_right(coefficients, out, width, n, k)) << width << ' ' << n << ' ' << rows;
            }
}

TEST(Ntt, sizes_beyond_the_cache_agree_with_naive_evaluation)
{
    struct Case
    {
        size_t rows, width, n;
    };
    for (const auto& [rows, width, n] :
         {Case{1024, 64, 4096}, Case{1025, 64, 2048}, Case{8192, 16, 16384}, Case{9000, 16, 16384},
          Case{3000, 80, 4096}, Case{1, 16, 65536}, Case{16, 16400, 32}, Case{100, 4096, 256}})
    {
        const auto coefficients = random_matrix(rows * width);
        const auto out = encoded(coefficients, rows, width, n);
        for (size_t k = 0; k < n; k += n / 16 + 1)
            ASSERT_TRUE(row_is_right(coefficients, out, width, n, k)) << rows << ' ' << width << ' ' << n;
        ASSERT_TRUE(row_is_right(coefficients, out, width, n, n - 1));
    }
}

TEST(Ntt, interpolation_inverts_encoding)
{
    for (size_t n = 1; n <= 256; n *= 2)
    {
        const auto coefficients = random_matrix(n * 16);
        auto values = encoded(coefficients, n, 16, n);
        interpolate(values, 16, n);
        ASSERT_EQ(values, coefficients);
    }
}

TEST(Ntt, interpolation_of_a_short_polynomial_ends_in_zeros)
{
    const auto coefficients = random_matrix(20 * 16);
    auto values = encoded(coefficients, 20, 16, 64);
    interpolate(values, 16, 64);
    EXPECT_TRUE(std::equal(coefficients.begin(), coefficients.end(), values.begin()));
    for (size_t i = coefficients.size(); i != values.size(); ++i)
        EXPECT_EQ(values[i], K::zero());
}

TEST(NttDeathTest, shapes_that_do_not_fit_stop)
{
    std::vector<K> matrix(32 * 16);
    EXPECT_DEATH(encode(std::span(matrix).first(17 * 16), 17, 16, 16, std::span(matrix).first(256)), "");
    EXPECT_DEATH(encode(std::span(matrix).first(8), 1, 8, 1, std::span(matrix).first(8)), "");
    EXPECT_DEATH((void)position_point(4, 2), "");
}

TEST(Univariate, horner_is_the_sum_of_powers)
{
    const std::vector<K> coefficients{K{5}, K{1}, K{0}, K{7}};
    const auto x = field::F4::generator() + field::F4::of(2);
    EXPECT_EQ((evaluate_univariate<field::F4, K>(coefficients, x)), field::F4::of(5) + x + x.pow(3) * K{7});
    EXPECT_EQ((evaluate_univariate<K, K>({}, K{9})), K::zero());
}

} // namespace
} // namespace poly
