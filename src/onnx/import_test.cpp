#include "onnx/import.hpp"

#include "model/evaluate.hpp"
#include "model/interval.hpp"
#include "model/validate.hpp"
#include "onnx/testing/builder.hpp"

#include "onnx.pb.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace onnx {
namespace {

using testing::Builder;

/// Two inputs, three hidden units, two classes.
void add_mlp(Builder& builder)
{
    builder.input("x", {-1, 2})
        .weight("w1", {2, 3}, {1, -2, 0.5, 0.25, 1, -1})
        .weight("b1", {3}, {0.1F, 0, -0.2F})
        .weight("w2", {3, 2}, {1, -1, 0.5, 2, -1, 0.25})
        .node("MatMul", {"x", "w1"}, {"h0"})
        .node("Add", {"h0", "b1"}, {"h1"})
        .node("Relu", {"h1"}, {"h2"})
        .node("MatMul", {"h2", "w2"}, {"y"})
        .output("y");
}

npy::Array samples(const std::vector<uint64_t>& shape, uint32_t seed = 1)
{
    npy::Array array{npy::Type::f4, shape, {}};
    uint64_t size = 1;
    for (const auto d : shape)
        size *= d;
    std::mt19937 random{seed};
    std::uniform_real_distribution<float> uniform{-1, 1};
    for (uint64_t i = 0; i != size; ++i)
        array.values.push_back(double(uniform(random)));
    return array;
}

void refused(const base::Bytes& file, const npy::Array& calibration, Refusal why, std::string_view part)
{
    const auto imported = import_model(file, calibration);
    ASSERT_FALSE(imported);
    EXPECT_EQ(imported.error().error.why, why) << imported.error().error.words;
    EXPECT_NE(imported.error().error.words.find(part), std::string::npos) << imported.error().error.words;
    EXPECT_EQ(imported.error().error.words.find('\n'), std::string::npos);
}

TEST(Import, an_mlp_becomes_two_linear_nodes_that_agree_with_the_float_model)
{
    Builder builder;
    add_mlp(builder);
    const auto imported = import_model(builder.bytes(), samples({200, 2}));
    ASSERT_TRUE(imported) << imported.error().error.words;
    const auto& [model, report] = *imported;
    EXPECT_EQ(model.graph.nodes.size(), 2U);
    EXPECT_EQ(report.parameters, 2 * 3 + 3 + 3 * 2U);
    EXPECT_EQ(report.operators.at("MatMul"), 2U);
    EXPECT_EQ(report.accuracy.samples, 200U);
    EXPECT_LT(report.accuracy.error_max, 0.03 * report.accuracy.output_max);
    EXPECT_TRUE(model::validate(model.graph, model.weights));
    EXPECT_TRUE(model::check_declared(model.graph));
    EXPECT_TRUE(model::check_actual(model));
}

TEST(Import, the_same_file_and_samples_give_the_same_model)
{
    Builder builder;
    add_mlp(builder);
    const auto a = import_model(builder.bytes(), samples({50, 2})), b = import_model(builder.bytes(), samples({50, 2}));
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->model, b->model);
}

TEST(Import, a_softmax_at_the_end_is_left_to_the_reader)
{
    Builder builder;
    builder.input("x", {-1, 2})
        .weight("w", {3, 2}, {1, 2, -1, 0.5, 0.25, -2})
        .node("Gemm", {"x", "w"}, {"z"})
        .attribute("transB", int64_t{1})
        .node("Softmax", {"z"}, {"p"})
        .output("p");
    const auto imported = import_model(builder.bytes(), samples({50, 2}));
    ASSERT_TRUE(imported) << imported.error().error.words;
    EXPECT_EQ(imported->model.graph.reading, model::Reading::softmax);
    EXPECT_EQ(imported->report.notes.size(), 1U);
    EXPECT_TRUE(imported->report.accuracy.has_classes);
    EXPECT_GE(imported->report.accuracy.class_agreement, 0.98);
}

TEST(Import, features_of_different_size_get_their_own_scales)
{
    Builder builder;
    builder.input("x", {-1, 2}).weight("w", {2, 1}, {0.001F, 1000}).node("MatMul", {"x", "w"}, {"y"}).output("y");
    auto data = samples({100, 2});
    for (size_t i = 0; i != data.values.size(); ++i)
        data.values[i] *= i % 2 == 0 ? 1000 : 0.001;
    const auto imported = import_model(builder.bytes(), data);
    ASSERT_TRUE(imported) << imported.error().error.words;
    EXPECT_EQ(imported->model.graph.encoding.scale.size(), 2U);
    EXPECT_LT(imported->report.accuracy.error_max, 0.01 * imported->report.accuracy.output_max);
}

TEST(Import, values_beyond_the_calibration_saturate_instead_of_failing)
{
    Builder builder;
    add_mlp(builder);
    const auto imported = import_model(builder.bytes(), samples({50, 2}));
    ASSERT_TRUE(imported);
    const std::vector<double> huge{1e30, -1e30};
    const auto codes = model::encode_input(imported->model.graph, huge);
    ASSERT_TRUE(codes);
    EXPECT_TRUE(model::evaluate(imported->model, *codes));
}

TEST(Import, every_unsupported_operator_is_listed_with_its_node)
{
    Builder builder;
    builder.input("x", {-1, 4})
        .node("TopK", {"x"}, {"a", "b"})
        .node("Relu", {"a"}, {"c"})
        .node("NonZero", {"x"}, {"d"})
        .node("CumSum", {"c"}, {"e"})
        .output("e");
    const auto imported = import_model(builder.bytes(), samples({5, 4}));
    ASSERT_FALSE(imported);
    EXPECT_EQ(imported.error().error.why, Refusal::unsupported);
    std::vector<std::string> nodes;
    for (const auto& unsupported : imported.error().report.unsupported)
        nodes.push_back(unsupported.node);
    EXPECT_EQ(nodes, (std::vector<std::string>{"the_TopK", "the_NonZero", "the_CumSum"}));
}

TEST(Import, activation_times_activation_is_unsupported)
{
    Builder builder;
    builder.input("x", {-1, 2})
        .weight("w", {2, 2}, {1, 2, 3, 4})
        .node("MatMul", {"x", "w"}, {"h"})
        .node("Mul", {"x", "h"}, {"y"})
        .output("y");
    refused(builder.bytes(), samples({5, 2}), Refusal::unsupported, "the_Mul");
}

TEST(Import, bytes_that_are_no_model_are_refused)
{
    refused({}, samples({5, 2}), Refusal::not_onnx, "not an ONNX model");
    refused({1, 2, 3, 4, 5}, samples({5, 2}), Refusal::not_onnx, "not an ONNX model");
}

TEST(Import, no_truncation_crashes)
{
    Builder builder;
    add_mlp(builder);
    const auto whole = builder.bytes();
    const auto data = samples({5, 2});
    for (size_t size = 0; size != whole.size(); ++size)
        EXPECT_FALSE(import_model(base::ByteView{whole}.first(size), data)) << size;
}

TEST(Import, no_changed_byte_crashes)
{
    Builder builder;
    add_mlp(builder);
    const auto whole = builder.bytes();
    const auto data = samples({5, 2});
    for (size_t i = 0; i != whole.size(); ++i)
        for (const uint8_t flip : {1, 16, 128})
        {
            auto bytes = whole;
            bytes[i] ^= flip;
            const auto imported = import_model(bytes, data);
            if (imported)
                EXPECT_TRUE(model::check_actual(imported->model)) << i;
        }
}

TEST(Import, weights_that_are_no_numbers_are_refused_with_their_node)
{
    for (const auto bad : {std::nanf(""), std::numeric_limits<float>::infinity()})
    {
        Builder builder;
        builder.input("x", {-1, 2}).weight("w", {2, 1}, {1, bad}).node("MatMul", {"x", "w"}, {"y"}).output("y");
        refused(builder.bytes(), samples({5, 2}), Refusal::not_finite, "the_MatMul");
    }
}

TEST(Import, weights_in_another_file_are_refused)
{
    Builder builder;
    add_mlp(builder);
    builder.model().mutable_graph()->mutable_initializer(0)->set_data_location(onnx_ir::TensorProto::EXTERNAL);
    refused(builder.bytes(), samples({5, 2}), Refusal::external_data, "external_data=False");
}

TEST(Import, weights_of_the_wrong_length_are_refused)
{
    Builder builder;
    builder.input("x", {-1, 2}).weight("w", {2, 2}, {1, 2, 3}).node("MatMul", {"x", "w"}, {"y"}).output("y");
    refused(builder.bytes(), samples({5, 2}), Refusal::damaged, "'w'");
}

TEST(Import, a_cycle_is_refused)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("Add", {"x", "b"}, {"a"}).node("Relu", {"a"}, {"b"}).output("b");
    refused(builder.bytes(), samples({5, 2}), Refusal::damaged, "the_Add");
}

TEST(Import, a_value_set_twice_is_refused)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("Relu", {"x"}, {"y"}).node("Abs", {"x"}, {"y"}).output("y");
    refused(builder.bytes(), samples({5, 2}), Refusal::damaged, "the_Abs");
}

TEST(Import, inputs_that_are_not_float_and_second_inputs_are_refused)
{
    Builder integer;
    integer.input("x", {-1, 2}, 7).node("Relu", {"x"}, {"y"}).output("y");
    refused(integer.bytes(), samples({5, 2}), Refusal::unsupported, "not float");
    Builder two;
    two.input("x", {-1, 2}).input("z", {-1, 2}).node("Add", {"x", "z"}, {"y"}).output("y");
    refused(two.bytes(), samples({5, 2}), Refusal::unsupported, "2 inputs");
}

TEST(Import, samples_must_be_there_fit_and_be_finite)
{
    Builder builder;
    add_mlp(builder);
    refused(builder.bytes(), samples({0, 2}), Refusal::calibration, "empty");
    refused(builder.bytes(), samples({5, 3}), Refusal::calibration, "(rows, 2)");
    auto nan = samples({5, 2});
    nan.values[3] = std::nan("");
    refused(builder.bytes(), nan, Refusal::calibration, "NaN");
}

TEST(Import, a_model_that_reaches_nan_on_the_samples_is_refused_with_the_place)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("Log", {"x"}, {"y"}).output("y");
    refused(builder.bytes(), samples({20, 2}), Refusal::not_finite, "reaches NaN or infinity at 'y'");
}

TEST(Import, constants_do_not_grow_from_a_small_file_without_bound)
{
    const auto with = [](int64_t size) {
        Builder builder;
        builder.input("x", {-1, 2})
            .integers("n", {size})
            .node("ConstantOfShape", {"n"}, {"c"})
            .node("Relu", {"x"}, {"y"})
            .output("y");
        return inspect(builder.bytes());
    };
    EXPECT_TRUE(with(1 << 20));
    const auto refused = with((1 << 24) + 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error.why, Refusal::too_large);
    EXPECT_EQ(refused.error().error.node, "the_ConstantOfShape");
}

TEST(Import, several_outputs_need_a_choice)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("Relu", {"x"}, {"y"}).node("Abs", {"x"}, {"z"}).output("y").output("z");
    refused(builder.bytes(), samples({5, 2}), Refusal::unsupported, "choose one");
    ImportOptions options;
    options.translate.output = "z";
    EXPECT_TRUE(import_model(builder.bytes(), samples({5, 2}), options));
}

TEST(Import, a_long_chain_of_squares_stays_bounded)
{
    Builder builder;
    builder.input("x", {-1, 2});
    std::string last = "x";
    for (int i = 0; i != 200; ++i)
    {
        const auto next = "v" + std::to_string(i);
        builder.node("Mul", {last, last}, {next});
        last = next;
    }
    builder.output(last);
    const auto imported = import_model(builder.bytes(), samples({5, 2}));
    ASSERT_TRUE(imported) << imported.error().error.words;
    EXPECT_LT(imported->model.graph.nodes.size(), 40U);
}

TEST(Import, a_function_of_the_model_is_expanded)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("Twice", {"x"}, {"y"}, "own").output("y");
    auto& function = *builder.model().add_functions();
    function.set_name("Twice");
    function.set_domain("own");
    function.add_input("a");
    function.add_output("b");
    auto& node = *function.add_node();
    node.set_op_type("Add");
    node.add_input("a");
    node.add_input("a");
    node.add_output("b");
    const auto imported = import_model(builder.bytes(), samples({20, 2}));
    ASSERT_TRUE(imported) << imported.error().error.words;
    EXPECT_EQ(imported->report.operators.at("Add"), 1U);
    EXPECT_NEAR(imported->report.accuracy.output_max, 2, 0.2);
}

TEST(Import, a_function_that_calls_itself_is_refused)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("Loop", {"x"}, {"y"}, "own").output("y");
    auto& function = *builder.model().add_functions();
    function.set_name("Loop");
    function.set_domain("own");
    function.add_input("a");
    function.add_output("b");
    auto& node = *function.add_node();
    node.set_op_type("Loop");
    node.set_domain("own");
    node.add_input("a");
    node.add_output("b");
    refused(builder.bytes(), samples({5, 2}), Refusal::too_large, "nested");
}

TEST(Import, names_from_the_file_cannot_steer_a_terminal)
{
    Builder builder;
    builder.input("x", {-1, 2}).node("\x1b[2J", {"x"}, {"y"}).output("y");
    const auto imported = import_model(builder.bytes(), samples({5, 2}));
    ASSERT_FALSE(imported);
    for (const auto c : imported.error().error.words)
        EXPECT_TRUE(c >= ' ' && c <= '~');
}

} // namespace
} // namespace onnx
