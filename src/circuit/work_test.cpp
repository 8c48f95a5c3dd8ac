#include "circuit/work.hpp"

#include "circuit/compile.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

namespace {

/// One lookup of 2² positions in a table of 16 rows, one relation that multiplies two columns.
TEST(WorkUnits, are_the_weighted_sum_of_what_is_counted_by_hand)
{
    using namespace circuit;
    Circuit circuit;
    circuit.columns = {{.store = Store::trace, .bits = {4}}, {.store = Store::weights, .bits = {5}}};
    circuit.tables = {{.lo = 0, .size = 16, .values = {}, .multiplicity = 0}};
    circuit.lookups.push_back({.outputs = {Variable::of(4)}, .id = {}, .key = {}, .value = {}});
    Relation relation{.outputs = {Variable::of(8)}, .form = {}, .products = {}};
    relation.form.terms.resize(2);
    relation.products.push_back({.sums = {},
                                 .left = {.column = 0, .axes = {}, .scalings = {}},
                                 .right = {.column = 1, .axes = {}, .scalings = {}},
                                 .diagonal = {}});
    circuit.relations.push_back(relation);

    const auto work = count_work(circuit);
    EXPECT_EQ(work.leaves, 4u + 16u);
    EXPECT_EQ(work.elements, 16u);
    EXPECT_EQ(work.weights, 32u);
    EXPECT_EQ(work.linear_terms, 2u * 8u + 16u + 32u);
    EXPECT_EQ(work_units(work), 4u * 20u + 2u * 16u + 32u + 64u);
}

TEST(WorkUnits, grow_with_the_batch_and_do_not_change_between_calls)
{
    const auto graph = model::testing::small_model().graph;
    uint64_t before = 0;
    for (uint32_t batch = 1; batch != 9; ++batch)
    {
        const circuit::Options options{.batch = batch, .input = {}, .output = circuit::Flag::open, .data = {}};
        const auto one = circuit::compile(graph, options), again = circuit::compile(graph, options);
        ASSERT_TRUE(one && again);
        const auto units = circuit::work_units(circuit::count_work(one->circuit));
        EXPECT_EQ(units, circuit::work_units(circuit::count_work(again->circuit)));
        EXPECT_GE(units, before);
        before = units;
    }
}

} // namespace
