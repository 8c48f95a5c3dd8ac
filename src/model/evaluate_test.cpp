#include "model/evaluate.hpp"
#include "model/testing/random_graph.hpp"
#include "model/testing/reference.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace model {
namespace {

void expect_reference(const Model& model, uint64_t seed, bool extreme)
{
    const auto input = testing::random_input(model.graph, seed, extreme);
    const auto result = evaluate(model, input);
    ASSERT_TRUE(result) << result.error().words;
    EXPECT_EQ(result->tensors, testing::Reference(model).run(input)) << seed;
    EXPECT_TRUE(result->traces.empty());
}

TEST(Evaluate, agrees_with_the_definition_on_random_graphs_of_all_kinds)
{
    for (uint64_t seed = 0; seed != 400; ++seed)
    {
        const auto model = testing::random_model(seed);
        expect_reference(model, seed, false);
        expect_reference(model, seed, true);
    }
}

/// The test below means something only if the generator does not give up on a kind.
TEST(RandomModel, holds_every_kind_of_node_and_term)
{
    std::array<size_t, std::variant_size_v<Node>> nodes{};
    std::array<size_t, std::variant_size_v<Term>> terms{};
    for (uint64_t seed = 0; seed != 100; ++seed)
        for (const auto& node : testing::random_model(seed).graph.nodes)
        {
            ++nodes[node.index()];
            if (const auto* linear = std::get_if<Linear>(&node))
                for (const auto& term : linear->terms)
                    ++terms[term.index()];
        }
    EXPECT_GT(std::ranges::min(nodes), 20u);
    EXPECT_GT(std::ranges::min(terms), 20u);
}

TEST(Evaluate, agrees_with_the_definition_on_each_kind_alone)
{
    for (const auto kind : testing::all_kinds())
        for (uint64_t seed = 0; seed != 60; ++seed)
            expect_reference(testing::random_model(seed, {.nodes = 3, .kinds = {kind}}), seed, false);
}

TEST(Evaluate, agrees_with_the_definition_on_the_small_model)
{
    expect_reference(testing::small_model(), 1, false);
    expect_reference(testing::small_model(), 2, true);
}

TEST(Evaluate, traces_satisfy_the_requantisation_equation)
{
    for (uint64_t seed = 0; seed != 100; ++seed)
    {
        const auto model = testing::random_model(seed);
        const auto result = evaluate(model, testing::random_input(model.graph, seed), Keep::traces);
        ASSERT_TRUE(result);
        ASSERT_EQ(result->traces.size(), model.graph.nodes.size());
        for (size_t n = 0; n != model.graph.nodes.size(); ++n)
        {
            const auto& trace = result->traces[n];
            const auto* node = std::get_if<Linear>(&model.graph.nodes[n]);
            ASSERT_EQ(trace.quotient.size(), node ? result->tensors[node->output].size() : 0);
            ASSERT_EQ(trace.remainder.size(), trace.quotient.size());
            for (size_t i = 0; i != trace.quotient.size(); ++i)
            {
                ASSERT_EQ(node->table.values.at(size_t(trace.quotient[i] - node->table.lo)),
                          result->tensors[node->output][i]);
                ASSERT_LE(0, trace.remainder[i]);
                ASSERT_LT(trace.remainder[i], 1 << std::ranges::max(node->shifts));
            }
        }
    }
}

/// One input x, acc = x: every residue and both signs.
TEST(Evaluate, rounds_half_up_and_towards_minus_infinity)
{
    for (uint8_t shift = 1; shift != 9; ++shift)
    {
        Model model;
        model.graph.tensors = {{"x", {1}, {-128, 127}, 1}, {"y", {1}, {-128, 127}, 1}};
        Linear node{.terms = {Scale{.input = 0}}, .shifts = {shift}, .table = testing::clamp_table(256, -128, 127)};
        node.output = 1;
        model.graph.nodes = {node};
        model.graph.output = 1;
        model.graph.encoding = {{1}, {0}};
        ASSERT_TRUE(validate(model.graph));
        for (int32_t x = -128; x != 128; ++x)
        {
            const auto result = evaluate(model, std::array{x}, Keep::traces);
            ASSERT_TRUE(result);
            const auto q = int32_t(std::floor(x / double(1 << shift) + 0.5));
            EXPECT_EQ(result->tensors[1][0], q);
            EXPECT_EQ(result->traces[0].quotient[0] * (1 << shift) + result->traces[0].remainder[0],
                      x + (1 << (shift - 1)));
        }
    }
}

TEST(Evaluate, refuses_inputs_of_the_wrong_count_or_out_of_range)
{
    const auto model = testing::small_model();
    auto input = testing::random_input(model.graph, 0);
    input[5] = 256;
    auto result = evaluate(model, input);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, EvaluateFault::input_range);
    EXPECT_EQ(result.error().element, 5u);

    input.pop_back();
    result = evaluate(model, input);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, EvaluateFault::input_count);
    EXPECT_EQ(result.error().element, 31u);
}

TEST(Evaluate, names_the_node_whose_table_is_too_short)
{
    auto model = testing::small_model();
    std::get<Linear>(model.graph.nodes[2]).table = {0, {0}};
    ASSERT_TRUE(validate(model.graph, model.weights));
    const auto result = evaluate(model, testing::random_input(model.graph, 0));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, EvaluateFault::table_domain);
    EXPECT_EQ(result.error().node, 2u);
}

TEST(EncodeInput, rounds_clamps_and_uses_the_feature_s_scale)
{
    Graph graph;
    graph.tensors = {{"x", {2, 3}, {-128, 127}, 1}};
    graph.encoding = {{0.5, 10}, {1, -100}};
    const std::vector<double> values{1, 1.25, 1.24, -100, 1e300, -1e300};
    const auto codes = encode_input(graph, std::span(values));
    ASSERT_TRUE(codes);
    EXPECT_EQ(*codes, (std::vector<int32_t>{0, 1, 0, 0, 127, -128}));

    const std::vector<float> floats(values.begin(), values.begin() + 3);
    graph.tensors[0].shape = {3};
    graph.encoding = {{0.5}, {1}};
    EXPECT_EQ(encode_input(graph, std::span(floats)), (std::vector<int32_t>{0, 1, 0}));
}

TEST(EncodeInput, refuses_what_is_not_finite_and_a_wrong_count)
{
    Graph graph;
    graph.tensors = {{"x", {3}, {0, 255}, 1}};
    graph.encoding = {{1}, {0}};
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()})
    {
        const std::vector<double> values{0, 0, bad};
        const auto codes = encode_input(graph, std::span(values));
        ASSERT_FALSE(codes);
        EXPECT_EQ(codes.error().fault, EvaluateFault::not_finite);
        EXPECT_EQ(codes.error().element, 2u);
    }
    const std::vector<double> short_input{0, 0};
    const auto codes = encode_input(graph, std::span(short_input));
    ASSERT_FALSE(codes);
    EXPECT_EQ(codes.error().fault, EvaluateFault::input_count);
}

TEST(DecodeOutput, multiplies_by_the_output_s_scale)
{
    const auto model = testing::small_model();
    const std::vector<int32_t> codes{-32768, 0, 16, 32767};
    EXPECT_EQ(decode_output(model.graph, codes), (std::vector<double>{-2048, 0, 1, 2047.9375}));
}

} // namespace
} // namespace model
