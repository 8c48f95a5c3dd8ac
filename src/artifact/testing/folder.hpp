#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

/// Test support: a folder of one's own, gone after the test.
namespace artifact::testing {

class Folder : public ::testing::Test
{
protected:
    Folder() { std::filesystem::create_directories(folder); }
    ~Folder() override { std::filesystem::remove_all(folder); }

    std::string path(const char* name) const { return folder / name; }
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            found.push_back(entry.path().filename());
        std::ranges::sort(found);
        return found;
    }

    static void write(const std::string& path, std::string_view text)
    {
        std::FILE* file = std::fopen(path.c_str(), "w");
        ASSERT_NE(file, nullptr);
        ASSERT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
        std::fclose(file);
    }

    std::filesystem::path folder =
        std::filesystem::path(::testing::TempDir()) / ("zkp-artifact-" + std::to_string(getpid()));
};

} // namespace artifact::testing
