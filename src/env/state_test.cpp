#include "env/state.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

class State : public testing::Test
{
protected:
    State()
    {
        fs::create_directories(folder);
        for (const char* name : {"ZKP_STATE_DIR", "XDG_STATE_HOME", "HOME"})
            unsetenv(name);
    }
    ~State() override { fs::remove_all(folder); }

    fs::path folder = fs::path(testing::TempDir()) / ("zkp-state-" + std::to_string(getpid()));
};

TEST_F(State, the_first_variable_that_is_set_says_where)
{
    EXPECT_FALSE(env::state_directory());
    setenv("HOME", (folder / "home").c_str(), 1);
    EXPECT_EQ(env::state_directory().value(), folder / "home/.local/state/zkp");
    setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    EXPECT_EQ(env::state_directory().value(), folder / "home/.local/state/zkp");
    setenv("XDG_STATE_HOME", (folder / "xdg").c_str(), 1);
    EXPECT_EQ(env::state_directory().value(), folder / "xdg/zkp");
    setenv("ZKP_STATE_DIR", (folder / "own").c_str(), 1);
    EXPECT_EQ(env::state_directory().value(), folder / "own");
    for (const char* made : {"home/.local/state/zkp", "xdg/zkp", "own"})
    {
        struct stat info{};
        ASSERT_EQ(stat((folder / made).c_str(), &info), 0) << made;
        EXPECT_EQ(info.st_mode & 0777, 0700u) << made;
    }
}

TEST_F(State, a_file_in_the_way_is_refused_with_the_fix)
{
    const auto path = folder / "file";
    std::fclose(std::fopen(path.c_str(), "w"));
    setenv("ZKP_STATE_DIR", path.c_str(), 1);
    const auto state = env::state_directory();
    ASSERT_FALSE(state);
    EXPECT_NE(state.error().words.find("set ZKP_STATE_DIR"), std::string::npos) << state.error().words;
}

TEST_F(State, a_lock_keeps_other_processes_out_until_it_is_given_back)
{
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    auto lock = std::make_optional(env::FolderLock::take(folder.string()));
    ASSERT_TRUE(lock->has_value());
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
        // A lock is free when the last copy of its descriptor is closed; this process must not keep one.
        lock.reset();
        const char byte = 'x';
        const auto own = env::FolderLock::take(folder.string());
        _exit(own && write(ready[1], &byte, 1) == 1 ? 0 : 1);
    }
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ready[0], &set);
    timeval wait{.tv_sec = 0, .tv_usec = 100'000};
    EXPECT_EQ(select(ready[0] + 1, &set, nullptr, nullptr, &wait), 0) << "the child did not wait";
    lock.reset();
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0)
        ADD_FAILURE() << "the child did not get the lock";
    close(ready[0]);
    close(ready[1]);
}

TEST_F(State, a_lock_that_must_not_wait_is_refused_while_another_one_is_held)
{
    auto lock = std::make_optional(env::FolderLock::try_take(folder.string()));
    ASSERT_TRUE(lock->has_value());
    const auto second = env::FolderLock::try_take(folder.string());
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().words.find("another process uses the folder"), std::string::npos) << second.error().words;
    lock.reset();
    EXPECT_TRUE(env::FolderLock::try_take(folder.string()));
    EXPECT_FALSE(env::FolderLock::try_take((folder / "missing").string()));
}

} // namespace
