#include "model/shape.hpp"
#include "model/testing/random_graph.hpp"
#include "model/testing/small_model.hpp"
#include "model/text.hpp"
#include "model/validate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace model {
namespace {

constexpr auto kInfinity = std::numeric_limits<double>::infinity();

/// A change to the small model, and where it must be refused.
struct Case
{
    void (*change)(Graph&);
    Fault fault;
    Part part;
    uint32_t index = 0;
};

template <typename T>
T& node(Graph& graph, size_t index)
{
    return std::get<T>(graph.nodes[index]);
}

template <typename T>
T& term(Graph& graph, size_t index, size_t which = 0)
{
    return std::get<T>(node<Linear>(graph, index).terms[which]);
}

void expect_refused(std::span<const Case> cases)
{
    ASSERT_TRUE(validate(testing::small_model().graph, testing::small_model().weights));
    for (size_t i = 0; i != cases.size(); ++i)
    {
        auto graph = testing::small_model().graph;
        cases[i].change(graph);
        const auto result = validate(graph);
        ASSERT_FALSE(result) << "case " << i;
        EXPECT_EQ(int(result.error().fault), int(cases[i].fault)) << "case " << i << ": " << result.error().words;
        EXPECT_EQ(int(result.error().part), int(cases[i].part)) << "case " << i << ": " << result.error().words;
        EXPECT_EQ(result.error().index, cases[i].index) << "case " << i << ": " << result.error().words;
        EXPECT_FALSE(result.error().words.empty());
    }
}

TEST(Validate, accepts_random_models)
{
    for (uint64_t seed = 0; seed != 200; ++seed)
    {
        const auto model = testing::random_model(seed);
        EXPECT_TRUE(validate(model.graph, model.weights)) << seed;
    }
}

TEST(Validate, refuses_counts_and_numbers_of_the_graph)
{
    const Case cases[]{
        {[](Graph& g) { g.tensors.resize(1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.tensors.resize(kTensorsMax + 1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.nodes.clear(); }, Fault::count, Part::graph},
        {[](Graph& g) { g.nodes.resize(kNodesMax + 1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.weights.resize(kParametersMax + 1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.biases.resize(kParametersMax + 1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.input = 10; }, Fault::id, Part::graph},
        {[](Graph& g) { g.output = 10; }, Fault::id, Part::graph},
        {[](Graph& g) { g.encoding.scale.clear(); }, Fault::count, Part::graph},
        {[](Graph& g) { g.encoding.offset.pop_back(); }, Fault::count, Part::graph},
        {[](Graph& g) { g.encoding.scale.push_back(1), g.encoding.offset.push_back(1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.encoding.scale[1] = 0; }, Fault::number, Part::graph},
        {[](Graph& g) { g.encoding.scale[1] = std::nan(""); }, Fault::number, Part::graph},
        {[](Graph& g) { g.encoding.offset[0] = -kInfinity; }, Fault::number, Part::graph},
        {[](Graph& g) { g.labels.pop_back(); }, Fault::count, Part::graph},
        {[](Graph& g) { g.labels[2] = "\x1B[2J"; }, Fault::text, Part::label, 2},
        {[](Graph& g) { g.labels.resize(kLabelsMax + 1); }, Fault::count, Part::graph},
        {[](Graph& g) { g.reading = Reading::sigmoid_label; }, Fault::shape, Part::graph},
    };
    expect_refused(cases);
}

TEST(Validate, refuses_tensors_and_parameters)
{
    const Case cases[]{
        {[](Graph& g) { g.tensors[3].name = "\xC0\x80"; }, Fault::text, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].name.assign(kTextMax + 1, 'x'); }, Fault::text, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].shape = {}; }, Fault::shape, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].shape = {3, 2, 2, 1, 1}; }, Fault::shape, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].shape[1] = 0; }, Fault::shape, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].shape = {4096, 4096, 2}; }, Fault::shape, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].shape = {UINT32_MAX, UINT32_MAX, UINT32_MAX, 2}; }, Fault::shape, Part::tensor, 3},
        {[](Graph& g) { g.tensors.resize(27, {"", {1 << 24}, {}, 1}); }, Fault::shape, Part::graph},
        {[](Graph& g) { g.tensors[3].range = {1, 0}; }, Fault::range, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].range = {-32769, 0}; }, Fault::range, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].range = {0, 32768}; }, Fault::range, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].range = {INT64_MIN, INT64_MAX}; }, Fault::range, Part::tensor, 3},
        {[](Graph& g) { g.tensors[0].range = {0, 256}; }, Fault::range, Part::tensor, 0},
        {[](Graph& g) { g.tensors[0].range = {-1, 128}; }, Fault::range, Part::tensor, 0},
        {[](Graph& g) { g.tensors[3].scale = 0; }, Fault::number, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].scale = kInfinity; }, Fault::number, Part::tensor, 3},
        {[](Graph& g) { g.tensors[3].scale = std::nan(""); }, Fault::number, Part::tensor, 3},
        {[](Graph& g) { g.tensors.push_back({"", {1}, {}, 1}); }, Fault::id, Part::tensor, 10},
        {[](Graph& g) { g.weights[1].shape[0] = 0; }, Fault::shape, Part::weight, 1},
        {[](Graph& g) { g.weights[1].shape = {1 << 28, 2}; }, Fault::shape, Part::weight, 1},
        {[](Graph& g) { g.weights.resize(4, {{1 << 27}, {}}); }, Fault::shape, Part::graph},
        {[](Graph& g) { g.weights[1].range = {1, 5}; }, Fault::range, Part::weight, 1},
        {[](Graph& g) { g.weights[1].range = {-5, -1}; }, Fault::range, Part::weight, 1},
        {[](Graph& g) { g.weights[0].range.lo = -513; }, Fault::range, Part::weight, 0},
        {[](Graph& g) { g.weights[0].range.hi = 512; }, Fault::range, Part::weight, 0},
        {[](Graph& g) { g.weights.push_back({{1}, {}}); }, Fault::id, Part::weight, 2},
        {[](Graph& g) { g.biases[1].range.lo = -kBiasMax - 2; }, Fault::range, Part::bias, 1},
        {[](Graph& g) { g.biases[1].range.hi = kBiasMax + 1; }, Fault::range, Part::bias, 1},
        {[](Graph& g) { g.biases.push_back({{1}, {}}); }, Fault::id, Part::bias, 2},
    };
    expect_refused(cases);
}

TEST(Validate, refuses_linear_nodes)
{
    const Case cases[]{
        {[](Graph& g) { term<Conv>(g, 0).input = 10; }, Fault::id, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).input = 1; }, Fault::order, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).weight = 2; }, Fault::id, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).weight = 1; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).stride[0] = 0; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).stride[1] = kWindowMax + 1; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).pad[1] = kWindowMax + 1; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).dilation[0] = 0; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).groups = 0; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { term<Conv>(g, 0).groups = 2; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { g.weights[0].shape = {3, 1, 3, 3}; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { g.weights[0].shape = {3, 2, 9}; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { g.weights[0].shape = {3, 2, kWindowMax + 1, 3}; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { g.tensors[1].shape = {4, 4, 4}; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { g.tensors[1].shape = {3, 4, 4, 1}; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).terms.clear(); }, Fault::count, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).terms.resize(65, Scale{}); }, Fault::count, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).terms[0] = Scale{}; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).bias = 2; }, Fault::id, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).bias = 1; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).channel_axis = 3; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).channel_axis = 1; }, Fault::shape, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).shifts = {}; }, Fault::count, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).shifts = {7, 7}; }, Fault::count, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).shifts = {0}; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).shifts = {7, 17, 7}; }, Fault::parameter, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.values.clear(); }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.values.resize(kTableMax + 1); }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.lo = 1; }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.lo = -512; }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.lo = INT32_MIN; }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.values[9] = -1; }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).table.values[9] = 256; }, Fault::table, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).output = 10; }, Fault::id, Part::node, 0},
        {[](Graph& g) { node<Linear>(g, 0).output = 0; }, Fault::order, Part::node, 0},
        {[](Graph& g) { term<Scale>(g, 2).multiplier = kMultiplierMax + 1; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Scale>(g, 2).multiplier = INT32_MIN; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Scale>(g, 2).input = 1; }, Fault::shape, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).row.pop_back(); }, Fault::count, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).col.push_back(1); }, Fault::count, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).row[0] = INT32_MIN; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).row[0] = kMultiplierMax; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).kernel[0] = 0; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).stride[1] = 0; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).pad[1] = kWindowMax + 1; }, Fault::parameter, Part::node, 2},
        {[](Graph& g) { term<Window>(g, 2, 1).input = 0; }, Fault::shape, Part::node, 2},
        {[](Graph& g) { term<Dense>(g, 8).tokens = 1; }, Fault::parameter, Part::node, 8},
        {[](Graph& g) { term<Dense>(g, 8).weight = 0; }, Fault::shape, Part::node, 8},
        {[](Graph& g) { g.weights[1].shape = {4, 23}; }, Fault::shape, Part::node, 8},
        {[](Graph& g) { g.tensors[9].shape = {1, 4}; }, Fault::shape, Part::node, 8},
        {[](Graph& g) { g.tensors[8].range.hi = 128; }, Fault::range, Part::node, 8},
    };
    expect_refused(cases);
}

TEST(Validate, refuses_other_nodes)
{
    const Case cases[]{
        {[](Graph& g) { node<MaxPool>(g, 1).input = 5; }, Fault::order, Part::node, 1},
        {[](Graph& g) { node<MaxPool>(g, 1).input = 0; }, Fault::shape, Part::node, 1},
        {[](Graph& g) { node<MaxPool>(g, 1).kernel[0] = 0; }, Fault::parameter, Part::node, 1},
        {[](Graph& g) { node<MaxPool>(g, 1).pad[0] = 2; }, Fault::parameter, Part::node, 1},
        {[](Graph& g) { node<MaxPool>(g, 1).stride[1] = 4; }, Fault::parameter, Part::node, 1},
        {[](Graph& g) { node<MaxPool>(g, 1).output = 1; }, Fault::order, Part::node, 1},
        {[](Graph& g) { g.tensors[2].range.hi = 254; }, Fault::range, Part::node, 1},
        {[](Graph& g) { g.tensors[2].scale = 1; }, Fault::number, Part::node, 1},
        {[](Graph& g) { g.tensors[1].range = {-1, 255}; }, Fault::range, Part::node, 1},
        {[](Graph& g) { node<Slice>(g, 3).start.pop_back(); }, Fault::shape, Part::node, 3},
        {[](Graph& g) { node<Slice>(g, 3).step.push_back(1); }, Fault::shape, Part::node, 3},
        {[](Graph& g) { node<Slice>(g, 3).step[1] = 0; }, Fault::parameter, Part::node, 3},
        {[](Graph& g) { node<Slice>(g, 3).start[2] = 1; }, Fault::parameter, Part::node, 3},
        {[](Graph& g) { node<Slice>(g, 3).step[2] = UINT32_MAX; }, Fault::parameter, Part::node, 3},
        {[](Graph& g) { node<Slice>(g, 3).input = 0; }, Fault::parameter, Part::node, 3},
        {[](Graph& g) { node<Pad>(g, 4).begin[1] = 2; }, Fault::shape, Part::node, 4},
        {[](Graph& g) { node<Pad>(g, 4).begin[1] = UINT32_MAX; }, Fault::shape, Part::node, 4},
        {[](Graph& g) { node<Pad>(g, 4).begin.clear(); }, Fault::shape, Part::node, 4},
        {[](Graph& g) { node<Pad>(g, 4).value = 128; }, Fault::range, Part::node, 4},
        {[](Graph& g) { node<Concat>(g, 5).inputs.clear(); }, Fault::count, Part::node, 5},
        {[](Graph& g) { node<Concat>(g, 5).inputs.resize(kConcatMax + 1); }, Fault::count, Part::node, 5},
        {[](Graph& g) { node<Concat>(g, 5).inputs.push_back(3); }, Fault::shape, Part::node, 5},
        {[](Graph& g) { node<Concat>(g, 5).inputs[1] = 6; }, Fault::order, Part::node, 5},
        {[](Graph& g) { node<Concat>(g, 5).inputs[0] = 2; }, Fault::range, Part::node, 5},
        {[](Graph& g) { node<Concat>(g, 5).axis = 1; }, Fault::shape, Part::node, 5},
        {[](Graph& g) { node<Concat>(g, 5).axis = 3; }, Fault::parameter, Part::node, 5},
        {[](Graph& g) { g.tensors[6].range.hi = 255; }, Fault::range, Part::node, 5},
        {[](Graph& g) { node<Transpose>(g, 6).perm = {1, 2}; }, Fault::shape, Part::node, 6},
        {[](Graph& g) { node<Transpose>(g, 6).perm = {1, 2, 3}; }, Fault::parameter, Part::node, 6},
        {[](Graph& g) { node<Transpose>(g, 6).perm = {1, 2, 2}; }, Fault::parameter, Part::node, 6},
        {[](Graph& g) { node<Transpose>(g, 6).perm = {0, 1, 2}; }, Fault::shape, Part::node, 6},
        {[](Graph& g) { g.tensors[8].shape = {23}; }, Fault::shape, Part::node, 7},
        {[](Graph& g) { std::swap(g.nodes[6], g.nodes[7]); }, Fault::order, Part::node, 6},
        {[](Graph& g) { g.nodes.pop_back(); }, Fault::id, Part::tensor, 9},
    };
    expect_refused(cases);
}

TEST(Validate, accepts_shared_parameters_and_wide_tensors_that_are_only_moved)
{
    auto model = testing::small_model();
    model.graph.tensors.push_back({"end", {2, 2}, {-32768, 32767}, 0.0625});
    model.graph.tensors.push_back({"again", {3, 4, 4}, {0, 255}, 1});
    model.graph.nodes.push_back(Reshape{.input = 9, .output = 10});
    auto again = std::get<Linear>(model.graph.nodes[0]);
    again.output = 11;
    model.graph.nodes.push_back(again);
    EXPECT_TRUE(validate(model.graph, model.weights));
}

TEST(Validate, refuses_weights_of_another_count_or_outside_their_range)
{
    const auto model = testing::small_model();
    const auto refused = [&](auto change) {
        auto weights = model.weights;
        change(weights);
        const auto result = validate(model.graph, weights);
        return result ? std::nullopt : std::optional(std::tuple(result.error().fault, result.error().part));
    };
    using Where = std::tuple<Fault, Part>;
    EXPECT_EQ(refused([](Weights& w) { w.weights.pop_back(); }), Where(Fault::count, Part::graph));
    EXPECT_EQ(refused([](Weights& w) { w.biases.emplace_back(); }), Where(Fault::count, Part::graph));
    EXPECT_EQ(refused([](Weights& w) { w.weights[1].pop_back(); }), Where(Fault::value, Part::weight));
    EXPECT_EQ(refused([](Weights& w) { w.weights[1].clear(); }), Where(Fault::value, Part::weight));
    EXPECT_EQ(refused([](Weights& w) { w.weights[0][53] = 11; }), Where(Fault::value, Part::weight));
    EXPECT_EQ(refused([](Weights& w) { w.weights[0][0] = -11; }), Where(Fault::value, Part::weight));
    EXPECT_EQ(refused([](Weights& w) { w.biases[1][3] = -1; }), Where(Fault::value, Part::bias));
}

TEST(Text, is_utf8_without_control_characters)
{
    for (const std::string_view good :
         {"", "a b~", "\xC2\xA0", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "ключ 鍵"})
        EXPECT_TRUE(is_text(good)) << good;
    for (const std::string_view bad :
         {"\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF", "a\nb", "\x1B[31m", "\x7F", "\xC2\x9B"})
        EXPECT_FALSE(is_text(bad)) << bad;
    EXPECT_TRUE(is_text(std::string(kTextMax, 'x')));
    EXPECT_FALSE(is_text(std::string(kTextMax + 1, 'x')));
    EXPECT_FALSE(is_text(std::string_view("\0", 1)));
}

TEST(Shape, reads_ranks_one_to_three_as_channels_height_width)
{
    const std::vector<uint32_t> shape{5, 6, 7, 8};
    EXPECT_EQ(as_chw(std::span(shape).first(1)), (Chw{5, 1, 1}));
    EXPECT_EQ(as_chw(std::span(shape).first(2)), (Chw{5, 1, 6}));
    EXPECT_EQ(as_chw(std::span(shape).first(3)), (Chw{5, 6, 7}));
    EXPECT_EQ(as_chw(shape), std::nullopt);
    EXPECT_EQ(strides(shape), (std::vector<uint64_t>{336, 56, 8, 1}));
    EXPECT_EQ(elements(shape), 1680u);
}

} // namespace
} // namespace model
