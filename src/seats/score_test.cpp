#include "seats/score.hpp"

#include "seats/testing/world.hpp"

#include <gtest/gtest.h>

namespace seats {
namespace {

constexpr uint32_t kEighth = 125'000'000;
using testing::Random;

TEST(Score, constant_work_earns_its_share_and_half_of_it_in_six_eras)
{
    std::vector<Record> records(2);
    Pace pace;
    for (int era = 1; era <= 200; ++era)
    {
        records[0].era_work = 300;
        records[1].era_work = 100;
        close_era(records, pace, kEighth);
        if (era == 5)
            EXPECT_LT(records[0].work, kOne * 3 / 8);
        if (era == 6)
            EXPECT_GT(records[0].work, kOne * 3 / 8);
    }
    EXPECT_NEAR(double(records[0].work) / double(kOne), 0.75, 1e-9);
    EXPECT_NEAR(double(records[1].work) / double(kOne), 0.25, 1e-9);
    EXPECT_EQ(records[0].space, 0);
    EXPECT_NEAR(double(pace.work), 400, 10); // an average of small integers loses up to 1 / freshness
}

TEST(Score, work_rented_for_one_era_counts_an_eighth_however_much_it_is)
{
    std::vector<Record> records(2);
    Pace pace;
    for (int era = 0; era != 100; ++era)
    {
        records[0].era_work = 1'000'000;
        close_era(records, pace, kEighth);
    }
    records[0].era_work = 1'000'000;
    records[1].era_work = ~uint64_t{0}; // the whole world's
    close_era(records, pace, kEighth);
    EXPECT_LE(records[1].work, kOne / 8);
    EXPECT_GT(records[0].work, kOne * 7 / 8 - kOne / 100'000);
}

/// The attack on the pace: so much work once that what all others do later looks like nothing.
TEST(Score, one_era_of_any_amount_of_work_takes_less_than_three_tenths_from_the_others)
{
    std::vector<Record> records(2);
    Pace pace;
    for (int era = 0; era != 100; ++era)
    {
        records[0].era_work = 1'000'000;
        records[1].era_work = era == 70 ? ~uint64_t{0} : 0;
        close_era(records, pace, kEighth);
        if (era >= 70)
            EXPECT_GT(records[0].work, kOne * 7 / 10) << era;
    }
    EXPECT_GT(records[0].work, kOne * 9 / 10);
}

TEST(Score, a_little_work_in_an_idle_era_is_a_little_share)
{
    std::vector<Record> records(2);
    Pace pace;
    for (int era = 0; era != 100; ++era)
    {
        records[0].era_work = 1'000'000;
        close_era(records, pace, kEighth);
    }
    records[1].era_work = 1; // all that is done in this era
    close_era(records, pace, kEighth);
    EXPECT_LE(records[1].work, kOne / 8 / 900'000);
}

TEST(Score, shares_of_all_never_sum_to_more_than_one)
{
    Random random(1);
    for (int world = 0; world != 50; ++world)
    {
        std::vector<Record> records(1 + random.below(20));
        Pace pace;
        const auto freshness = uint32_t(1 + random.below(kBillion));
        for (int era = 0; era != 40; ++era)
        {
            for (auto& record : records)
            {
                record.era_work = random.next() >> random.below(64);
                record.era_space = random.below(3) == 0 ? ~uint64_t{0} : random.below(3);
            }
            close_era(records, pace, freshness);
            u128 work = 0, space = 0;
            for (const auto& record : records)
            {
                work += record.work;
                space += record.space;
                ASSERT_EQ(record.era_work | record.era_space, 0);
            }
            ASSERT_LE(work, kOne);
            ASSERT_LE(space, kOne);
        }
    }
}

TEST(Score, without_scores_nothing_is_divided)
{
    std::vector<Record> records(3);
    Pace pace;
    close_era(records, pace, kEighth);
    EXPECT_EQ(records, std::vector<Record>(3));
    EXPECT_EQ(pace, Pace{});
    close_era({}, pace, kBillion);
    EXPECT_EQ(share_of(0, 0, 0), 0);
    EXPECT_EQ(share_of(~uint64_t{0}, ~uint64_t{0}, 0), kOne);
}

TEST(Score, the_largest_numbers_are_averaged_without_overflow)
{
    const u128 most = (u128{1} << 98) - 1;
    EXPECT_EQ(average(most, most, kEighth), most);
    EXPECT_EQ(average(most, 0, kBillion), 0);
    EXPECT_EQ(average(0, most, kBillion), most);
}

} // namespace
} // namespace seats
