#include "env/process.hpp"

#include <gtest/gtest.h>

namespace env {
namespace {

TEST(Process, it_says_what_it_uses)
{
    const auto use = process_use();
    EXPECT_GT(use.resident_bytes, 1'000'000U);
    EXPECT_GT(use.virtual_bytes, use.resident_bytes);
    EXPECT_GE(use.threads, 1U);
    EXPECT_GE(use.open_files, 3U);
    EXPECT_GT(use.open_files_max, use.open_files);
    EXPECT_GE(process_use().cpu_seconds, use.cpu_seconds);
}

} // namespace
} // namespace env
