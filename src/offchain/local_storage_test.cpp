#include "offchain/local_storage.hpp"

#include "env/file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace offchain {
namespace {

namespace fs = std::filesystem;

constexpr auto kPersistent = LocalStorage::persistent, kLocal = LocalStorage::local;

ByteView view(std::string_view text) { return base::view(text); }

struct Storage : ::testing::Test
{
    std::string path =
        ::testing::TempDir() + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".local";

    Storage() { fs::remove(path); }
    ~Storage() override { fs::remove(path); }

    std::unique_ptr<LocalStorageFile> open() const
    {
        auto storage = LocalStorageFile::open(path);
        EXPECT_TRUE(storage) << storage.error();
        return std::move(*storage);
    }
    static std::string text(const std::optional<Bytes>& value)
    {
        return value ? std::string(value->begin(), value->end()) : "(none)";
    }
    std::string bytes() const
    {
        const auto file = env::read_file(path, 1u << 30);
        return {file->begin(), file->end()};
    }
    void write(std::string_view content) const { std::ofstream(path, std::ios::binary) << content; }
};

TEST_F(Storage, what_is_set_is_there_after_a_restart_each_kind_for_itself)
{
    {
        const auto storage = open();
        EXPECT_TRUE(storage->set(kPersistent, view("a"), view("1")));
        EXPECT_TRUE(storage->set(kLocal, view("a"), view("2")));
        EXPECT_TRUE(storage->set(kPersistent, view("gone"), view("x")));
        EXPECT_TRUE(storage->set(kPersistent, view(""), view("")));
        EXPECT_TRUE(storage->remove(kPersistent, view("gone")));
        EXPECT_TRUE(storage->remove(kLocal, view("never")));
    }
    const auto storage = open();
    EXPECT_EQ(text(storage->get(kPersistent, view("a"))), "1");
    EXPECT_EQ(text(storage->get(kLocal, view("a"))), "2");
    EXPECT_EQ(text(storage->get(kPersistent, view(""))), "");
    EXPECT_FALSE(storage->get(kPersistent, view("gone")));
    EXPECT_EQ(storage->bytes(), 3 * kEntryBytes + 2 + 2);
}

TEST_F(Storage, a_value_is_exchanged_for_the_expected_one_alone)
{
    const auto storage = open();
    EXPECT_FALSE(storage->compare_and_set(kLocal, view("k"), view("old"), view("1")));
    EXPECT_TRUE(storage->compare_and_set(kLocal, view("k"), std::nullopt, view("1")));
    EXPECT_FALSE(storage->compare_and_set(kLocal, view("k"), std::nullopt, view("2")));
    EXPECT_FALSE(storage->compare_and_set(kLocal, view("k"), view(""), view("2")));
    EXPECT_TRUE(storage->compare_and_set(kLocal, view("k"), view("1"), view("2")));
    EXPECT_EQ(text(storage->get(kLocal, view("k"))), "2");
}

/// Each thread counts up with compare_and_set; were it two steps, counts would be lost.
TEST_F(Storage, counting_threads_lose_no_count)
{
    const auto storage = open();
    constexpr int kThreads = 4, kTimes = 200;
    std::vector<std::thread> threads;
    for (int i = 0; i != kThreads; ++i)
        threads.emplace_back([&] {
            for (int done = 0; done != kTimes;)
            {
                const auto old = storage->get(kPersistent, view("n"));
                const auto next = std::to_string(old ? std::stoi(text(old)) + 1 : 1);
                const auto expected = old ? std::optional<ByteView>(*old) : std::nullopt;
                done += storage->compare_and_set(kPersistent, view("n"), expected, view(next));
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(text(storage->get(kPersistent, view("n"))), std::to_string(kThreads * kTimes));
    EXPECT_EQ(text(open()->get(kPersistent, view("n"))), std::to_string(kThreads * kTimes));
}

TEST_F(Storage, keys_values_and_the_whole_are_bounded)
{
    const auto storage = *LocalStorageFile::open("");
    const std::string key(kKeyBytesMax + 1, 'k');
    EXPECT_FALSE(storage->set(kLocal, view(key), view("")));
    EXPECT_TRUE(storage->set(kLocal, view(std::string_view(key).substr(1)), view("")));
    const Bytes value(kValueBytesMax + 1);
    EXPECT_FALSE(storage->set(kLocal, view("k"), value));
    int stored = 0;
    while (storage->set(kLocal, view(std::to_string(stored)), ByteView(value).subspan(1)))
        ++stored;
    EXPECT_EQ(stored, 15);
    EXPECT_LE(storage->bytes(), kStorageBytesMax);
    EXPECT_FALSE(storage->get(kLocal, view("15")));
    EXPECT_TRUE(storage->set(kLocal, view("3"), ByteView(value).subspan(1))) << "as large as before";
}

TEST_F(Storage, a_file_cut_anywhere_keeps_all_whole_changes_before_the_cut)
{
    std::vector<size_t> ends;
    {
        const auto storage = open();
        for (int i = 0; i != 5; ++i)
        {
            ends.push_back(fs::file_size(path));
            storage->set(kPersistent, view(std::to_string(i)), view("value"));
        }
    }
    const auto whole = bytes();
    for (size_t size = ends[0]; size <= whole.size(); ++size)
    {
        write(std::string_view(whole).substr(0, size));
        const auto storage = open();
        size_t kept = 0;
        while (kept != 5 && storage->get(kPersistent, view(std::to_string(kept))))
            ++kept;
        EXPECT_EQ(kept, size == whole.size() ? 5 : std::ranges::upper_bound(ends, size) - ends.begin() - 1) << size;
        ASSERT_TRUE(storage->set(kPersistent, view("after"), view("cut")));
        EXPECT_EQ(text(open()->get(kPersistent, view("after"))), "cut");
    }
}

TEST_F(Storage, a_flipped_bit_is_never_read_as_a_change)
{
    {
        const auto storage = open();
        storage->set(kPersistent, view("first"), view("1"));
        storage->set(kPersistent, view("second"), view("2"));
    }
    const auto whole = bytes();
    for (size_t at = 16; at != whole.size(); ++at)
    {
        auto damaged = whole;
        damaged[at] = char(damaged[at] ^ 0x10);
        write(damaged);
        const auto storage = open();
        const auto first = text(storage->get(kPersistent, view("first")));
        const auto second = text(storage->get(kPersistent, view("second")));
        EXPECT_TRUE((first == "1" || first == "(none)") && second == "(none)") << at;
    }
}

TEST_F(Storage, a_foreign_file_is_left_alone)
{
    for (const auto* content : {"", "something else entirely", "zkp offchain 2\n\n"})
    {
        write(content);
        const auto storage = LocalStorageFile::open(path);
        ASSERT_FALSE(storage);
        EXPECT_NE(storage.error().find(path), std::string::npos);
        EXPECT_EQ(bytes(), content);
    }
}

TEST_F(Storage, overwriting_for_ever_does_not_grow_the_file_for_ever)
{
    const Bytes value(64 << 10, 7);
    {
        const auto storage = open();
        for (int i = 0; i != 200; ++i)
            ASSERT_TRUE(storage->set(kPersistent, view(std::to_string(i % 3)), value));
    }
    EXPECT_LT(fs::file_size(path), 2u << 20);
    const auto storage = open();
    for (const auto* key : {"0", "1", "2"})
        EXPECT_EQ(storage->get(kPersistent, view(key)), value);
}

} // namespace
} // namespace offchain
