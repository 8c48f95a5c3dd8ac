#include "env/file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

class Files : public testing::Test
{
protected:
    Files() { fs::create_directories(folder); }
    ~Files() override { fs::remove_all(folder); }

    std::string in_folder(const char* name) const { return folder / name; }
    size_t entries() const { return size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator{})); }

    static std::expected<void, env::IoError> write(const std::string& path, std::string_view text, uint32_t mode = 0600)
    {
        const std::array parts{base::view(text)};
        return env::write_file(path, parts, mode);
    }
    static std::string read(const std::string& path)
    {
        const auto bytes = env::read_file(path, 1 << 20);
        return bytes ? std::string(bytes->begin(), bytes->end()) : "error: " + bytes.error().words;
    }

    fs::path folder = fs::path(testing::TempDir()) / ("zkp-files-" + std::to_string(getpid()));
};

TEST_F(Files, a_written_file_has_all_parts_in_order_and_the_mode_asked_for)
{
    const std::string path = in_folder("a");
    const std::array parts{base::view("one "), base::view(""), base::view("two")};
    ASSERT_TRUE(env::write_file(path, parts, 0640));
    EXPECT_EQ(read(path), "one two");
    struct stat info{};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0640u);
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, writing_again_replaces_the_file_and_a_mapping_keeps_the_old_bytes)
{
    const std::string path = in_folder("a");
    ASSERT_TRUE(write(path, "old"));
    const auto mapped = env::MappedFile::open(path);
    ASSERT_TRUE(mapped);
    ASSERT_TRUE(write(path, "newer"));
    EXPECT_EQ(read(path), "newer");
    EXPECT_TRUE(std::ranges::equal(mapped->bytes(), base::view("old")));
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, a_staged_file_that_is_not_published_leaves_nothing)
{
    const std::string path = in_folder("a");
    ASSERT_TRUE(write(path, "old"));
    {
        const std::array parts{base::view("new")};
        const auto staged = env::StagedFile::write(path, parts, 0600);
        ASSERT_TRUE(staged);
    }
    EXPECT_EQ(read(path), "old");
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, an_empty_file_can_be_mapped)
{
    ASSERT_TRUE(write(in_folder("a"), ""));
    const auto mapped = env::MappedFile::open(in_folder("a"));
    ASSERT_TRUE(mapped);
    EXPECT_TRUE(mapped->bytes().empty());
}

TEST_F(Files, missing_files_folders_and_pipes_are_refused_in_words)
{
    const std::string missing = in_folder("missing"), pipe = in_folder("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(read(missing), "error: cannot open " + missing + ": No such file or directory; check the path");
    for (const auto& path : {pipe, folder.string()})
    {
        EXPECT_EQ(read(path), "error: " + path + " is not a regular file; give a file's path");
        EXPECT_FALSE(env::MappedFile::open(path));
        EXPECT_FALSE(write(path, "x"));
    }
    EXPECT_FALSE(write(in_folder("missing/a"), "x"));
}

TEST_F(Files, a_file_above_the_bound_is_not_read)
{
    ASSERT_TRUE(write(in_folder("a"), "12345"));
    EXPECT_TRUE(env::read_file(in_folder("a"), 5));
    EXPECT_FALSE(env::read_file(in_folder("a"), 4));
}

/// The limit on file sizes stands for a full disk: write() fails after some bytes.
TEST_F(Files, a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else)
{
    ASSERT_TRUE(write(in_folder("a"), "old"));
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
        const rlimit limit{100, 100};
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto written = write(in_folder("a"), std::string(1000, 'x'));
        _exit(!written && written.error().code == EFBIG ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(read(in_folder("a")), "old");
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, a_process_killed_before_it_publishes_leaves_the_old_file)
{
    ASSERT_TRUE(write(in_folder("a"), "old"));
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
        const std::array parts{base::view("new")};
        const auto staged = env::StagedFile::write(in_folder("a"), parts, 0600);
        raise(SIGKILL);
        _exit(staged ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(read(in_folder("a")), "old");
}

} // namespace
