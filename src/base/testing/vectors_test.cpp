#include "base/invariant.hpp"
#include "base/testing/vectors.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

namespace {

void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

void uses_a_missing_vector()
{
    ZKP_NEED_VECTOR(any_name, "no-such-vector");
    ADD_FAILURE() << any_name << " should not exist";
}

/// The one result of running uses_a_missing_vector(), which the running test does not count as its own.
::testing::TestPartResult outcome()
{
    ::testing::TestPartResultArray parts;
    {
        const ::testing::ScopedFakeTestPartResultReporter reporter(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &parts);
        uses_a_missing_vector();
    }
    base::invariant(parts.size() == 1);
    return parts.GetTestPartResult(0);
}

} // namespace

TEST(Vectors, are_found_through_the_variable_alone)
{
    const std::filesystem::path folder = ::testing::TempDir();
    const std::string name = "zkp-vector-" + std::to_string(::getpid());
    std::ofstream(folder / name) << "x";
    ::unsetenv("ZKP_VECTORS");
    EXPECT_EQ(base::testing::find_vector(name), std::nullopt);
    set("ZKP_VECTORS", folder);
    EXPECT_EQ(base::testing::find_vector(name), folder / name);
    std::filesystem::remove(folder / name);
    EXPECT_EQ(base::testing::find_vector(name), std::nullopt);
}

TEST(Vectors, a_missing_vector_skips_the_test_by_name)
{
    ::unsetenv("CI");
    const auto result = outcome();
    EXPECT_TRUE(result.skipped());
    EXPECT_NE(std::string(result.message()).find("no-such-vector"), std::string::npos);
}

TEST(Vectors, a_missing_vector_fails_the_test_in_continuous_integration)
{
    set("CI", "true");
    EXPECT_TRUE(outcome().fatally_failed());
}
