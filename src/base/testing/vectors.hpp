#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// Third-party test data, which lies outside the repository: docs/guide/vectors.md says where to get it. For tests
/// only.
namespace base::testing {

/// $ZKP_VECTORS/name, or nothing when the variable is unset or the file is not there.
inline std::optional<std::filesystem::path> find_vector(std::string_view name)
{
    const char* folder = std::getenv("ZKP_VECTORS");
    if (folder == nullptr || *folder == '\0')
        return std::nullopt;
    auto path = std::filesystem::path(folder) / name;
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return std::nullopt;
    return path;
}

/// Whether a missing vector is a failure: in continuous integration (CI=true) it is.
inline bool vectors_required()
{
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string_view(ci) == "true";
}

inline std::string missing_vector(std::string_view name)
{
    return "needs the third-party vector " + std::string(name) +
           ": set ZKP_VECTORS to the folder that holds it (docs/guide/vectors.md)";
}

} // namespace base::testing

/// Declares `variable`, the path of the vector `name`. Without the file the running test ends here: skipped by name, or
/// failed where CI=true. A macro, because only the test's own body can return from the test.
#define ZKP_NEED_VECTOR(variable, name)                                                                                \
    if (!base::testing::find_vector(name))                                                                             \
    {                                                                                                                  \
        if (base::testing::vectors_required())                                                                         \
            FAIL() << base::testing::missing_vector(name);                                                             \
        GTEST_SKIP() << base::testing::missing_vector(name);                                                           \
    }                                                                                                                  \
    const std::filesystem::path variable = *base::testing::find_vector(name)
