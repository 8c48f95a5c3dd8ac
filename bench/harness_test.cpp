#include "bench/harness.hpp"

#include <gtest/gtest.h>

TEST(Quantile, of_twenty_samples_is_the_tenth_and_the_nineteenth)
{
    std::vector<double> samples;
    for (int i = 20; i != 0; --i)
        samples.push_back(i);
    EXPECT_EQ(bench::quantile(samples, 0.5), 10);
    EXPECT_EQ(bench::quantile(samples, 0.95), 19);
    EXPECT_EQ(bench::quantile(samples, 1), 20);
}

TEST(Quantile, of_one_sample_is_that_sample)
{
    EXPECT_EQ(bench::quantile({3}, 0.5), 3);
    EXPECT_EQ(bench::quantile({3}, 0.95), 3);
}

TEST(Peak, counts_memory_touched_after_the_reset_and_given_back)
{
    bench::reset_peak();
    const auto before = bench::peak_bytes();
    ASSERT_TRUE(before);
    {
        std::vector<char> block(64 << 20);
        volatile char* touched = block.data(); // else the optimiser leaves the whole block out
        for (size_t i = 0; i < block.size(); i += 4096)
            touched[i] = 1;
    }
    EXPECT_GE(*bench::peak_bytes(), *before + (60 << 20));
}

TEST(Session, runs_only_what_the_filter_names_and_as_often_as_told)
{
    std::string program = "bench", filter = "prove/", runs = "3";
    std::vector<char*> arguments{program.data(), filter.data(), runs.data()};
    const bench::Session session(arguments);
    int proved = 0, verified = 0;
    session.time("prove/toy", 50, [&] { ++proved; });
    session.time("verify/toy", 50, [&] { ++verified; });
    EXPECT_EQ(proved, 1 + 3); // one to warm up
    EXPECT_EQ(verified, 0);
}
