#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// Times whole operations: the median and 95th percentile of N runs, and the peak memory of one.
///
/// A bench program prints one JSON object a line, which tools/bench collects. Its command line is
/// `bench_NAME [FILTER] [RUNS]`: only results whose name begins with FILTER, RUNS instead of each one's own number.
namespace bench {

/// The q-quantile by nearest rank: the smallest sample that at least the share q of all samples does not exceed.
/// Samples must not be empty; 0 < q ≤ 1.
inline double quantile(std::vector<double> samples, double q)
{
    std::ranges::sort(samples);
    const auto rank = size_t(std::ceil(q * double(samples.size())));
    return samples[std::clamp<size_t>(rank, 1, samples.size()) - 1];
}

/// Starts a new measurement of peak_bytes(). Linux only; without the right to do so, the peak stays the process's.
inline void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// Peak resident memory in bytes since reset_peak(), or since the start; nothing where /proc does not say.
inline std::optional<uint64_t> peak_bytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (uint64_t kib = 0; word == "VmHWM:" && status >> kib)
            return kib * 1024;
    return std::nullopt;
}

/// Waits until the process's own threads rest: a database has then sorted what the set-up wrote, which is no work of
/// what is measured next.
inline void wait_until_quiet()
{
    constexpr auto kLook = std::chrono::milliseconds(250);
    constexpr double kBusy = 0.02;
    const auto seconds = [] { return double(std::clock()) / CLOCKS_PER_SEC; }; // of all threads
    for (int quiet = 0; quiet != 4;)
    {
        const double before = seconds();
        std::this_thread::sleep_for(kLook);
        quiet = seconds() - before < kBusy * std::chrono::duration<double>(kLook).count() ? quiet + 1 : 0;
    }
}

/// What the command line asks for, and the printing of results.
class Session
{
public:
    explicit Session(std::span<char* const> arguments)
    {
        if (arguments.size() > 1)
            filter_ = arguments[1];
        if (arguments.size() > 2)
        {
            const std::string_view text = arguments[2];
            std::from_chars(text.data(), text.data() + text.size(), runs_);
        }
    }

    /// Lets a program leave out set-up that no wanted result needs.
    bool wants(std::string_view name) const { return name.starts_with(filter_); }

    /// Runs `body` once to warm up, then `runs` times, and prints seconds (median as value, p95) and peak memory.
    template <std::invocable Body>
    void time(std::string_view name, size_t runs, Body body) const
    {
        if (!wants(name))
            return;
        body();
        reset_peak();
        std::vector<double> seconds(runs_ != 0 ? runs_ : runs);
        for (double& one : seconds)
        {
            const auto begin = std::chrono::steady_clock::now();
            body();
            one = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        }
        std::printf(R"({"name": "%.*s", "value": %.9g, "p95": %.9g, "runs": %zu, "unit": "s", "peak_bytes": %llu})"
                    "\n",
                    int(name.size()), name.data(), quantile(seconds, 0.5), quantile(seconds, 0.95), seconds.size(),
                    static_cast<unsigned long long>(peak_bytes().value_or(0)));
        std::fflush(stdout);
    }

    /// A figure that is counted, not timed, such as proof_bytes/lenet5.
    void count(std::string_view name, double value, std::string_view unit) const
    {
        if (!wants(name))
            return;
        std::printf(R"({"name": "%.*s", "value": %.9g, "unit": "%.*s"})"
                    "\n",
                    int(name.size()), name.data(), value, int(unit.size()), unit.data());
        std::fflush(stdout);
    }

private:
    std::string_view filter_;
    size_t runs_ = 0;
};

} // namespace bench
