#include "watermark/record.hpp"

#include "env/file.hpp"
#include "env/state.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace watermark {
namespace {

constexpr Key kOne{1}, kTwo{2};

/// A new folder, gone at the end.
class WatermarkRecord : public ::testing::Test
{
protected:
    WatermarkRecord() { folder = mkdtemp(name.data()); }
    ~WatermarkRecord() override { std::filesystem::remove_all(folder); }

    Bytes bytes() const { return env::read_file(Record::path_of(folder), 2 * kCopyBytes).value(); }
    void put(const Bytes& bytes) const
    {
        std::ofstream out(Record::path_of(folder), std::ios::binary | std::ios::trunc);
        out.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    }

    std::string name = (std::filesystem::temp_directory_path() / "zkp_watermark_XXXXXX").string();
    std::string folder;
};

Vote vote(uint64_t set_id, uint64_t round, Step step, uint8_t target) { return {set_id, round, step, Digest{target}}; }

TEST(WatermarkMarks, a_key_seals_one_block_for_a_slot_and_none_before_it)
{
    Marks marks;
    marks.floor_slot = 10;
    EXPECT_EQ(marks.raise_slot(kOne, 10).error().why, Why::signed_already);
    EXPECT_TRUE(marks.raise_slot(kOne, 11));
    EXPECT_EQ(marks.raise_slot(kOne, 11).error().why, Why::signed_already);
    EXPECT_EQ(marks.raise_slot(kOne, 5).error().why, Why::signed_already);
    EXPECT_TRUE(marks.raise_slot(kTwo, 11)) << "another key has its own mark";
    EXPECT_TRUE(marks.raise_slot(kOne, 12));
}

TEST(WatermarkMarks, every_pair_of_votes_is_allowed_only_upwards_or_when_they_are_the_same)
{
    std::vector<Vote> all; // in the order in which they may be cast; two targets each
    for (uint64_t set_id = 0; set_id != 3; ++set_id)
        for (uint64_t round = 0; round != 3; ++round)
            for (const auto step : {Step::propose, Step::prevote, Step::precommit})
                for (uint8_t target = 0; target != 2; ++target)
                    all.push_back(vote(set_id, round, step, target));
    for (size_t first = 0; first != all.size(); ++first)
        for (size_t second = 0; second != all.size(); ++second)
        {
            Marks marks;
            ASSERT_TRUE(marks.raise_vote({&kOne, 1}, all[first]));
            EXPECT_EQ(marks.raise_vote({&kOne, 1}, all[second]).has_value(), first == second || second / 2 > first / 2);
        }
}

TEST(WatermarkMarks, one_key_that_may_not_vote_keeps_all_from_voting)
{
    Marks marks;
    ASSERT_TRUE(marks.raise_vote({&kTwo, 1}, vote(1, 5, Step::precommit, 1)));
    const auto before = marks;
    const std::array both{kOne, kTwo};
    EXPECT_FALSE(marks.raise_vote(both, vote(1, 5, Step::precommit, 2)));
    EXPECT_EQ(marks, before);
    EXPECT_TRUE(marks.raise_vote(both, vote(1, 6, Step::precommit, 2)));
}

TEST(WatermarkMarks, more_keys_than_the_bound_sign_nothing)
{
    Marks marks;
    for (size_t i = 0; i != kMarksMax; ++i)
        ASSERT_TRUE(marks.raise_slot(Key{uint8_t(i), uint8_t(i >> 8)}, 1));
    EXPECT_EQ(marks.raise_slot(Key{9, 9, 9}, 1).error().why, Why::too_many);
    EXPECT_EQ(marks.raise_vote({&kOne, 1}, vote(1, 1, Step::prevote, 1)).error().why, Why::too_many);
    EXPECT_TRUE(marks.raise_slot(Key{}, 2)) << "a key that has a mark goes on";
    EXPECT_EQ(Marks::decode(marks.encode()), marks);
    EXPECT_LE(marks.encode().size() + 100, kCopyBytes);
}

TEST_F(WatermarkRecord, marks_are_there_when_the_record_is_opened_again)
{
    ASSERT_TRUE(Record::create(folder, 7));
    {
        const auto record = Record::open(folder).value();
        EXPECT_FALSE(record->seal(kOne, 7));
        ASSERT_TRUE(record->seal(kOne, 8));
        ASSERT_TRUE(record->vote({&kTwo, 1}, vote(3, 4, Step::prevote, 5)));
    }
    const auto record = Record::open(folder).value();
    EXPECT_FALSE(record->seal(kOne, 8));
    EXPECT_TRUE(record->seal(kOne, 9));
    EXPECT_FALSE(record->vote({&kTwo, 1}, vote(3, 4, Step::prevote, 6)));
    EXPECT_TRUE(record->vote({&kTwo, 1}, vote(3, 4, Step::prevote, 5)));
    EXPECT_EQ(record->marks().last_vote(kTwo), vote(3, 4, Step::prevote, 5));
    EXPECT_EQ(record->marks().last_slot(kOne), 9u);
}

TEST_F(WatermarkRecord, a_missing_or_damaged_record_is_refused_and_never_overwritten)
{
    EXPECT_NE(Record::open(folder).error().find("is missing"), std::string::npos);
    ASSERT_TRUE(Record::create(folder, 7));
    EXPECT_FALSE(Record::create(folder, 8));
    const auto whole = bytes();
    for (const size_t size : {size_t{0}, size_t{100}, kCopyBytes, 2 * kCopyBytes - 1})
    {
        put(Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(size)));
        EXPECT_NE(Record::open(folder).error().find("is damaged"), std::string::npos) << size;
    }
    auto spoilt = whole;
    spoilt[20] ^= 1;
    spoilt[kCopyBytes + 20] ^= 1;
    put(spoilt);
    EXPECT_FALSE(Record::open(folder));
}

/// The write of the next mark may stop after any byte of either copy; what was marked before is never lost, and once
/// both copies are written the next mark is there.
TEST_F(WatermarkRecord, a_write_that_stops_at_any_byte_loses_no_mark)
{
    ASSERT_TRUE(Record::create(folder, 0));
    ASSERT_TRUE(Record::open(folder).value()->seal(kOne, 5));
    const auto before = bytes();
    ASSERT_TRUE(Record::open(folder).value()->seal(kOne, 6));
    const auto after = bytes();
    for (size_t cut = 0; cut != 2 * kCopyBytes; ++cut)
    {
        if (after[cut] == before[cut] && cut % 4099 != 0)
            continue;
        auto torn = before;
        std::copy_n(after.begin(), cut, torn.begin());
        put(torn);
        const auto record = Record::open(folder);
        ASSERT_TRUE(record) << cut;
        const auto last = (*record)->marks().last_slot(kOne);
        EXPECT_TRUE(last == 5u || last == 6u);
        EXPECT_TRUE(cut < kCopyBytes || last == 6u) << "the first copy was whole";
    }
}

TEST_F(WatermarkRecord, random_damage_to_one_copy_never_lowers_a_mark)
{
    ASSERT_TRUE(Record::create(folder, 0));
    ASSERT_TRUE(Record::open(folder).value()->seal(kOne, 5));
    const auto whole = bytes();
    std::mt19937_64 random(3);
    for (int run = 0; run != 200; ++run)
    {
        auto spoilt = whole;
        const size_t copy = random() % 2 * kCopyBytes;
        for (int i = 0; i != 4; ++i)
            spoilt[copy + random() % 128] = uint8_t(random());
        put(spoilt);
        EXPECT_EQ(Record::open(folder).value()->marks().last_slot(kOne), 5u);
    }
}

TEST_F(WatermarkRecord, a_disk_that_refuses_ends_all_signing)
{
    ASSERT_TRUE(Record::create(folder, 0));
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
        const auto record = Record::open(folder).value();
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit none{0, RLIM_INFINITY}, all{RLIM_INFINITY, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &none);
        const auto refused = record->seal(kOne, 5);
        setrlimit(RLIMIT_FSIZE, &all);
        const auto later = record->seal(kOne, 6);
        _exit(!refused && refused.error().why == Why::disk && !later && later.error().why == Why::disk ? 0 : 1);
    }
    int status = 1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(Record::open(folder).value()->marks().last_slot(kOne), std::nullopt);
}

} // namespace
} // namespace watermark
