#include "onnx/calibrate.hpp"

#include "onnx/encode.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace onnx {
namespace {

/// y = relu(x), elementwise over `width` features.
FloatGraph relu_graph(uint32_t width)
{
    FloatGraph graph;
    graph.tensors = {{"x", {width}}, {"y", {width}}};
    FloatLinear node;
    node.terms = {FloatScale{0, {1}}};
    node.activation = Scalar::of(Primitive::relu);
    node.output = 1;
    graph.nodes.push_back(node);
    graph.input = 0;
    graph.output = 1;
    return graph;
}

/// y = w·x + 1 with one output.
FloatGraph product_graph(std::vector<float> weight)
{
    FloatGraph graph;
    const auto taps = uint32_t(weight.size());
    graph.tensors = {{"x", {taps}}, {"y", {1}}};
    graph.weights = {{"w", {1, taps}, std::move(weight)}};
    FloatLinear node;
    node.terms = {model::Dense{.input = 0, .weight = 0, .tokens = 0}};
    node.bias = {1};
    node.output = 1;
    graph.nodes.push_back(node);
    graph.input = 0;
    graph.output = 1;
    return graph;
}

TEST(Calibrate, full_ranges_hold_every_value)
{
    const Samples samples{.width = 2, .values = {-3, 1, 2, 0.5, 0, 7}};
    const auto result = calibrate(relu_graph(2), samples, 100);
    EXPECT_EQ(result.tensors[0].lo, -3);
    EXPECT_EQ(result.tensors[0].hi, 7);
    EXPECT_EQ(result.tensors[1].lo, 0);
    EXPECT_EQ(result.sums[0].lo, -3);
    EXPECT_EQ(result.outputs[2], (std::vector<float>{0, 7}));
}

TEST(Calibrate, a_percentile_leaves_out_rare_outliers_only)
{
    Samples samples{.width = 1, .values = {}};
    for (int i = 0; i != 10000; ++i)
        samples.values.push_back(float(i % 100) / 100);
    samples.values[77] = 50;
    const auto clipped = calibrate(relu_graph(1), samples, 99.9);
    EXPECT_LT(clipped.tensors[0].hi, 1.1);
    EXPECT_EQ(calibrate(relu_graph(1), samples, 100).tensors[0].hi, 50);
}

TEST(Encode, scales_by_feature_keep_the_function)
{
    auto graph = product_graph({1000, 0.001F, 2});
    Samples samples{.width = 3, .values = {}};
    for (int i = 0; i != 50; ++i)
        for (const float v : {0.001F * float(i), 1000.0F * float(i % 7), 5.0F})
            samples.values.push_back(v);
    const auto before_encoding = calibrate(graph, samples, 100).outputs;
    const auto x = samples;
    ASSERT_TRUE(encode_by_feature(graph, samples, Encoding::automatic));
    const auto after = calibrate(graph, samples, 100);
    EXPECT_GE(after.tensors[0].lo, -128.01);
    EXPECT_LE(after.tensors[0].hi, 127.01);
    for (size_t i = 0; i != 50; ++i)
    {
        EXPECT_NEAR(after.outputs[i][0], before_encoding[i][0], 1e-3);
        const std::vector<double> row(x.row(i).begin(), x.row(i).end());
        const auto encoded = before(graph, row);
        for (size_t c = 0; c != 3; ++c)
            EXPECT_NEAR(encoded[c], samples.row(i)[c], 1e-3);
    }
}

TEST(Encode, features_that_are_alike_share_one_scale)
{
    auto graph = product_graph({1, 2, 3});
    Samples samples{.width = 3, .values = {0, 0.5, 1, 1, 0, 0.5, 0.5, 1, 0}};
    EXPECT_FALSE(encode_by_feature(graph, samples, Encoding::automatic));
    EXPECT_TRUE(encode_by_feature(graph, samples, Encoding::by_feature));
}

} // namespace
} // namespace onnx
