#include "onnx/quantise_linear.hpp"

#include "model/bounds.hpp"
#include "model/interval.hpp"
#include "model/validate.hpp"
#include "onnx/testing/builder.hpp"
#include "onnx/testing/pipeline.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace onnx {
namespace {

using testing::Builder;
using testing::Pipeline;

std::vector<float> numbers(size_t count, float seed, float size = 1)
{
    std::vector<float> values;
    for (size_t i = 0; i != count; ++i)
        values.push_back(size * std::sin(seed + float(i) * 1.7F));
    return values;
}

Pipeline made(const Builder& builder, size_t width, double percentile = 100)
{
    ImportOptions options;
    options.percentile = percentile;
    auto pipeline = Pipeline::make(builder.bytes(), Array::of_reals({}, numbers(width * 40, 0.1F)), options);
    EXPECT_TRUE(pipeline.has_value()) << pipeline.error();
    return std::move(*pipeline);
}

/// All samples of made(), each within its bound.
void within_bounds(const Pipeline& pipeline, size_t width)
{
    const auto samples = numbers(width * 40, 0.1F);
    for (size_t r = 0; r != 40; ++r)
    {
        const auto begin = samples.begin() + std::ptrdiff_t(r * width);
        const auto result = pipeline.run({begin, begin + std::ptrdiff_t(width)});
        for (size_t i = 0; i != result.output.size(); ++i)
            EXPECT_LE(std::fabs(result.output[i] - result.exact[i]), result.bound[i] + 1e-5);
    }
}

TEST(Quantise, declared_ranges_are_powers_of_two_that_hold_the_values)
{
    EXPECT_EQ(detail::declared_range(0, 0), (model::Range{-1, 0}));
    EXPECT_EQ(detail::declared_range(-512, 511), (model::Range{-512, 511}));
    EXPECT_EQ(detail::declared_range(-3, 4), (model::Range{-8, 7}));
}

TEST(Quantise, a_channel_with_one_large_weight_gets_a_shift_of_its_own)
{
    auto weight = numbers(4 * 8, 1);
    weight[8] = 60;
    Builder builder;
    builder.input("x", {-1, 8}).weight("w", {4, 8}, weight).node("Gemm", {"x", "w"}, {"y"});
    builder.attribute("transB", int64_t{1}).node("Tanh", {"y"}, {"z"}).output("z");
    const auto pipeline = made(builder, 8);
    const auto& node = std::get<model::Linear>(pipeline.quantised.model.graph.nodes[0]);
    EXPECT_EQ(std::set(node.shifts.begin(), node.shifts.end()).size(), 2U);
    within_bounds(pipeline, 8);
}

TEST(Quantise, a_long_sum_gets_narrower_weights)
{
    constexpr size_t kTaps = 20000; // 20000·512·255 would pass (p − 1)/2
    Builder builder;
    builder.input("x", {-1, kTaps}).weight("w", {kTaps, 1}, numbers(kTaps, 1)).node("MatMul", {"x", "w"}, {"y"});
    builder.output("y");
    const auto pipeline = made(builder, kTaps);
    EXPECT_LT(pipeline.quantised.model.graph.weights[0].range.hi, 511);
    EXPECT_TRUE(model::check_declared(pipeline.quantised.model.graph));
    within_bounds(pipeline, kTaps);
}

TEST(Quantise, sums_of_tensors_with_other_scales_use_rounded_multipliers)
{
    Builder builder;
    builder.input("x", {-1, 6})
        .weight("w", {6, 6}, numbers(36, 1, 20))
        .node("Relu", {"x"}, {"a"})
        .node("MatMul", {"x", "w"}, {"m"})
        .node("Relu", {"m"}, {"b"})
        .node("Add", {"a", "b"}, {"s"})
        .node("Sigmoid", {"s"}, {"y"})
        .output("y");
    within_bounds(made(builder, 6), 6);
}

TEST(Quantise, averages_that_leave_out_padding_stay_within_their_bound_with_a_short_shift)
{
    Builder builder;
    builder.input("x", {-1, 1, 6, 6}).node("AveragePool", {"x"}, {"y"});
    builder.attribute("kernel_shape", std::vector<int64_t>{3, 3}).attribute("pads", std::vector<int64_t>{1, 1, 1, 1});
    builder.output("y");
    const auto pipeline = made(builder, 36);
    within_bounds(pipeline, 36);
    EXPECT_LE(pipeline.quantised.layers[0].shift_max, 12);
}

TEST(Quantise, joined_tensors_share_one_scale)
{
    Builder builder;
    builder.input("x", {-1, 4})
        .weight("w", {4, 4}, numbers(16, 1, 5))
        .weight("v", {8, 2}, numbers(16, 2))
        .node("Relu", {"x"}, {"a"})
        .node("MatMul", {"x", "w"}, {"b"})
        .node("Concat", {"a", "b"}, {"c"})
        .attribute("axis", int64_t{1})
        .node("MatMul", {"c", "v"}, {"y"})
        .output("y");
    within_bounds(made(builder, 4), 4);
}

TEST(Quantise, tables_of_clamps_are_equal_between_layers)
{
    Builder builder;
    builder.input("x", {-1, 8})
        .weight("w", {8, 8}, numbers(64, 1))
        .weight("v", {8, 8}, numbers(64, 2))
        .weight("u", {8, 3}, numbers(24, 3))
        .node("MatMul", {"x", "w"}, {"a"})
        .node("Relu", {"a"}, {"b"})
        .node("MatMul", {"b", "v"}, {"c"})
        .node("Relu", {"c"}, {"d"})
        .node("MatMul", {"d", "u"}, {"y"})
        .output("y");
    const auto pipeline = made(builder, 8);
    const auto& nodes = pipeline.quantised.model.graph.nodes;
    EXPECT_EQ(std::get<model::Linear>(nodes[0]).table, std::get<model::Linear>(nodes[1]).table);
    within_bounds(pipeline, 8);
}

TEST(Quantise, functions_outside_their_domain_give_table_entries_all_the_same)
{
    Builder builder;
    builder.input("x", {-1, 3}).node("Abs", {"x"}, {"a"}).node("Log", {"a"}, {"y"}).output("y");
    const auto pipeline = made(builder, 3);
    EXPECT_TRUE(model::check_actual(pipeline.quantised.model));
}

TEST(Quantise, a_constant_zero_network_is_still_a_model)
{
    Builder builder;
    builder.input("x", {-1, 3}).weight("w", {3, 2}, std::vector<float>(6)).node("MatMul", {"x", "w"}, {"y"});
    builder.output("y");
    const auto pipeline = made(builder, 3);
    EXPECT_EQ(pipeline.run({0.5, 0.5, 0.5}).output, (std::vector<double>{0, 0}));
}

} // namespace
} // namespace onnx
