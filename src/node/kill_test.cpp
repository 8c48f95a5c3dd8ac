#include "base/invariant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace node {
namespace {

/// A new folder, gone at the end.
struct Folder
{
    std::string path = (std::filesystem::temp_directory_path() / "zkp_node_XXXXXX").string();

    Folder() { base::invariant(mkdtemp(path.data()) != nullptr); }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

/// What a run of testing/author.cpp said.
struct Outcome
{
    bool checked = false;
    unsigned number = 0; ///< the last block that it said is final
    std::string hash = "-";
    std::string stopped; ///< why it ended by itself
    int status = 0;
};

struct How
{
    uint64_t lines = 0;          ///< finalised blocks to wait for; then the process is killed
    unsigned microseconds = 0;   ///< more, before it is killed
    uint64_t file_bytes_max = 0; ///< no file may grow beyond it: 0 for no such bound, nor kill
};

Outcome run(const std::string& folder, const Outcome& before, const How& how)
{
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const auto number = std::to_string(before.number);
    const pid_t child = ::fork();
    if (child == 0)
    {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        if (how.file_bytes_max != 0)
        {
            std::signal(SIGXFSZ, SIG_IGN); // a full disk is an error value, not a signal
            const rlimit limit{how.file_bytes_max, how.file_bytes_max};
            setrlimit(RLIMIT_FSIZE, &limit);
        }
        ::execl(NODE_AUTHOR, NODE_AUTHOR, folder.c_str(), number.c_str(), before.hash.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string printed;
    bool killed = how.file_bytes_max != 0;
    char buffer[4096];
    for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    {
        printed.append(buffer, size_t(got));
        // Only after the first lines, so that a slow machine kills blocks in the making and not the start alone.
        if (!killed && uint64_t(std::ranges::count(printed, '\n')) >= how.lines)
        {
            ::usleep(how.microseconds);
            ::kill(child, SIGKILL);
            killed = true;
        }
    }
    ::close(ends[0]);
    Outcome result = before;
    ::waitpid(child, &result.status, 0);
    std::istringstream lines(printed);
    for (std::string line; std::getline(lines, line) && !lines.eof();) // a last line without its end may be cut
    {
        std::istringstream words(line);
        std::string first;
        words >> first;
        if (first == "stopped")
            result.stopped = line;
        else if (first == "checked")
            result.checked = bool(words >> result.number >> result.hash);
        else
        {
            result.number = unsigned(std::stoul(first));
            words >> result.hash;
        }
    }
    return result;
}

/// Each run checks what the one before it said is final, the chain, the states at its top and the newest proof.
/// $ZKP_KILLS runs, 15 without it; chance comes from $ZKP_SEED.
TEST(NodeKill, a_node_that_is_killed_at_any_moment_loses_nothing_final_and_goes_on_without_repair)
{
    const auto number_of = [](const char* name, uint64_t otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
    };
    const Folder folder;
    std::mt19937_64 random(number_of("ZKP_SEED", 1));
    const auto kills = number_of("ZKP_KILLS", 15);
    Outcome last;
    for (uint64_t i = 0; i != kills; ++i)
    {
        const auto before = last.number;
        last.checked = false;
        last = run(folder.path, last, {.lines = 1 + random() % 4, .microseconds = unsigned(random() % 100'000)});
        ASSERT_EQ(last.stopped, "") << "run " << i;
        ASSERT_TRUE(last.checked) << "run " << i;
        ASSERT_TRUE(WIFSIGNALED(last.status)) << "run " << i;
        ASSERT_GE(last.number, before);
    }
    EXPECT_GT(last.number, kills / 2);
}

TEST(NodeKill, a_full_disk_stops_the_node_with_one_line_and_with_room_again_it_goes_on)
{
    const Folder folder;
    Outcome last = run(folder.path, {}, {.lines = 3});
    ASSERT_TRUE(last.checked) << last.stopped;
    // The log of the database grows until no file may.
    last = run(folder.path, last, {.file_bytes_max = 300'000});
    EXPECT_NE(last.stopped, "");
    EXPECT_TRUE(WIFEXITED(last.status) && WEXITSTATUS(last.status) == 1);
    const auto final = last.number;
    last.stopped.clear();
    last.checked = false;
    last = run(folder.path, last, {.lines = 4});
    EXPECT_EQ(last.stopped, "");
    EXPECT_TRUE(last.checked);
    EXPECT_GT(last.number, final);
}

} // namespace
} // namespace node
