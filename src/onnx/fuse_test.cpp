#include "onnx/fuse.hpp"

#include "onnx/float_evaluate.hpp"
#include "onnx/lower.hpp"
#include "onnx/testing/builder.hpp"
#include "onnx/translate.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace onnx {
namespace {

using testing::Builder;

std::vector<float> numbers(size_t count, float seed)
{
    std::vector<float> values;
    for (size_t i = 0; i != count; ++i)
        values.push_back(std::sin(seed + float(i) * 1.7F));
    return values;
}

/// Translates, checks that fusing keeps the function, and returns the fused graph.
FloatGraph fused(const Builder& builder)
{
    const auto source = parse(builder.bytes());
    EXPECT_TRUE(source.has_value());
    const auto translated = translate(*source, {});
    EXPECT_TRUE(translated.has_value());
    for (const auto& unsupported : translated->unsupported)
        ADD_FAILURE() << unsupported.node << ": " << unsupported.reason;
    const auto plain = without_dead_parts(translated->graph);
    const auto graph = lower(fuse(plain));

    const auto x = numbers(elements(plain.tensors[plain.input].shape), 0.3F);
    std::vector<float> encoded = x;
    const auto inner = x.size() / graph.tensors[graph.input].shape[0];
    for (size_t i = 0; i != x.size(); ++i)
    {
        const auto c = i / inner % graph.before.scale.size();
        encoded[i] = float((double(x[i]) - graph.before.offset[c]) / graph.before.scale[c]);
    }
    const auto before = evaluate(plain, x)[plain.output], after = evaluate(graph, encoded)[graph.output];
    EXPECT_EQ(before.size(), after.size());
    for (size_t i = 0; i != std::min(before.size(), after.size()); ++i)
        EXPECT_NEAR(before[i], after[i], 1e-5 * (1 + std::fabs(before[i]))) << i;
    return graph;
}

TEST(Fuse, batch_norm_and_activation_join_the_convolution)
{
    Builder builder;
    builder.input("x", {-1, 2, 5, 5})
        .weight("w", {3, 2, 3, 3}, numbers(54, 1))
        .weight("s", {3}, {1, 2, 0.5})
        .weight("b", {3}, {0.1F, -0.1F, 0})
        .weight("m", {3}, {0.2F, 0.3F, -0.4F})
        .weight("v", {3}, {1, 0.25, 4})
        .node("Conv", {"x", "w"}, {"c"})
        .node("BatchNormalization", {"c", "s", "b", "m", "v"}, {"n"})
        .node("Relu", {"n"}, {"y"})
        .output("y");
    EXPECT_EQ(fused(builder).nodes.size(), 1U);
}

TEST(Fuse, an_activation_after_a_pool_moves_in_front_of_it)
{
    Builder builder;
    builder.input("x", {-1, 1, 4, 4})
        .weight("w", {2, 1, 3, 3}, numbers(18, 1))
        .node("Conv", {"x", "w"}, {"c"})
        .attribute("pads", std::vector<int64_t>{1, 1, 1, 1})
        .node("MaxPool", {"c"}, {"p"})
        .attribute("kernel_shape", std::vector<int64_t>{2, 2})
        .node("Relu", {"p"}, {"y"})
        .output("y");
    const auto graph = fused(builder);
    ASSERT_EQ(graph.nodes.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<model::MaxPool>(graph.nodes[1]));
}

TEST(Fuse, a_residual_sum_is_one_node)
{
    Builder builder;
    builder.input("x", {-1, 2, 4, 4})
        .weight("w", {2, 2, 3, 3}, numbers(36, 2))
        .node("Conv", {"x", "w"}, {"c"})
        .attribute("pads", std::vector<int64_t>{1, 1, 1, 1})
        .node("Add", {"c", "x"}, {"s"})
        .node("Relu", {"s"}, {"y"})
        .output("y");
    const auto graph = fused(builder);
    ASSERT_EQ(graph.nodes.size(), 1U);
    EXPECT_EQ(std::get<FloatLinear>(graph.nodes[0]).terms.size(), 2U);
}

TEST(Fuse, channels_last_models_lose_their_transposes)
{
    Builder builder;
    builder.input("x", {-1, 4, 4, 2})
        .weight("w", {3, 2, 3, 3}, numbers(54, 2))
        .weight("d", {12, 5}, numbers(60, 3))
        .weight("b", {3}, {0.1F, 0.2F, 0.3F})
        .integers("flat", {-1, 12})
        .node("Transpose", {"x"}, {"t"})
        .attribute("perm", std::vector<int64_t>{0, 3, 1, 2})
        .node("Conv", {"t", "w"}, {"c"})
        .node("Transpose", {"c"}, {"u"})
        .attribute("perm", std::vector<int64_t>{0, 2, 3, 1})
        .node("Add", {"u", "b"}, {"a"})
        .node("Relu", {"a"}, {"r"})
        .node("Reshape", {"r", "flat"}, {"f"})
        .node("MatMul", {"f", "d"}, {"y"})
        .output("y");
    EXPECT_EQ(fused(builder).nodes.size(), 3U); // the input's transposition, convolution, product
}

TEST(Fuse, a_map_of_the_input_joins_its_encoding)
{
    Builder builder;
    builder.input("x", {-1, 2, 3, 3})
        .weight("mean", {2, 1, 1}, {0.5F, -0.25F})
        .weight("dev", {2, 1, 1}, {2, 0.5})
        .weight("w", {1, 2, 3, 3}, numbers(18, 5))
        .node("Sub", {"x", "mean"}, {"a"})
        .node("Div", {"a", "dev"}, {"b"})
        .node("Conv", {"b", "w"}, {"y"})
        .attribute("pads", std::vector<int64_t>{1, 1, 1, 1})
        .output("y");
    const auto graph = fused(builder);
    EXPECT_EQ(graph.nodes.size(), 1U);
    EXPECT_EQ(graph.before.scale, (std::vector<double>{2, 0.5}));
    EXPECT_EQ(graph.before.offset, (std::vector<double>{0.5, -0.25}));
}

TEST(Fuse, decomposed_activations_are_one_function)
{
    Builder builder;
    builder.input("x", {-1, 2})
        .weight("w", {2, 2}, {1, 2, 3, 4})
        .weight("root", {}, {1.41421356F})
        .weight("one", {}, {1})
        .weight("half", {}, {0.5})
        .node("MatMul", {"x", "w"}, {"h"})
        .node("Div", {"h", "root"}, {"a"})
        .node("Erf", {"a"}, {"e"})
        .node("Add", {"e", "one"}, {"f"})
        .node("Mul", {"h", "f"}, {"g"})
        .node("Mul", {"g", "half"}, {"y"})
        .output("y");
    EXPECT_EQ(fused(builder).nodes.size(), 1U);
}

TEST(Fuse, zero_padding_joins_the_convolution_but_not_a_maximum)
{
    const auto pads = std::vector<int64_t>{0, 0, 1, 1, 0, 0, 1, 1};
    Builder conv;
    conv.input("x", {-1, 1, 4, 4})
        .weight("w", {1, 1, 3, 3}, numbers(9, 5))
        .integers("pads", pads)
        .node("Pad", {"x", "pads"}, {"p"})
        .node("Conv", {"p", "w"}, {"y"})
        .output("y");
    EXPECT_EQ(fused(conv).nodes.size(), 1U);
    Builder pool;
    pool.input("x", {-1, 1, 4, 4})
        .integers("pads", pads)
        .node("Pad", {"x", "pads"}, {"p"})
        .node("MaxPool", {"p"}, {"y"})
        .attribute("kernel_shape", std::vector<int64_t>{2, 2})
        .output("y");
    EXPECT_EQ(fused(pool).nodes.size(), 2U);
}

TEST(Fuse, per_channel_factors_without_a_neighbour_become_a_depthwise_convolution)
{
    Builder builder;
    builder.input("x", {-1, 3, 4})
        .weight("f", {3, 1}, {1, -2, 3})
        .weight("g", {4}, {1, -2, 3, 4})
        .node("Relu", {"x"}, {"r"})
        .node("Mul", {"r", "f"}, {"a"})
        .node("Relu", {"a"}, {"b"})
        .node("Mul", {"b", "g"}, {"y"})
        .output("y");
    for (const auto& node : fused(builder).nodes)
        if (const auto* linear = std::get_if<FloatLinear>(&node))
            for (const auto& term : linear->terms)
                if (const auto* scale = std::get_if<FloatScale>(&term))
                    EXPECT_EQ(scale->factor.size(), 1U);
}

} // namespace
} // namespace onnx
