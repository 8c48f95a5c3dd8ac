#include "words.hpp"

#include "progress.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

TEST(Words, numbers_read_as_people_write_them)
{
    EXPECT_EQ(cmd::count(0), "0");
    EXPECT_EQ(cmd::count(999), "999");
    EXPECT_EQ(cmd::count(1000), "1,000");
    EXPECT_EQ(cmd::count(1234567), "1,234,567");
    EXPECT_EQ(cmd::bytes(9999), "9,999 bytes");
    EXPECT_EQ(cmd::bytes(10499), "10 KB");
    EXPECT_EQ(cmd::bytes(12'345'678), "12 MB");
    EXPECT_EQ(cmd::seconds(0.0012), "1.2 ms");
    EXPECT_EQ(cmd::seconds(0.081), "81 ms");
    EXPECT_EQ(cmd::seconds(3.44), "3.4 s");
    EXPECT_EQ(cmd::seconds(300), "5 min");
}

TEST(Words, a_sign_is_read_as_one_of_two_classes)
{
    model::Graph graph{.tensors = {{"score", {1}, {-100, 100}, 0.5}}, .reading = model::Reading::sigmoid_label};
    graph.labels = {"no", "yes"};
    const int32_t positive = 3, zero = 0;
    EXPECT_EQ(cmd::outcome(graph, {&positive, 1}).json["label"], "yes");
    EXPECT_EQ(cmd::outcome(graph, {&positive, 1}).json["values"][0], 1.5);
    EXPECT_EQ(cmd::outcome(graph, {&zero, 1}).json["label"], "no");
}

TEST(Words, the_first_of_equal_scores_is_the_class)
{
    const model::Graph graph{.tensors = {{"scores", {3}, {-100, 100}, 1}}, .reading = model::Reading::argmax};
    const std::array<int32_t, 3> codes{1, 7, 7};
    EXPECT_EQ(cmd::outcome(graph, codes).json["class"], 1);
}

TEST(Progress, the_share_grows_and_never_reaches_one_before_the_end)
{
    double before = 0;
    for (int step = 0; step != 100; ++step)
    {
        const double elapsed = 0.1 * std::pow(1.1, step); // up to 1,252 s
        const double share = cmd::share_done(elapsed, 10);
        EXPECT_GE(share, before - 1e-12);
        EXPECT_LT(share, 1);
        before = share;
    }
    EXPECT_DOUBLE_EQ(cmd::share_done(5, 10), 0.5);
}

TEST(Progress, says_fraction_rate_and_time_left_after_two_seconds_and_nothing_before)
{
    testing::internal::CaptureStderr();
    {
        cmd::Progress quick("quick", 1, 100, "rows");
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    testing::internal::CaptureStderr();
    {
        cmd::Progress slow("first step", 10, 1'000'000, "rows");
        slow.step("second step");
        std::this_thread::sleep_for(std::chrono::milliseconds(2300));
    }
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(said.starts_with("second step: about 2")) << said;
    EXPECT_NE(said.find("rows/s, "), std::string::npos) << said;
    EXPECT_TRUE(said.ends_with("s left\n")) << said;
}

} // namespace
