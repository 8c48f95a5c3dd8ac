// What is left to the reader of an output: which reading a model's last steps become, and along which dimension.
#include "onnx/import.hpp"

#include "onnx/testing/builder.hpp"

#include <gtest/gtest.h>

namespace onnx {
namespace {

using model::Reading;
using testing::Builder;
using Ints = std::vector<int64_t>;
using Texts = std::vector<std::string>;

npy::Array rows(const std::vector<uint32_t>& shape)
{
    npy::Array array{npy::Type::f4, {3}, {}};
    uint64_t size = 3;
    for (const auto d : shape)
    {
        array.shape.push_back(d);
        size *= d;
    }
    for (uint64_t i = 0; i != size; ++i)
        array.values.push_back(double(i * 7 % 11) - 5);
    return array;
}

/// The graph and the report of a model that must import.
Imported imported(const Builder& builder)
{
    const auto bytes = builder.bytes();
    const auto report = inspect(bytes);
    EXPECT_TRUE(report) << report.error().error.words;
    auto result = report ? import_model(bytes, rows(report->input_shape)) : std::unexpected(ImportError{});
    EXPECT_TRUE(result) << result.error().error.words;
    return result ? std::move(*result) : Imported{};
}

Builder& logits(Builder& b) { return b.input("x", {-1, 4}); }

TEST(Reading, a_log_softmax_is_read_as_probabilities_and_the_note_says_so)
{
    for (const auto type : {"Softmax", "LogSoftmax"})
    {
        Builder b;
        logits(b).node(type, {"x"}, {"y"}).output("y");
        const auto [model, report] = imported(b);
        EXPECT_EQ(model.graph.reading, Reading::softmax);
        ASSERT_EQ(report.notes.size(), 1U);
        EXPECT_EQ(report.notes[0].find("their logarithms") != std::string::npos, type == std::string("LogSoftmax"));
    }
}

TEST(Reading, the_logits_of_both_are_the_same_codes)
{
    Builder plain, log;
    logits(plain).node("Softmax", {"x"}, {"y"}).output("y");
    logits(log).node("LogSoftmax", {"x"}, {"y"}).output("y");
    const auto a = imported(plain).model, b = imported(log).model;
    EXPECT_EQ(a.graph.nodes, b.graph.nodes);
    EXPECT_EQ(a.graph.tensors.back().scale, b.graph.tensors.back().scale);
    EXPECT_EQ(a.weights, b.weights);
}

TEST(Reading, classes_along_another_dimension_become_the_last_and_the_note_says_so)
{
    for (const auto type : {"Softmax", "LogSoftmax", "ArgMax"})
    {
        Builder b;
        b.input("x", {-1, 5, 2, 3}).node(type, {"x"}, {"y"}).attribute("axis", int64_t{1}).output("y");
        const auto [model, report] = imported(b);
        EXPECT_EQ(model.graph.tensors[model.graph.output].shape, (Shape{2, 3, 5}));
        EXPECT_NE(report.notes[0].find("the classes are the last dimension"), std::string::npos);
    }
}

TEST(Reading, dimensions_of_1_behind_the_classes_do_not_hide_them)
{
    for (const int64_t opset : {11, 13})
    {
        Builder b{opset};
        b.input("x", {-1, 5, 1, 1}).node("Softmax", {"x"}, {"y"}).attribute("axis", int64_t{1}).output("y");
        const auto [model, report] = imported(b);
        EXPECT_EQ(model.graph.tensors[model.graph.output].shape.back(), 5U);
        EXPECT_EQ(report.notes[0].find("the last dimension"), std::string::npos);
    }
}

TEST(Reading, probabilities_keep_their_classes_through_views)
{
    Builder b;
    logits(b)
        .integers("n", {-1, 4, 1})
        .integers("a", {0})
        .node("Softmax", {"x"}, {"p"})
        .node("Reshape", {"p", "n"}, {"q"})
        .node("Unsqueeze", {"q", "a"}, {"r"})
        .node("ArgMax", {"r"}, {"y"})
        .attribute("axis", int64_t{2})
        .output("y");
    EXPECT_EQ(imported(b).model.graph.reading, Reading::softmax);
    Builder wrong;
    logits(wrong)
        .integers("n", {-1, 4, 1})
        .node("Softmax", {"x"}, {"p"})
        .node("Reshape", {"p", "n"}, {"q"})
        .node("ArgMax", {"q"}, {"y"})
        .attribute("axis", int64_t{2})
        .output("y");
    EXPECT_FALSE(inspect(wrong.bytes()));
}

TEST(Reading, a_label_encoder_maps_by_key_not_by_place)
{
    Builder b;
    logits(b)
        .node("ArgMax", {"x"}, {"c"})
        .attribute("axis", int64_t{1})
        .node("LabelEncoder", {"c"}, {"y"}, "ai.onnx.ml")
        .attribute("keys_int64s", Ints{3, 0, 1})
        .attribute("values_strings", Texts{"three", "zero", "one"})
        .attribute("default_string", std::string{"other"})
        .output("y");
    EXPECT_EQ(imported(b).model.graph.labels, (Texts{"zero", "one", "other", "three"}));
}

TEST(Reading, a_label_encoder_of_version_1_lists_the_classes)
{
    Builder b;
    logits(b)
        .node("ArgMax", {"x"}, {"c"})
        .attribute("axis", int64_t{1})
        .node("LabelEncoder", {"c"}, {"y"}, "ai.onnx.ml")
        .attribute("classes_strings", Texts{"a", "b", "c", "d"})
        .output("y");
    EXPECT_EQ(imported(b).model.graph.labels, (Texts{"a", "b", "c", "d"}));
}

TEST(Reading, a_mean_without_output_and_a_mean_of_a_scalar_do_no_harm)
{
    Builder none;
    logits(none).node("Mean", {"x", "x"}, {}).node("Relu", {"x"}, {"y"}).output("y");
    EXPECT_FALSE(inspect(none.bytes()));
    Builder scalar;
    scalar.input("x", {1, 1})
        .integers("a", {0, 1})
        .node("Squeeze", {"x", "a"}, {"s"})
        .node("ReduceMean", {"s"}, {"y"})
        .output("y");
    EXPECT_TRUE(inspect(scalar.bytes()));
}

TEST(Reading, an_evaluation_of_too_many_operations_is_refused)
{
    Builder b;
    logits(b).node("Relu", {"x"}, {"y"}).output("y");
    const auto report = inspect(b.bytes());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->operations, 8U); // one multiplication and one step of Relu for each of 4 elements
    ImportOptions options;
    options.operations_max = 7;
    const auto refused = import_model(b.bytes(), rows({4}), options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error.why, Refusal::too_large);
    EXPECT_NE(refused.error().error.words.find("more than 7"), std::string::npos);
}

} // namespace
} // namespace onnx
