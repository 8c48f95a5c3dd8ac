#include "progress.hpp"

#include "words.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace cmd {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kQuiet{2}, kInterval{1};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

} // namespace

double share_done(double elapsed, double predicted)
{
    // What is left is never taken for less than a twentieth of what has passed.
    const double left = std::max(predicted - elapsed, elapsed / 20);
    return elapsed + left > 0 ? elapsed / (elapsed + left) : 0;
}

Progress::Progress(std::string what, double predicted_seconds, double work, std::string unit)
    : what_(std::move(what)), unit_(std::move(unit)), predicted_(predicted_seconds), work_(work),
      reporter_([this] { report(); })
{
}

Progress::~Progress()
{
    {
        const std::lock_guard lock{mutex_};
        done_ = true;
    }
    wake_.notify_all();
    reporter_.join();
}

void Progress::step(std::string_view what)
{
    const std::lock_guard lock{mutex_};
    what_ = what;
}

void Progress::report()
{
    const auto start = Clock::now();
    std::unique_lock lock{mutex_};
    auto next = start + kQuiet;
    while (!wake_.wait_until(lock, next, [this] { return done_; }))
    {
        const double elapsed = seconds_since(start), share = share_done(elapsed, predicted_);
        std::fprintf(stderr, "%s: about %.0f %%, %s %s/s, %s left\n", what_.c_str(), 100 * share,
                     count(uint64_t(share * work_ / elapsed)).c_str(), unit_.c_str(),
                     seconds(elapsed * (1 - share) / share).c_str());
        next += kInterval;
    }
}

} // namespace cmd
