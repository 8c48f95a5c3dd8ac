#include "node/log.hpp"

#include <gtest/gtest.h>

namespace node {
namespace {

using enum host::LogLevel;

TEST(LogFilter, lets_pass_what_is_as_grave_as_its_level)
{
    const LogFilter filter{info};
    EXPECT_TRUE(filter.wants(error, "babe"));
    EXPECT_TRUE(filter.wants(info, "babe"));
    EXPECT_FALSE(filter.wants(debug, "babe"));
}

TEST(LogFilter, gives_targets_levels_of_their_own_and_the_longest_name_wins)
{
    LogFilter filter{info};
    ASSERT_TRUE(filter.add("warn,babe=debug,babe::vrf=off"));
    EXPECT_FALSE(filter.wants(info, "sync"));
    EXPECT_TRUE(filter.wants(debug, "babe"));
    EXPECT_TRUE(filter.wants(debug, "babe::slots"));
    EXPECT_FALSE(filter.wants(error, "babe::vrf"));
    filter.reset();
    EXPECT_TRUE(filter.wants(info, "sync"));
    EXPECT_FALSE(filter.wants(debug, "babe"));
}

TEST(LogFilter, refuses_what_does_not_read_and_then_changes_nothing)
{
    LogFilter filter{warn};
    for (const auto* text : {"", "loud", "babe=", "=info", "info,,warn", "trace,babe=loud", "trace,babe"})
    {
        const auto added = filter.add(text);
        ASSERT_FALSE(added) << text;
        EXPECT_NE(added.error().find("not a log directive"), std::string::npos);
        EXPECT_FALSE(filter.wants(trace, "babe")) << text;
    }
}

TEST(LogFilter, holds_a_bounded_number_of_targets)
{
    LogFilter filter;
    for (size_t i = 0; i != LogFilter::kTargetsMax; ++i)
        ASSERT_TRUE(filter.add("target" + std::to_string(i) + "=debug"));
    EXPECT_FALSE(filter.add("one_more=debug"));
    EXPECT_TRUE(filter.add("target0=off"));
}

} // namespace
} // namespace node
