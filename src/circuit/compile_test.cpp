#include "circuit/compile.hpp"

#include "model/testing/random_graph.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

#include <set>

namespace circuit {
namespace {

using model::testing::small_model;

CompileFault fault_of(const model::Graph& graph, const Options& options)
{
    const auto compiled = compile(graph, options);
    EXPECT_FALSE(compiled);
    if (compiled)
        return CompileFault::shape;
    EXPECT_FALSE(compiled.error().words.empty());
    return compiled.error().fault;
}

TEST(Compile, refuses_options_that_do_not_fit_together)
{
    const auto graph = small_model().graph;
    const DataSource rows{.rows = 3, .pads = false, .row = 0}, with_pads{.rows = 3, .pads = true, .row = 2};
    const auto fault = [&](Options options) { return fault_of(graph, options); };
    EXPECT_EQ(fault({.batch = 0, .input = Flag::open, .output = Flag::open, .data = {}}), CompileFault::options);
    EXPECT_EQ(fault({.batch = kBatchMax + 1, .input = Flag::open, .output = Flag::open, .data = {}}),
              CompileFault::options);
    EXPECT_EQ(fault({.batch = 1, .input = Flag::masked, .output = Flag::open, .data = with_pads}),
              CompileFault::options);
    EXPECT_EQ(fault({.batch = 1, .input = Flag::hidden, .output = Flag::masked, .data = {}}), CompileFault::options);
    EXPECT_EQ(fault({.batch = 1, .input = Flag::hidden, .output = Flag::masked, .data = rows}), CompileFault::options);
    EXPECT_EQ(fault({.batch = 2, .input = Flag::hidden, .output = Flag::open, .data = rows}), CompileFault::options);
    const DataSource beyond{.rows = 3, .pads = true, .row = 3};
    EXPECT_EQ(fault({.batch = 1, .input = Flag::hidden, .output = Flag::open, .data = beyond}), CompileFault::options);
    EXPECT_TRUE(compile(graph, {.batch = 1, .input = Flag::hidden, .output = Flag::masked, .data = with_pads}));
}

TEST(Compile, refuses_a_weight_or_bias_that_two_terms_share)
{
    auto graph = small_model().graph;
    auto shared = std::get<model::Linear>(graph.nodes[0]);
    graph.nodes[0] = shared;
    std::get<model::Linear>(graph.nodes[0]).terms.push_back(shared.terms[0]);
    EXPECT_EQ(fault_of(graph, {}), CompileFault::reuse);
    graph = small_model().graph;
    std::get<model::Linear>(graph.nodes[2]).bias = 0;
    EXPECT_EQ(fault_of(graph, {}), CompileFault::reuse);
}

TEST(Compile, refuses_an_accumulator_that_can_leave_the_field)
{
    auto graph = small_model().graph;
    for (auto& term : std::get<model::Linear>(graph.nodes[2]).terms)
        if (auto* scale = std::get_if<model::Scale>(&term))
            scale->multiplier = 1 << 23;
    EXPECT_EQ(fault_of(graph, {}), CompileFault::graph);
}

TEST(Compile, refuses_more_than_one_proof_holds)
{
    const DataSource many{.rows = uint32_t{1} << 23, .pads = false, .row = 7};
    EXPECT_EQ(fault_of(small_model().graph, {.batch = 1, .input = Flag::hidden, .output = Flag::open, .data = many}),
              CompileFault::size);
    auto graph = small_model().graph;
    graph.nodes = {model::Slice{.input = 0, .start = {0, 0, 0}, .step = {1, 1, 1}, .output = 1}};
    graph.tensors = {{"x", {64, 8, 8}, {0, 255}, 1}, {"y", {64, 8, 8}, {0, 255}, 1}};
    graph.output = 1;
    EXPECT_EQ(fault_of(graph, {.batch = kBatchMax, .input = Flag::hidden, .output = Flag::hidden, .data = {}}),
              CompileFault::size);
    EXPECT_TRUE(compile(graph, {.batch = 8, .input = Flag::hidden, .output = Flag::hidden, .data = {}}));
}

TEST(Compile, every_trace_column_but_multiplicities_and_pads_has_one_source)
{
    for (uint64_t seed = 0; seed != 40; ++seed)
    {
        const auto compiled = compile(model::testing::random_model(seed).graph,
                                      {.batch = 2, .input = Flag::open, .output = Flag::open, .data = {}});
        ASSERT_TRUE(compiled);
        const auto& circuit = compiled->circuit;
        std::multiset<uint32_t> filled{circuit.pads};
        for (const auto& fill : compiled->fills)
            filled.insert(fill.column);
        for (const auto& table : circuit.tables)
            filled.insert(table.multiplicity);
        for (uint32_t c = 0; c != circuit.columns.size(); ++c)
            EXPECT_EQ(filled.count(c), circuit.columns[c].store == Store::trace ? 1u : 0u) << seed << " column " << c;
    }
}

TEST(Compile, every_committed_tensor_is_constrained)
{
    // Each column that a witness fills stands in a lookup or a relation; otherwise its values would be free.
    for (uint64_t seed = 0; seed != 40; ++seed)
    {
        const auto compiled = compile(model::testing::random_model(seed).graph, {});
        ASSERT_TRUE(compiled);
        std::set<uint32_t> used;
        const auto note = [&](const Form& form) {
            for (const auto& term : form.terms)
                used.insert(term.view.column);
        };
        for (const auto& lookup : compiled->circuit.lookups)
        {
            note(lookup.key);
            note(lookup.value);
        }
        for (const auto& relation : compiled->circuit.relations)
        {
            note(relation.form);
            for (const auto& product : relation.products)
                used.insert({product.left.column, product.right.column});
        }
        for (const auto& fill : compiled->fills)
            EXPECT_TRUE(used.contains(fill.column)) << seed << " column " << fill.column;
    }
}

TEST(Compile, equal_tables_are_one)
{
    for (uint64_t seed = 0; seed != 40; ++seed)
    {
        const auto compiled = compile(model::testing::random_model(seed).graph, {});
        ASSERT_TRUE(compiled);
        const auto& tables = compiled->circuit.tables;
        for (size_t a = 0; a != tables.size(); ++a)
            for (size_t b = 0; b != a; ++b)
                EXPECT_FALSE(tables[a] == tables[b]);
    }
}

TEST(Compile, products_bind_every_output_on_one_side_only)
{
    for (uint64_t seed = 0; seed != 60; ++seed)
    {
        const auto compiled = compile(model::testing::random_model(seed).graph,
                                      {.batch = 3, .input = Flag::open, .output = Flag::open, .data = {}});
        ASSERT_TRUE(compiled);
        for (const auto& relation : compiled->circuit.relations)
            for (const auto& product : relation.products)
            {
                std::vector<int> sides(relation.outputs.size() + product.sums.size(), 0);
                for (const auto* view : {&product.left, &product.right})
                    for (const auto& axis : view->axes)
                        for (const auto& binding : axis.bound)
                            ++sides[binding.variable];
                for (const auto& [output, sum] : product.diagonal)
                {
                    ++sides[output];
                    EXPECT_EQ(relation.outputs[output].extent, product.sums[sum - relation.outputs.size()].extent);
                }
                for (size_t v = 0; v != relation.outputs.size(); ++v)
                    EXPECT_EQ(sides[v], 1) << seed << " output " << v;
            }
    }
}

} // namespace
} // namespace circuit
