#include "metrics/process.hpp"
#include "metrics/registry.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <thread>

namespace metrics {
namespace {

TEST(Metrics, the_page_is_written_as_the_format_says)
{
    Registry registry({{"chain", "dev"}});
    registry.counter("calls_total", "Calls", {{"method", "a"}}).add(2);
    registry.counter("calls_total", "Calls", {{"method", "b"}}).add();
    registry.gauge("height", "Height\nof \\ the \"chain\"").set(12.5);
    auto& times = registry.histogram("seconds", "Time", {}, {0.1, 1});
    for (const double value : {0.05, 0.1, 0.5, 7.0})
        times.observe(value);
    EXPECT_EQ(registry.text(), R"(# HELP calls_total Calls
# TYPE calls_total counter
calls_total{chain="dev",method="a"} 2
calls_total{chain="dev",method="b"} 1
# HELP height Height\nof \\ the "chain"
# TYPE height gauge
height{chain="dev"} 12.5
# HELP seconds Time
# TYPE seconds histogram
seconds_bucket{chain="dev",le="0.1"} 2
seconds_bucket{chain="dev",le="1"} 3
seconds_bucket{chain="dev",le="+Inf"} 4
seconds_sum{chain="dev"} 7.65
seconds_count{chain="dev"} 4
)");
}

TEST(Metrics, the_same_name_and_labels_are_the_same_series)
{
    Registry registry;
    auto& first = registry.counter("n", "", {{"a", "1"}});
    EXPECT_EQ(&registry.counter("n", "", {{"a", "1"}}), &first);
    EXPECT_NE(&registry.counter("n", "", {{"a", "2"}}), &first);
}

TEST(Metrics, values_of_labels_may_be_anything)
{
    Registry registry;
    registry.gauge("g", "", {{"who", "a\"b\\c\nd\x01\xff"}}).set(std::numeric_limits<double>::infinity());
    EXPECT_EQ(registry.text(), "# HELP g \n# TYPE g gauge\ng{who=\"a\\\"b\\\\c\\nd??\"} +Inf\n");
    registry.gauge("g", "", {{"who", std::string(10000, 'x')}}).set(1);
    EXPECT_LT(registry.text().size(), 300U);
}

TEST(Metrics, a_family_that_outsiders_fill_stays_bounded_and_counts_on)
{
    Registry registry;
    for (int i = 0; i != 5000; ++i)
        registry.counter("calls", "", {{"method", std::to_string(i)}}).add();
    EXPECT_EQ(registry.counter("calls", "", {{"method", "other"}}).value(), 5000 - 511);
    EXPECT_EQ(registry.counter("calls", "", {{"method", "7"}}).value(), 1);
    EXPECT_LT(registry.text().size(), 16000U);
}

TEST(Metrics, counters_never_fall_and_no_count_is_lost_between_threads)
{
    Registry registry;
    auto& counter = registry.counter("n", "");
    auto& histogram = registry.histogram("h", "");
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j != 1000; ++j)
            {
                registry.counter("n", "").add();
                histogram.observe(1);
                counter.raise_to(5);
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_GE(counter.value(), 4000);
    EXPECT_LE(counter.value(), 4005);
    EXPECT_EQ(histogram.state().cumulative.back(), 4000U);
    EXPECT_EQ(histogram.state().sum, 4000);
}

TEST(MetricsDeathTest, a_name_that_is_none_or_two_types_under_one_name_are_our_mistake)
{
    Registry registry({{"chain", "dev"}});
    registry.counter("n", "");
    EXPECT_DEATH(registry.gauge("n", ""), "");
    EXPECT_DEATH(registry.gauge("n", "", {{"a", "1"}}), "");
    EXPECT_DEATH(registry.counter("1n", ""), "");
    EXPECT_DEATH(registry.counter("a b", ""), "");
    EXPECT_DEATH(registry.counter("m", "", {{"le", "1"}}), "");
    EXPECT_DEATH(registry.counter("m", "", {{"chain", "1"}}), "");
    EXPECT_DEATH(registry.histogram("h", "", {}, {1, 1}), "");
}

TEST(Metrics, the_process_tells_what_it_uses)
{
    Registry registry;
    sample_process(registry);
    sample_process(registry);
    EXPECT_GT(registry.gauge("process_resident_memory_bytes", "").value(), 1e6);
    EXPECT_GT(registry.counter("process_cpu_seconds_total", "").value(), 0);
    EXPECT_GE(registry.gauge("process_open_fds", "").value(), 3);
    EXPECT_GE(registry.gauge("process_threads", "").value(), 1);
}

} // namespace
} // namespace metrics
