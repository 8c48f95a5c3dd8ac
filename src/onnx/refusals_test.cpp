// What docs/specs/model.md section 6 says about forms: each that is refused is refused in one line with the node's
// name, and the operators of its table are those that import knows.
#include "onnx/import.hpp"
#include "onnx/testing/pipeline.hpp"
#include "onnx/testing/refused_forms.hpp"
#include "onnx/translate_context.hpp"

#include <gtest/gtest.h>

#include <set>

namespace onnx {
namespace {

using testing::Builder;
using testing::Form;

class Refusals : public ::testing::TestWithParam<Form>
{
};

TEST_P(Refusals, are_one_line_with_the_node_and_what_to_do)
{
    const auto& form = GetParam();
    Builder builder{form.opset};
    form.build(builder);
    const auto report = inspect(builder.bytes());
    ASSERT_FALSE(report);
    const auto& [error, learnt] = report.error();
    EXPECT_EQ(error.why, Refusal::unsupported);
    EXPECT_EQ(error.node, form.node);
    EXPECT_NE(error.words.find(form.words), std::string::npos) << error.words;
    EXPECT_EQ(error.words.find('\n'), std::string::npos) << error.words;
    const bool is_node = std::string_view(form.node).starts_with("the_");
    ASSERT_EQ(learnt.unsupported.size(), is_node ? 1U : 0U);
    if (is_node)
    {
        EXPECT_EQ(learnt.unsupported[0].node, form.node);
        EXPECT_NE(error.words.find(form.node), std::string::npos) << error.words;
        EXPECT_NE(error.words.find("export again"), std::string::npos) << error.words;
    }
}

const auto name_of = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Arithmetic, Refusals, ::testing::ValuesIn(testing::refused_arithmetic()), name_of);
INSTANTIATE_TEST_SUITE_P(Products, Refusals, ::testing::ValuesIn(testing::refused_products()), name_of);
INSTANTIATE_TEST_SUITE_P(Windows, Refusals, ::testing::ValuesIn(testing::refused_windows()), name_of);
INSTANTIATE_TEST_SUITE_P(Layouts, Refusals, ::testing::ValuesIn(testing::refused_layouts()), name_of);
INSTANTIATE_TEST_SUITE_P(Readings, Refusals, ::testing::ValuesIn(testing::refused_readings()), name_of);
INSTANTIATE_TEST_SUITE_P(Classifiers, Refusals, ::testing::ValuesIn(testing::refused_classifiers()), name_of);
INSTANTIATE_TEST_SUITE_P(Whole, Refusals, ::testing::ValuesIn(testing::refused_models()), name_of);

/// Operators in the first column of the specification's table.
std::set<std::string> specified()
{
    const auto bytes = testing::read_file(ZKP_MODEL_SPECIFICATION);
    std::string text(bytes.begin(), bytes.end());
    const auto begin = text.find("\n## 6. "), end = text.find("\n## 7. ");
    EXPECT_LT(begin, end);
    text = text.substr(begin, end - begin);
    std::set<std::string> names;
    for (size_t at = text.find("\n| "); at != std::string::npos; at = text.find("\n| ", at + 1))
    {
        std::string cell = text.substr(at + 3, text.find(" | ", at) - at - 3), name;
        for (const char c : cell + ",")
            if (c == ',')
                names.insert(std::exchange(name, ""));
            else if (c != ' ')
                name += c;
    }
    names.erase("operator");
    return names;
}

TEST(Specification, lists_the_operators_that_import_knows)
{
    std::set<std::string> known{"Constant", "ConstantOfShape", "Range"}; // of constants alone
    for (const auto* table : {&detail::elementwise_handlers(), &detail::linear_handlers(), &detail::pool_handlers(),
                              &detail::layout_handlers(), &detail::select_handlers(), &detail::reading_handlers()})
        for (const auto& [key, handler] : *table)
            known.insert(std::string(key.substr(key.rfind('.') + 1)));
    EXPECT_EQ(specified(), known);
}

} // namespace
} // namespace onnx
