#include "proof/error_budget.hpp"

#include "proof/reduction.hpp"
#include "proof/statement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace proof {
namespace {

/// A line of the table in docs/specs/proof-security.md §3.
struct Documented
{
    std::string_view challenge;
    size_t level;
    uint64_t bound;
    double bits;
};

void expect_table(const Sizes& sizes, const std::vector<Documented>& documented)
{
    const auto lines = error_budget(sizes);
    ASSERT_EQ(lines.size(), documented.size());
    for (size_t i = 0; i != lines.size(); ++i)
    {
        EXPECT_EQ(lines[i].challenge, documented[i].challenge) << i;
        EXPECT_EQ(lines[i].level, documented[i].level) << i;
        EXPECT_EQ(lines[i].bound, documented[i].bound) << lines[i].challenge << ' ' << lines[i].level;
        EXPECT_NEAR(lines[i].bits, documented[i].bits, 0.005) << lines[i].challenge << ' ' << lines[i].level;
        EXPECT_GE(lines[i].bits, sizes.plan.profile.lambda) << lines[i].challenge << ' ' << lines[i].level;
    }
}

commit::Plan plan_of(const circuit::Circuit& circuit)
{
    const auto shapes = source_shapes(commit::kP100, circuit);
    EXPECT_TRUE(shapes);
    return commit::plan(commit::kP100, *shapes);
}

/// The largest of everything that P100 admits: three sources on domains of 2²², 2²³ leaves, 4,096 products.
Sizes limits()
{
    const auto sealed = *commit::sealed_shape(commit::kP100, 6, 3 * commit::kDomainMax / 8 - (size_t{1} << 16));
    const auto trace = *commit::trace_shape(commit::kP100, 6, commit::kDomainMax / 2);
    return {.log_leaves = circuit::kLogLeavesMax,
            .point_bits = 64,
            .bilinear_relations = 4096,
            .equations = 28'905,
            .plan = commit::plan(commit::kP100, std::array{trace, sealed, sealed})};
}

model::Linear layer(std::vector<model::Term> terms, uint32_t bias, uint8_t shift, int16_t lo, model::TensorId output)
{
    model::Linear linear;
    linear.terms = std::move(terms);
    linear.bias = bias;
    linear.shifts = {shift};
    linear.output = output;
    linear.table.lo = -8192;
    for (int32_t q = -8192; q != 8192; ++q)
        linear.table.values.push_back(int16_t(std::clamp<int32_t>(q, lo, 127)));
    return linear;
}

/// LeNet-5 on 28 × 28: two convolutions with pools, three dense layers.
model::Graph lenet()
{
    constexpr model::Range kByte{0, 127}, kSigned{-128, 127};
    constexpr model::Range kWeight{-127, 127}, kBias{-100'000, 100'000};
    model::Graph graph;
    graph.tensors = {{"image", {1, 28, 28}, kByte}, {"c1", {6, 28, 28}, kByte}, {"p1", {6, 14, 14}, kByte},
                     {"c2", {16, 10, 10}, kByte},   {"p2", {16, 5, 5}, kByte},  {"d1", {120}, kByte},
                     {"d2", {84}, kByte},           {"logits", {10}, kSigned}};
    graph.weights = {{{6, 1, 5, 5}, kWeight},
                     {{16, 6, 5, 5}, kWeight},
                     {{120, 400}, kWeight},
                     {{84, 120}, kWeight},
                     {{10, 84}, kWeight}};
    graph.biases = {{{6}, kBias}, {{16}, kBias}, {{120}, kBias}, {{84}, kBias}, {{10}, kBias}};
    const auto pool = [](model::TensorId from, model::TensorId to) {
        return model::MaxPool{.input = from, .kernel = {2, 2}, .stride = {2, 2}, .output = to};
    };
    graph.nodes = {layer({model::Conv{.input = 0, .weight = 0, .pad = {2, 2}}}, 0, 8, 0, 1),
                   pool(1, 2),
                   layer({model::Conv{.input = 2, .weight = 1}}, 1, 8, 0, 3),
                   pool(3, 4),
                   layer({model::Dense{.input = 4, .weight = 2}}, 2, 8, 0, 5),
                   layer({model::Dense{.input = 5, .weight = 3}}, 3, 8, 0, 6),
                   layer({model::Dense{.input = 6, .weight = 4}}, 4, 8, -128, 7)};
    graph.output = 7;
    graph.encoding = {{1}, {0}};
    return graph;
}

TEST(ErrorBudget, at_the_size_limits_is_the_documented_table_and_needs_no_more_grinding)
{
    expect_table(limits(), {{"alpha", 0, 8388608, 100.95},     {"tau", 0, 1, 123.95},
                            {"lambda", 0, 1, 123.95},          {"rho", 0, 2, 122.95},
                            {"relation point", 0, 64, 117.95}, {"batch", 0, 4095, 111.96},
                            {"product check", 0, 1, 123.95},   {"gamma", 0, 28904, 109.14},
                            {"fold", 0, 12582914, 100.37},     {"query", 0, 528, 100.85},
                            {"combine", 0, 528, 114.91},       {"fold", 1, 2097154, 102.95},
                            {"query", 1, 107, 100.58},         {"combine", 1, 107, 117.21},
                            {"fold", 2, 262146, 105.95},       {"query", 2, 95, 100.64},
                            {"combine", 2, 95, 117.38},        {"fold", 3, 16386, 109.95},
                            {"query", 3, 96, 100.71},          {"combine", 3, 96, 117.37},
                            {"fold", 4, 2050, 112.95},         {"query", 4, 97, 100.46},
                            {"combine", 4, 97, 117.35},        {"eta", 0, 6145, 111.37},
                            {"base query", 0, 190, 100.69}});
}

TEST(ErrorBudget, of_lenet_is_the_documented_table)
{
    const auto compiled = circuit::compile(lenet(), {});
    ASSERT_TRUE(compiled) << compiled.error().words;
    expect_table(sizes_of(compiled->circuit, plan_of(compiled->circuit)), {{"alpha", 0, 131072, 106.95},
                                                                           {"tau", 0, 1, 123.95},
                                                                           {"lambda", 0, 1, 123.95},
                                                                           {"rho", 0, 2, 122.95},
                                                                           {"relation point", 0, 13, 120.25},
                                                                           {"batch", 0, 4, 121.95},
                                                                           {"product check", 0, 1, 123.95},
                                                                           {"gamma", 0, 195, 116.35},
                                                                           {"fold", 0, 147458, 106.78},
                                                                           {"query", 0, 265, 101.22},
                                                                           {"combine", 0, 265, 115.90},
                                                                           {"fold", 1, 8194, 110.95},
                                                                           {"query", 1, 126, 100.02},
                                                                           {"combine", 1, 126, 116.98},
                                                                           {"fold", 2, 2050, 112.95},
                                                                           {"query", 2, 100, 100.01},
                                                                           {"combine", 2, 100, 117.31},
                                                                           {"eta", 0, 6145, 111.37},
                                                                           {"base query", 0, 190, 100.39}});
}

TEST(ErrorBudget, every_line_of_a_registration_and_a_rotation_reaches_100_bits)
{
    for (const auto& compiled : {circuit::compile_registration(lenet()), circuit::compile_rotation(lenet())})
    {
        ASSERT_TRUE(compiled);
        for (const auto& line : error_budget(sizes_of(compiled->circuit, plan_of(compiled->circuit))))
            EXPECT_GE(line.bits, 100) << line.challenge << ' ' << line.level;
    }
}

/// The reduction itself, on a proof of zeros: how many equations there are does not depend on the messages.
TEST(ErrorBudget, counts_the_equations_that_the_reduction_makes)
{
    for (const auto& compiled : {circuit::compile(lenet(), {}), circuit::compile_registration(lenet())})
    {
        ASSERT_TRUE(compiled);
        const base::Bytes zeros(size_t{1} << 16);
        base::Reader in(zeros);
        transcript::Transcript transcript;
        const std::vector<std::vector<K>> publics{{}, std::vector<K>(10)};
        const auto equations = reduce(compiled->circuit, publics, transcript, in);
        ASSERT_TRUE(equations);
        EXPECT_EQ(sizes_of(compiled->circuit, plan_of(compiled->circuit)).equations, equations->size());
    }
}

TEST(ErrorBudget, half_the_leaves_give_one_bit_more)
{
    auto sizes = limits();
    const auto before = error_budget(sizes);
    sizes.log_leaves -= 1;
    const auto after = error_budget(sizes);
    EXPECT_EQ(after[0].bound * 2, before[0].bound);
    EXPECT_NEAR(after[0].bits, before[0].bits + 1, 1e-9);
}

} // namespace
} // namespace proof
