#include "env/append_file.hpp"
#include "env/folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

namespace env {
namespace {

namespace fs = std::filesystem;

struct PrivateFolder : ::testing::Test
{
    std::string root = ::testing::TempDir() + "/env_" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    PrivateFolder() { fs::remove_all(root); }
    ~PrivateFolder() override { fs::remove_all(root); }

    static std::string content(const std::string& path)
    {
        const auto bytes = read_file(path, 1000);
        return {bytes->begin(), bytes->end()};
    }
};

TEST_F(PrivateFolder, is_made_with_its_parents_and_closed_to_others)
{
    ASSERT_TRUE(private_folder(root + "/a/b"));
    EXPECT_FALSE(open_to_others(root + "/a/b"));
    chmod((root + "/a/b").c_str(), 0755);
    EXPECT_TRUE(open_to_others(root + "/a/b"));
    ASSERT_TRUE(private_folder(root + "/a/b"));
    EXPECT_FALSE(open_to_others(root + "/a/b"));
    EXPECT_FALSE(open_to_others(root + "/missing"));
    std::ofstream(root + "/file") << "x";
    EXPECT_EQ(private_folder(root + "/file").error().code, ENOTDIR);
    EXPECT_EQ(private_folder(root + "/file/below").error().code, ENOTDIR);
}

TEST_F(PrivateFolder, lists_its_names_in_order_up_to_a_bound)
{
    ASSERT_TRUE(private_folder(root));
    for (const auto* name : {"b", "c", "a"})
        std::ofstream(root + "/" + name) << "x";
    EXPECT_EQ(list_folder(root, 10), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(list_folder(root, 2)->size(), 2);
    EXPECT_EQ(list_folder(root + "/none", 2).error().code, ENOENT);
}

TEST_F(PrivateFolder, an_append_file_drops_what_lies_beyond_and_grows)
{
    ASSERT_TRUE(private_folder(root));
    const auto path = root + "/log";
    EXPECT_EQ(AppendFile::open(path, 0).error().code, ENOENT);
    std::ofstream(path) << "abcdef";
    auto file = AppendFile::open(path, 3);
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->append(base::view("XY")));
    EXPECT_EQ(file->size(), 5);
    EXPECT_EQ(content(path), "abcXY");
}

/// A limit of file size stands for a full disk.
TEST_F(PrivateFolder, a_record_that_does_not_fit_leaves_no_half_of_itself)
{
    ASSERT_TRUE(private_folder(root));
    const auto path = root + "/log";
    std::ofstream(path) << "1234";
    auto file = AppendFile::open(path, 4);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 6, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const bool fits = file->append(base::view("567890"));
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    EXPECT_FALSE(fits);
    EXPECT_EQ(content(path), "1234");
    EXPECT_TRUE(file->append(base::view("5")));
    EXPECT_EQ(content(path), "12345");
}

} // namespace
} // namespace env
