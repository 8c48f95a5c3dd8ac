#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace metrics {

/// Names and values that tell one series of a family from another; ordered by name.
using Labels = std::map<std::string, std::string>;

/// Only grows, but for a restart.
class Counter
{
public:
    /// `more` ≥ 0.
    void add(double more = 1) { value_ += more; }
    /// For a count that something else keeps: the greater of the two stays.
    void raise_to(double value);
    double value() const { return value_; }

private:
    std::atomic<double> value_ = 0;
};

class Gauge
{
public:
    void set(double value) { value_ = value; }
    double value() const { return value_; }

private:
    std::atomic<double> value_ = 0;
};

/// How many values fell under each bound, and their sum.
class Histogram
{
public:
    /// Caller  gives bounds that ascend strictly
    explicit Histogram(std::vector<double> bounds);
    void observe(double value);

    struct State
    {
        std::vector<uint64_t> cumulative; ///< of values ≤ each bound, then of all
        double sum = 0;
    };
    State state() const;
    const std::vector<double>& bounds() const { return bounds_; }

private:
    const std::vector<double> bounds_;
    mutable std::mutex mutex_;
    std::vector<uint64_t> counts_;
    double sum_ = 0;
};

/// The bounds that Prometheus' clients take for seconds when none are given.
const std::vector<double>& default_bounds();

/// All that one process tells. What it hands out lives as long as it does; the same name and labels give the same
/// thing.
///
/// Thread   any
/// Caller   our own code alone names families and labels: a bad name, or one name for two types, is our mistake and
///          stops the process. Label values may come from outside.
/// Bounds   kFamiliesMax; kSeriesMax of a family: what comes later is counted under kOther in all its labels.
///          Values of labels are cut at kValueMax bytes
/// Source   Prometheus, "Text-based format", version 0.0.4; data model (names)
class Registry
{
public:
    static constexpr size_t kFamiliesMax = 256, kSeriesMax = 512, kValueMax = 128;
    static constexpr std::string_view kOther = "other";

    /// `common`: labels of every series, such as the chain's name.
    explicit Registry(Labels common = {});
    ~Registry();

    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {},
                         const std::vector<double>& bounds = default_bounds());

    /// The page.
    std::string text() const;
    static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

private:
    using Series = std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;
    struct Family
    {
        std::string help;
        std::map<Labels, Series> series;
    };

    template <class T, class... Args>
    T& find(std::string_view name, std::string_view help, const Labels& labels, const Args&... args);

    Labels common_;
    mutable std::mutex mutex_; ///< of families_, not of the values
    std::map<std::string, Family, std::less<>> families_;
};

} // namespace metrics
