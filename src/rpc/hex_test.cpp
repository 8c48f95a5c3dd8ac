#include "rpc/hex.hpp"

#include "rpc/json.hpp"
#include "rpc/origin.hpp"

#include <gtest/gtest.h>

namespace rpc {
namespace {

TEST(Hex, bytes_come_back)
{
    Bytes all(256);
    for (size_t i = 0; i != all.size(); ++i)
        all[i] = uint8_t(i);
    EXPECT_EQ(from_hex(hex(all)), all);
    EXPECT_EQ(hex({}), "0x");
    EXPECT_EQ(hex(Bytes{0x0a, 0xff}), "0x0aff");
    EXPECT_EQ(from_hex("0xAbCd"), (Bytes{0xab, 0xcd}));
}

TEST(Hex, what_is_not_pairs_of_digits_after_0x_is_refused)
{
    for (const auto* text : {"", "0", "0x0", "0X00", "00", "0x0g", "0xg0", "0x 0", "0x0x", "x00", "0x00\0", "0x/0",
                             "0x:0", "0x@0", "0x`0", "-0x00"})
        EXPECT_EQ(from_hex(text).has_value(), std::string_view{text} == "0x00") << text;
}

TEST(Hex, numbers_are_as_short_as_they_can_be)
{
    EXPECT_EQ(hex_number(0), "0x0");
    EXPECT_EQ(hex_number(26), "0x1a");
    EXPECT_EQ(hex_number(UINT64_MAX), "0xffffffffffffffff");
}

TEST(Json, nesting_and_size_are_bounded_before_anything_is_built)
{
    const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse(nested(kJsonDepthMax)));
    EXPECT_EQ(parse(nested(kJsonDepthMax + 1)).error(), JsonFault::too_deep);
    EXPECT_EQ(parse(std::string(1'000'000, '[')).error(), JsonFault::too_deep);
    std::string many = "[1";
    for (size_t i = 0; i != kJsonValuesMax; ++i)
        many += ",1";
    EXPECT_EQ(parse(many + ']').error(), JsonFault::too_many_values);
    EXPECT_TRUE(parse("\"" + std::string(1'000'000, '[') + "\"")) << "brackets in a string are letters";
    EXPECT_TRUE(parse(R"("\"[[[\\")"));
}

TEST(Json, what_is_not_json_is_refused)
{
    for (const auto* text :
         {"", " ", "{", "}", "[1,]", "nul", "\"\xff\"", "1e999", "{\"a\":1 \"b\":2}", "\"\\", "01", "'a'"})
        EXPECT_EQ(parse(text).error(), JsonFault::malformed) << text;
}

TEST(Json, text_that_is_not_utf8_is_printed_with_replacements) { EXPECT_EQ(print(Json("a\xff")), "\"a\xef\xbf\xbd\""); }

TEST(Origin, the_default_lets_in_pages_of_this_machine_and_polkadot_js)
{
    const Origins origins = default_origins();
    for (const auto* origin :
         {"http://localhost", "http://localhost:3000", "https://127.0.0.1:1", "https://polkadot.js.org"})
        EXPECT_TRUE(is_allowed(origins, origin)) << origin;
    for (const auto* origin :
         {"http://localhost.evil.org", "http://localhost:", "http://localhost:3000.evil.org",
          "https://polkadot.js.org.evil.org", "https://polkadot.js.org:80", "null", "http://localhos", "file://"})
        EXPECT_FALSE(is_allowed(origins, origin)) << origin;
    EXPECT_TRUE(is_allowed(std::nullopt, "http://evil.org"));
}

TEST(Origin, only_names_of_this_machine_are_local_hosts)
{
    for (const auto* host : {"localhost", "localhost:9944", "127.0.0.1:9944", "[::1]:1"})
        EXPECT_TRUE(is_local_host(host)) << host;
    for (const auto* host : {"", "evil.org", "localhost.evil.org:9944", "127.0.0.1.evil.org", "localhost:99x"})
        EXPECT_FALSE(is_local_host(host)) << host;
}

} // namespace
} // namespace rpc
