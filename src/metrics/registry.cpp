#include "metrics/registry.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace metrics {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// [a-zA-Z_:][a-zA-Z0-9_:]*; labels have no colons.
bool is_name(std::string_view name, bool colons)
{
    const auto fits = [&](char c) { return is_letter(c) || (colons && c == ':'); };
    return !name.empty() && fits(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return fits(c) || (c >= '0' && c <= '9'); });
}

std::string number(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> text; // the shortest form of a double has at most 24 characters
    return {text.data(), std::to_chars(text.begin(), text.end(), value).ptr};
}

void escape(std::string_view text, bool quotes, std::string& out)
{
    for (const char c : text)
    {
        if (c == '\n')
            out += "\\n";
        else if (c == '\\' || (c == '"' && quotes))
            (out += '\\') += c;
        else
            out += c;
    }
}

/// Cut, and without what is no UTF-8: the page must be read whole whatever somebody named himself.
std::string clean(std::string_view value)
{
    std::string out;
    for (const char c : value.substr(0, Registry::kValueMax))
        out += (c & 0x80) != 0 || (c >= 0 && c < ' ' && c != '\n') ? '?' : c;
    return out;
}

void label_set(const Labels& common, const Labels& labels, std::string_view bound, std::string& out)
{
    char separator = '{';
    const auto put = [&](std::string_view name, std::string_view value) {
        out += std::exchange(separator, ',');
        (out += name) += "=\"";
        escape(value, true, out);
        out += '"';
    };
    for (const auto* each : {&common, &labels})
        for (const auto& [name, value] : *each)
            put(name, value);
    if (!bound.empty())
        put("le", bound);
    if (separator != '{')
        out += '}';
}

struct Writer
{
    const Labels& common;
    const std::string& name;
    const Labels& labels;
    std::string& out;

    void line(std::string_view suffix, std::string_view bound, std::string_view value) const
    {
        (out += name) += suffix;
        label_set(common, labels, bound, out);
        ((out += ' ') += value) += '\n';
    }
    void operator()(const std::unique_ptr<Counter>& counter) const { line("", "", number(counter->value())); }
    void operator()(const std::unique_ptr<Gauge>& gauge) const { line("", "", number(gauge->value())); }
    void operator()(const std::unique_ptr<Histogram>& histogram) const
    {
        const auto [cumulative, sum] = histogram->state();
        for (size_t i = 0; i != histogram->bounds().size(); ++i)
            line("_bucket", number(histogram->bounds()[i]), std::to_string(cumulative[i]));
        line("_bucket", "+Inf", std::to_string(cumulative.back()));
        line("_sum", "", number(sum));
        line("_count", "", std::to_string(cumulative.back()));
    }
};

} // namespace

void Counter::raise_to(double value)
{
    double before = value_;
    while (before < value && !value_.compare_exchange_weak(before, value))
        ;
}

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1)
{
    base::invariant(std::ranges::adjacent_find(bounds_, std::ranges::greater_equal{}) == bounds_.end());
}

void Histogram::observe(double value)
{
    const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    const std::lock_guard lock(mutex_);
    ++counts_[size_t(at)];
    sum_ += value;
}

Histogram::State Histogram::state() const
{
    const std::lock_guard lock(mutex_);
    State state{.cumulative = {}, .sum = sum_};
    uint64_t total = 0;
    for (const auto count : counts_)
        state.cumulative.push_back(total += count);
    return state;
}

const std::vector<double>& default_bounds()
{
    static const std::vector<double> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    return bounds;
}

Registry::Registry(Labels common) : common_(std::move(common))
{
    for (auto& [name, value] : common_)
        value = clean(value);
}

Registry::~Registry() = default;

template <class T, class... Args>
T& Registry::find(std::string_view name, std::string_view help, const Labels& labels, const Args&... args)
{
    base::invariant(is_name(name, true));
    Labels cleaned;
    for (const auto& [label, value] : labels)
    {
        base::invariant(is_name(label, false) && label != "le" && !common_.contains(label));
        cleaned[label] = clean(value);
    }
    const std::lock_guard lock(mutex_);
    auto family = families_.find(name);
    if (family == families_.end())
    {
        base::invariant(families_.size() < kFamiliesMax);
        family = families_.emplace(std::string(name), Family{.help = std::string(help), .series = {}}).first;
    }
    auto& series = family->second.series;
    if (!series.contains(cleaned) && series.size() + 1 >= kSeriesMax) // the last place is that of all others
        for (auto& [label, value] : cleaned)
            value = kOther;
    auto& found = series.try_emplace(cleaned).first->second;
    const bool fresh = std::visit([](const auto& held) { return held == nullptr; }, found);
    if (fresh)
        found = std::make_unique<T>(args...);
    base::invariant(std::holds_alternative<std::unique_ptr<T>>(found));
    base::invariant(series.begin()->second.index() == found.index());
    return *std::get<std::unique_ptr<T>>(found);
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels)
{
    return find<Counter>(name, help, labels);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels)
{
    return find<Gauge>(name, help, labels);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, const Labels& labels,
                               const std::vector<double>& bounds)
{
    return find<Histogram>(name, help, labels, bounds);
}

std::string Registry::text() const
{
    static constexpr std::array kTypes{"counter", "gauge", "histogram"}; // in the order of Series
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_)
    {
        (out += "# HELP ") += name;
        out += ' ';
        escape(family.help, false, out);
        ((out += "\n# TYPE ") += name) += ' ';
        (out += kTypes.at(family.series.begin()->second.index())) += '\n';
        for (const auto& [labels, series] : family.series)
            std::visit(Writer{common_, name, labels, out}, series);
    }
    return out;
}

} // namespace metrics
