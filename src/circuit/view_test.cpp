#include "circuit/testing/random_view.hpp"

#include "poly/multilinear.hpp"

#include <gtest/gtest.h>

namespace circuit {
namespace {

using testing::random_element;
using testing::Rng;

TEST(WeightOf, every_entry_is_the_sum_that_defines_it)
{
    for (uint64_t seed = 0; seed != 3000; ++seed)
    {
        const auto scene = testing::RandomScene(seed).build();
        Rng rng(seed);
        const F coefficient = random_element(rng);
        for (const bool broadcast : {false, true})
        {
            const auto weight = weight_of(scene.circuit, scene.view, scene.variables, scene.at, coefficient, broadcast);
            const auto& column = scene.circuit.columns[0];
            ASSERT_EQ(weight.offset, column.offset);
            ASSERT_EQ(commit::log_size(weight), column.log_size()) << seed;
            const auto values = commit::multiply_out(weight.factors, weight.coefficient);
            const auto defined = testing::Definition(scene, broadcast).run();
            for (size_t i = 0; i != values.size(); ++i)
                ASSERT_EQ(values[i], coefficient * defined[i]) << "seed " << seed << ", entry " << i;
        }
    }
}

TEST(WeightOf, a_widened_column_weighs_nothing_beyond_its_variable)
{
    Circuit circuit;
    circuit.columns.push_back({.store = Store::trace, .bits = {4}});
    const View view{.column = 0, .axes = {Axis::identity(0)}, .scalings = {}};
    Rng rng(1);
    const std::vector<Variable> variables{Variable::of(3)};
    const std::vector<At> at{{.point = {random_element(rng), random_element(rng)}, .extra = {}}};
    const auto weight = weight_of(circuit, view, variables, at, F::one(), true);
    const auto values = commit::multiply_out(weight.factors, weight.coefficient);
    ASSERT_EQ(values.size(), 16u);
    for (size_t i = 0; i != values.size(); ++i)
        EXPECT_EQ(values[i], i < 4 ? testing::value_at(view, 0, at[0], i) : F::zero());
}

TEST(Split, gives_each_variable_its_bits_in_order)
{
    Rng rng(2);
    std::vector<F> point(7);
    for (auto& z : point)
        z = random_element(rng);
    const auto at = split(point, {Variable::of(5), Variable::of(1), Variable::of(4)});
    ASSERT_EQ(at.size(), 3u);
    EXPECT_EQ(at[0].point, (std::vector<F>{point.begin(), point.begin() + 3}));
    EXPECT_TRUE(at[1].point.empty());
    EXPECT_EQ(at[2].point, (std::vector<F>{point.begin() + 3, point.begin() + 5}));
}

TEST(EvaluateConstants, is_the_extension_of_the_product_at_every_position)
{
    Rng rng(3);
    const std::vector<Variable> variables{Variable::of(3), Variable::of(4), Variable::of(1)};
    std::vector<F> point(4);
    for (auto& z : point)
        z = random_element(rng);
    const auto at = split(point, variables);
    const auto vector = [&](size_t size) {
        std::vector<K> values;
        for (size_t i = 0; i != size; ++i)
            values.push_back(K::of(rng.between(-9, 9)));
        return values;
    };
    const std::vector<Constant> constants{
        {K::of(7), {}}, {K::of(-2), {vector(4), {}, {}}}, {K::of(3), {vector(4), vector(4), vector(1)}}};

    F sum;
    const auto eq = poly::eq_table<F>(point);
    for (size_t a = 0; a != 4; ++a)
        for (size_t b = 0; b != 4; ++b)
        {
            K value = constants[0].value + constants[1].value * constants[1].by[0][a];
            value += constants[2].value * constants[2].by[0][a] * constants[2].by[1][b] * constants[2].by[2][0];
            sum += eq[4 * a + b] * value;
        }
    EXPECT_EQ(evaluate_constants(constants, variables, at), sum);
}

TEST(EvaluateTable, rows_past_the_end_repeat_the_last)
{
    Rng rng(4);
    std::vector<F> point(3);
    for (auto& z : point)
        z = random_element(rng);
    const auto eq = poly::eq_table<F>(point);
    for (uint32_t size = 1; size != 9; ++size)
    {
        Table table{.lo = -3, .size = size, .values = {}};
        F key, value;
        for (uint32_t i = 0; i != size; ++i)
            table.values.push_back(int32_t(rng.between(-100, 100)));
        for (uint32_t i = 0; i != 8; ++i)
        {
            key += eq[i] * K::of(-3 + int64_t(std::min(i, size - 1)));
            value += eq[i] * K::of(table.values[std::min(i, size - 1)]);
        }
        EXPECT_EQ(evaluate_table(table, point).key, key) << size;
        EXPECT_EQ(evaluate_table(table, point).value, value) << size;
        table.values.clear();
        EXPECT_EQ(evaluate_table(table, point).value, F::zero());
    }
}

TEST(EvaluateTensor, is_the_extension_of_the_zero_padded_tensor)
{
    Rng rng(5);
    for (const auto& extents : std::vector<std::vector<uint32_t>>{{1}, {5}, {3, 1, 2}, {2, 3, 5}, {4, 4}, {1, 1, 1}})
    {
        std::vector<Variable> variables;
        size_t count = 1;
        for (const auto extent : extents)
        {
            variables.push_back(Variable::of(extent));
            count *= extent;
        }
        std::vector<K> values;
        for (size_t i = 0; i != count; ++i)
            values.push_back(K::of(rng.between(-500, 500)));
        std::vector<F> point(bits_of(variables));
        for (auto& z : point)
            z = random_element(rng);

        F sum;
        const auto eq = poly::eq_table<F>(point);
        for (size_t element = 0; element != count; ++element)
        {
            size_t position = 0, below = 0, rest = element;
            for (size_t v = extents.size(); v-- != 0; rest /= extents[v], below += variables[v].bits)
                position |= rest % extents[v] << below;
            sum += eq[position] * values[element];
        }
        EXPECT_EQ(evaluate_tensor(values, variables, split(point, variables)), sum);
    }
}

} // namespace
} // namespace circuit
