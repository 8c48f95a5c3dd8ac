#include "runtime/frame/json.hpp"

#include <gtest/gtest.h>

namespace runtime::json {
namespace {

TEST(Json, reads_every_kind_of_value)
{
    const auto value = parse(R"( {"a": [1, -2.5e3, "t\u00e9\ud83d\ude00\n", true, null], "b": {}} )");
    ASSERT_TRUE(value);
    const auto& items = value->find("a")->items;
    ASSERT_EQ(items.size(), 5u);
    EXPECT_EQ(items[0].text, "1");
    EXPECT_EQ(items[1].text, "-2.5e3");
    EXPECT_EQ(items[2].text, "t\xc3\xa9\xf0\x9f\x98\x80\n");
    EXPECT_EQ(items[3].kind, Kind::boolean);
    EXPECT_EQ(items[4].kind, Kind::null);
    EXPECT_EQ(value->find("b")->kind, Kind::object);
    EXPECT_EQ(value->find("c"), nullptr);
}

TEST(Json, refuses_what_is_not_json)
{
    for (const std::string_view text : {"", "{", "[1,]", "{\"a\" 1}", "01", "1.", "1e", "-", "tru", "\"a", "\"\x01\"",
                                        "{\"a\":1,}", "[1] 2", "{1:2}", "nul", "+1", "'a'"})
        EXPECT_FALSE(parse(text)) << text;
    for (const std::string_view text : {R"("\x")", R"("\u12")", R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")"})
        EXPECT_EQ(parse(text).error().why, Fault::escape) << text;
}

TEST(Json, refuses_deep_nesting_and_every_truncation)
{
    EXPECT_EQ(parse(std::string(kDepthMax + 2, '[')).error().why, Fault::too_deep);
    const std::string text = R"({"a": [1, "\u00e9", {"b": false}]})";
    for (size_t size = 0; size != text.size(); ++size)
        EXPECT_FALSE(parse(std::string_view{text}.substr(0, size))) << size;
}

} // namespace
} // namespace runtime::json
