#include "commit/condense.hpp"

#include "commit/testing/world.hpp"

#include <gtest/gtest.h>

namespace commit {
namespace {

using testing::Dice;

/// The rounds of Σ w·v by the definition: p(X) with the open column bit of both vectors at X.
ColumnSum::Round naive_round(std::span<const F> w, std::span<const F> v, size_t columns)
{
    ColumnSum::Round round{};
    for (size_t i = 0; i < w.size(); i += columns)
        for (size_t j = i; j != i + columns / 2; ++j)
        {
            round.at_zero += w[j] * v[j];
            round.at_infinity += (w[j + columns / 2] - w[j]) * (v[j + columns / 2] - v[j]);
        }
    return round;
}

std::vector<F> naive_bind(std::span<const F> values, size_t columns, F r)
{
    std::vector<F> out;
    for (size_t i = 0; i < values.size(); i += columns)
        for (size_t j = i; j != i + columns / 2; ++j)
            out.push_back(values[j] + r * (values[j + columns / 2] - values[j]));
    return out;
}

TEST(Condense, gives_the_rounds_of_the_long_sum_for_random_weights_of_every_kind)
{
    Dice dice(1);
    for (const uint32_t log_columns : {4u, 6u})
        for (const size_t rows : {1u, 2u, 7u, 64u})
            for (size_t count = 0; count != 12; ++count)
            {
                size_t columns = size_t{1} << log_columns;
                const auto matrix = dice.bases(rows * columns);
                std::vector<Weight> weights;
                for (size_t i = 0; i != count; ++i)
                    weights.push_back(dice.weight(matrix.size()));
                std::vector<F> w(matrix.size()), v(matrix.begin(), matrix.end());
                for (const auto& weight : weights)
                    expand(weight, w);

                auto sum = condense(matrix, log_columns, weights);
                ASSERT_EQ(sum.total(), testing::value_of(weights, matrix));
                for (; columns != 1; columns /= 2)
                {
                    const auto expected = naive_round(w, v, columns), found = sum.round();
                    ASSERT_EQ(found.at_zero, expected.at_zero);
                    ASSERT_EQ(found.at_infinity, expected.at_infinity);
                    const F r = dice.element();
                    sum.bind(r);
                    w = naive_bind(w, columns, r);
                    v = naive_bind(v, columns, r);
                }
            }
}

TEST(ColumnSum, ends_with_one_folded_entry_a_row)
{
    Dice dice(2);
    auto w = dice.elements(48 * 16), v = dice.elements(48 * 16);
    ColumnSum sum(w, v, 4);
    for (size_t columns = 16; columns != 1; columns /= 2)
    {
        const F r = dice.element();
        sum.bind(r);
        w = naive_bind(w, columns, r);
        v = naive_bind(v, columns, r);
    }
    EXPECT_EQ(sum.take_w(), w);
    EXPECT_EQ(sum.take_v(), v);
}

TEST(SumOfPowers, is_the_definition_at_every_length_around_a_block)
{
    Dice dice(3);
    for (const size_t count : {1u, 2u, 9u})
        for (const size_t length : {1u, 16u, 127u, 128u, 129u, 3000u})
        {
            const auto points = dice.bases(count);
            const auto coefficients = dice.elements(count);
            const auto sum = sum_of_powers(points, coefficients, length);
            ASSERT_EQ(sum.size(), length);
            for (size_t e = 0; e != length; ++e)
            {
                F expected;
                for (size_t k = 0; k != count; ++k)
                    expected += coefficients[k] * points[k].pow(e);
                ASSERT_EQ(sum[e], expected);
            }
        }
}

} // namespace
} // namespace commit
