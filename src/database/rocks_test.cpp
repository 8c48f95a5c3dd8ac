#include "database/rocks.hpp"

#include "database/testing/check.hpp"
#include "database/testing/folder.hpp"

#include <csignal>
#include <sstream>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace database {
namespace {

enum class Killed : uint8_t
{
    whenever,       ///< on a slow machine perhaps before it has begun
    once_it_writes, ///< after its first finalised block
};

/// Runs database_writer, kills it after `milliseconds` (0: waits for its end), and returns what it printed.
std::string run_writer(const std::string& folder, uint64_t seed, uint64_t file_bytes_max, unsigned milliseconds,
                       Killed when = Killed::whenever)
{
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const auto seed_text = std::to_string(seed), most = std::to_string(file_bytes_max);
    const pid_t child = ::fork();
    if (child == 0)
    {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::execl(DATABASE_WRITER, DATABASE_WRITER, folder.c_str(), seed_text.c_str(), most.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    if (milliseconds != 0)
    {
        pollfd output{ends[0], POLLIN, 0};
        if (when == Killed::once_it_writes)
            ::poll(&output, 1, -1);
        ::usleep(milliseconds * 1000);
        ::kill(child, SIGKILL);
    }
    std::string printed;
    char buffer[4096];
    for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        printed.append(buffer, size_t(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return printed;
}

/// The last block that the writer was told is final.
uint64_t last_number(const std::string& printed)
{
    std::istringstream lines(printed);
    uint64_t last = 0;
    // A last line without its end may be cut.
    for (std::string line; std::getline(lines, line) && !lines.eof();)
        if (!line.starts_with("stopped"))
            last = std::stoull(line);
    return last;
}

std::unique_ptr<Store> open(const std::string& folder)
{
    auto tables = open_rocks({.folder = folder, .unwritten_bytes = size_t{1} << 20});
    EXPECT_TRUE(tables) << tables.error().words;
    auto store = Store::open(std::move(*tables), {.states_kept = 4}, testing::genesis_block());
    EXPECT_TRUE(store) << store.error().words;
    return std::move(*store);
}

TEST(DatabaseRocks, a_writer_that_is_killed_at_any_moment_loses_no_finalised_block)
{
    const testing::Folder folder;
    std::mt19937_64 random(5);
    uint64_t finalised = 0;
    for (uint64_t run = 0; run != 15; ++run)
    {
        const auto when = run % 3 == 0 ? Killed::whenever : Killed::once_it_writes;
        const auto printed = run_writer(folder.path + "/db", run, 0, unsigned(20 + random() % 250), when);
        ASSERT_EQ(printed.find("stopped"), std::string::npos) << printed;
        finalised = std::max(finalised, last_number(printed));
        const auto store = open(folder.path + "/db");
        EXPECT_GE(store->finalised().number, finalised);
        finalised = store->finalised().number;
        testing::expect_consistent(*store, 4);
    }
    EXPECT_GT(finalised, 0u);
}

TEST(DatabaseRocks, a_full_disk_is_an_error_and_what_was_final_is_there_afterwards)
{
    const testing::Folder folder;
    // No file may grow beyond 200 kB: the log is the first to reach it.
    const auto printed = run_writer(folder.path + "/db", 1, 200'000, 0);
    const auto stopped = printed.find("stopped");
    ASSERT_NE(stopped, std::string::npos) << printed;
    const auto finalised = last_number(printed);
    EXPECT_GT(finalised, 3u);
    const auto store = open(folder.path + "/db");
    EXPECT_GE(store->finalised().number, finalised);
    testing::expect_consistent(*store, 4);
}

TEST(DatabaseRocks, a_bound_on_the_disk_space_is_a_full_disk)
{
    const testing::Folder folder;
    const RocksOptions bounded{
        .folder = folder.path + "/db", .unwritten_bytes = size_t{1} << 20, .disk_bytes_max = 3'000'000};
    auto tables = open_rocks(bounded);
    ASSERT_TRUE(tables) << tables.error().words;
    Result<void> done;
    uint64_t count = 0;
    for (; done && count != 2000; ++count)
    {
        const std::array batch{Write{Table::flat, Bytes{uint8_t(count), uint8_t(count >> 8)}, Bytes(20'000, 7)}};
        done = (*tables)->write(batch, Durability::process);
    }
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().why, Why::disk_full) << done.error().words;
    const std::array more{Write{Table::flat, Bytes{1, 2, 3}, Bytes{1}}};
    EXPECT_EQ((*tables)->write(more, Durability::power).error().why, Why::disk_full);
    tables->reset();

    auto roomier = bounded;
    roomier.disk_bytes_max = 0;
    tables = open_rocks(roomier);
    ASSERT_TRUE(tables) << tables.error().words;
    for (uint64_t i = 0; i + 1 < count; ++i)
        EXPECT_EQ((*tables)->get(Table::flat, Bytes{uint8_t(i), uint8_t(i >> 8)}).value(), Bytes(20'000, 7)) << i;
    EXPECT_EQ((*tables)->get(Table::flat, Bytes{1, 2, 3}).value(), std::nullopt);
}

TEST(DatabaseRocks, a_folder_that_another_process_holds_or_that_cannot_be_made_is_refused)
{
    const testing::Folder folder;
    const RocksOptions options{.folder = folder.path + "/db"};
    const auto first = open_rocks(options);
    ASSERT_TRUE(first);
    const auto second = open_rocks(options);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().why, Why::io);
    EXPECT_FALSE(open_rocks({.folder = folder.path + "/missing/db"}));
}

} // namespace
} // namespace database
