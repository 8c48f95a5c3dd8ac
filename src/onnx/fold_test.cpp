#include "onnx/fold.hpp"

#include <gtest/gtest.h>

namespace onnx {
namespace {

using Integers = std::vector<int64_t>;

Operator make(std::string type, std::map<std::string, Attribute, std::less<>> attributes = {}, size_t outputs = 1)
{
    Operator op;
    op.type = std::move(type);
    op.attributes = std::move(attributes);
    op.outputs.resize(outputs, "out");
    return op;
}

Array list(const Integers& values) { return Array::of_integers({int64_t(values.size())}, values); }

Array folded(const Operator& op, const std::vector<Array>& inputs, size_t output = 0)
{
    std::vector<const Array*> pointers;
    for (const auto& input : inputs)
        pointers.push_back(&input);
    const auto result = fold(op, pointers);
    EXPECT_TRUE(result.has_value()) << result.error();
    return result ? (*result)[output] : Array{};
}

bool refused(const Operator& op, const std::vector<Array>& inputs)
{
    std::vector<const Array*> pointers;
    for (const auto& input : inputs)
        pointers.push_back(&input);
    return !fold(op, pointers).has_value();
}

TEST(Fold, a_chain_from_shape_to_reshape_is_evaluated)
{
    const auto x = Array::of_reals({2, 3, 4}, std::vector<float>(24));
    const auto shape = folded(make("Shape"), {x});
    EXPECT_EQ(shape.integers, (Integers{2, 3, 4}));
    const auto first = folded(make("Gather"), {shape, Array::of_integers({}, {0})});
    EXPECT_TRUE(first.dims.empty());
    const auto target = folded(make("Concat", {{"axis", int64_t{0}}}),
                               {folded(make("Unsqueeze", {{"axes", Integers{0}}}), {first}), list({-1})});
    EXPECT_EQ(folded(make("Reshape"), {x, target}).dims, (Dims{2, 12}));
}

TEST(Fold, slices_follow_numpy)
{
    const auto x = list({0, 1, 2, 3, 4, 5});
    const auto cut = [&](int64_t from, int64_t to, int64_t step) {
        return folded(make("Slice"), {x, list({from}), list({to}), list({0}), list({step})}).integers;
    };
    EXPECT_EQ(cut(1, 5, 2), (Integers{1, 3}));
    EXPECT_EQ(cut(-2, INT64_MAX, 1), (Integers{4, 5}));
    EXPECT_EQ(cut(4, 1, -1), (Integers{4, 3, 2}));
    EXPECT_EQ(cut(-1, INT64_MIN, -2), (Integers{5, 3, 1}));
    EXPECT_EQ(cut(3, 3, 1), Integers{});
}

TEST(Fold, split_gives_the_last_part_what_is_left)
{
    const auto op = make("Split", {{"axis", int64_t{0}}, {"num_outputs", int64_t{3}}}, 3);
    EXPECT_EQ(folded(op, {list({1, 2, 3, 4, 5, 6, 7})}, 0).integers, (Integers{1, 2, 3}));
    EXPECT_EQ(folded(op, {list({1, 2, 3, 4, 5, 6, 7})}, 2).integers, (Integers{7}));
}

TEST(Fold, arithmetic_broadcasts)
{
    const auto column = Array::of_reals({2, 1}, {1, 2}), row = Array::of_reals({3}, {10, 20, 30});
    const auto sum = folded(make("Add"), {column, row});
    EXPECT_EQ(sum.dims, (Dims{2, 3}));
    EXPECT_EQ(sum.reals, (std::vector<float>{11, 21, 31, 12, 22, 32}));
    EXPECT_EQ(folded(make("Div"), {list({7}), list({2})}).integers, (Integers{3}));
    EXPECT_EQ(folded(make("Equal"), {list({7, 2}), list({2})}).integers, (Integers{0, 1}));
    EXPECT_EQ(folded(make("ReduceProd", {{"keepdims", int64_t{0}}}), {list({2, 3, 4})}).integers, (Integers{24}));
}

TEST(Fold, transposing_twice_restores)
{
    const auto x = Array::of_reals({2, 3}, {1, 2, 3, 4, 5, 6});
    const auto turned = folded(make("Transpose"), {x});
    EXPECT_EQ(turned.reals, (std::vector<float>{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(folded(make("Transpose"), {turned}), x);
}

TEST(Fold, what_contradicts_itself_or_grows_without_bound_is_refused)
{
    const auto x = Array::of_reals({2, 3}, std::vector<float>(6));
    EXPECT_TRUE(refused(make("Reshape"), {x, list({4, 2})}));
    EXPECT_TRUE(refused(make("Reshape"), {x, list({INT64_MAX, 2})}));
    EXPECT_TRUE(refused(make("Gather"), {x, list({7})}));
    EXPECT_TRUE(refused(make("Expand"), {x, list({1 << 20, 1 << 20, 1, 1})}));
    EXPECT_TRUE(refused(make("ConstantOfShape"), {list({1 << 20, 1 << 20})}));
    EXPECT_TRUE(refused(make("Range"), {Array::scalar(0), Array::scalar(1e12), Array::scalar(1)}));
    EXPECT_TRUE(refused(make("Squeeze", {{"axes", Integers{0}}}), {x}));
    EXPECT_TRUE(refused(make("Concat", {{"axis", int64_t{5}}}), {x}));
    EXPECT_TRUE(refused(make("Slice"), {x, list({0}), list({1}), list({0}), list({0})}));
}

TEST(Fold, nothing_is_cut_or_gathered_from_nothing)
{
    const auto none = Array::of_integers({0}, {}), flat = Array::of_reals({2, 0}, {});
    for (const int64_t step : {1, -1})
        EXPECT_EQ(folded(make("Slice"), {none, list({0}), list({5}), list({0}), list({step})}).size(), 0U);
    EXPECT_TRUE(refused(make("Gather"), {none, list({0})}));
    EXPECT_TRUE(refused(make("Gather"), {flat, list({0})}));
}

TEST(Fold, texts_are_moved_but_not_computed_with)
{
    Array texts;
    texts.kind = Kind::text;
    texts.dims = {2};
    texts.texts = {"a", "b"};
    EXPECT_EQ(folded(make("Gather"), {texts, list({1})}).texts, (std::vector<std::string>{"b"}));
    for (const auto type : {"Relu", "Not", "Cast", "ReduceSum", "Add", "CastLike"})
        EXPECT_TRUE(refused(make(type), {texts, texts})) << type;
    EXPECT_TRUE(refused(make("Range"), {texts, texts, texts}));
    EXPECT_TRUE(refused(make("Clip"), {Array::scalar(1), texts}));
}

TEST(Fold, a_constant_is_cast_to_the_kind_of_another)
{
    const auto real = Array::of_reals({2}, {1.75, -3.5});
    EXPECT_EQ(folded(make("CastLike"), {real, list({0})}), list({1, -3}));
    EXPECT_EQ(folded(make("CastLike"), {list({1, -3}), real}), Array::of_reals({2}, {1, -3}));
    EXPECT_EQ(folded(make("CastLike"), {real, Array::scalar(0)}), real);
}

} // namespace
} // namespace onnx
