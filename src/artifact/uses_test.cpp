#include "artifact/uses.hpp"

#include "artifact/testing/folder.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using artifact::Fault;
using artifact::Spend;
using artifact::Used;
using artifact::Uses;

class Counter : public artifact::testing::Folder
{
protected:
    std::string counter_file() const { return path(artifact::hex(root).c_str()); }
    Spend spend_up_to(uint64_t limit) const
    {
        return {.root = root, .stamp = 0, .limit = limit, .masked_row = {}, .renewal = "renew"};
    }
    std::expected<void, artifact::Error> spend(const Spend& one) const { return uses.spend({&one, 1}); }

    base::Digest root{1, 2, 3};
    Uses uses{folder.string()};
};

TEST_F(Counter, counts_up_to_its_limit_and_refuses_there)
{
    ASSERT_TRUE(uses.begin(root, 1));
    for (uint64_t count = 1; count != 5; ++count)
    {
        EXPECT_EQ(uses.read(root, 0)->count, count);
        EXPECT_TRUE(spend(spend_up_to(5)));
    }
    const auto refused = spend(spend_up_to(5));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::uses);
    EXPECT_EQ(uses.read(root, 0)->count, 5u);
    EXPECT_TRUE(spend(spend_up_to(6))) << "the use kept for the rotation";
}

TEST_F(Counter, a_missing_damaged_or_older_counter_is_refused)
{
    EXPECT_EQ(uses.read(root, 0).error().fault, Fault::uses);
    ASSERT_TRUE(uses.begin(root, 3));
    EXPECT_TRUE(uses.read(root, 3));
    EXPECT_EQ(uses.read(root, 4).error().fault, Fault::uses);
    const std::string good = "zkp uses 1\nused 3\nmasked 7\n";
    write(counter_file(), good);
    EXPECT_EQ(*uses.read(root, 0), (Used{3, {7}}));
    for (const char* bad :
         {"", "zkp uses 1\n", "zkp uses 2\nused 3\n", "zkp uses 1\nused 03\n", "zkp uses 1\nused -3\n",
          "zkp uses 1\nused 3", "zkp uses 1\nused 3\nmasked x\n", "zkp uses 1\nused 3\nmasked 4294967296\n",
          "zkp uses 1\nused 99999999999999999999\n", "zkp uses 1\nused 3\n\n"})
    {
        write(counter_file(), bad);
        const auto read = uses.read(root, 0);
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().fault, Fault::uses) << bad;
        EXPECT_FALSE(spend(spend_up_to(10))) << bad;
    }
    for (size_t size = 0; size != good.size(); ++size)
        if (write(counter_file(), good.substr(0, size)); size != good.find("masked"))
            EXPECT_FALSE(uses.read(root, 0)) << size;
}

TEST_F(Counter, a_rows_pad_is_spent_once)
{
    ASSERT_TRUE(uses.begin(root, 0));
    auto masked = spend_up_to(10);
    masked.masked_row = 7;
    EXPECT_TRUE(spend(masked));
    EXPECT_FALSE(spend(masked));
    EXPECT_EQ(*uses.read(root, 0), (Used{1, {7}})) << "a refusal costs nothing";
    masked.masked_row = 8;
    EXPECT_TRUE(spend(masked));
    EXPECT_EQ(*uses.read(root, 0), (Used{2, {7, 8}}));
}

TEST_F(Counter, two_roots_are_counted_both_or_neither)
{
    const base::Digest other{9};
    ASSERT_TRUE(uses.begin(root, 0));
    ASSERT_TRUE(uses.begin(other, 3));
    auto first = spend_up_to(10), second = spend_up_to(3);
    second.root = other;
    EXPECT_FALSE(uses.spend(std::array{first, second}));
    EXPECT_EQ(uses.read(root, 0)->count, 0u);
    second.limit = 4;
    EXPECT_TRUE(uses.spend(std::array{first, second}));
    EXPECT_EQ(uses.read(root, 0)->count, 1u);
    EXPECT_EQ(uses.read(other, 0)->count, 4u);
}

/// Eight processes want 25 uses each, 100 are there.
TEST_F(Counter, processes_together_never_exceed_the_limit)
{
    constexpr int kProcesses = 8, kEach = 25, kLimit = 100;
    ASSERT_TRUE(uses.begin(root, 0));
    std::array<pid_t, kProcesses> children{};
    for (auto& child : children)
    {
        child = fork();
        ASSERT_GE(child, 0);
        if (child != 0)
            continue;
        int got = 0;
        for (int i = 0; i != kEach; ++i)
            got += spend(spend_up_to(kLimit)).has_value();
        _exit(got);
    }
    int total = 0;
    for (const auto child : children)
    {
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        total += WEXITSTATUS(status);
    }
    EXPECT_EQ(total, kLimit);
    EXPECT_EQ(uses.read(root, 0)->count, uint64_t{kLimit});
}

/// Killed at any moment, a process leaves a counter that reads and that counts at least what was granted.
TEST_F(Counter, killed_processes_never_lose_a_count)
{
    ASSERT_TRUE(uses.begin(root, 0));
    uint64_t before = 0;
    for (int round = 0; round != 20; ++round)
    {
        int granted[2];
        ASSERT_EQ(pipe(granted), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0)
            for (;;)
                if (!spend(spend_up_to(UINT64_MAX)) || ::write(granted[1], "x", 1) != 1)
                    _exit(1);
        usleep(1000 + 700 * useconds_t(round));
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        close(granted[1]);
        std::array<char, 65536> seen{};
        const auto count = ::read(granted[0], seen.data(), seen.size());
        close(granted[0]);
        const auto now = uses.read(root, 0);
        ASSERT_TRUE(now) << now.error().words;
        EXPECT_GE(now->count, before + uint64_t(count));
        EXPECT_LE(now->count, before + uint64_t(count) + 1) << "more than one use lost";
        before = now->count;
    }
}

} // namespace
