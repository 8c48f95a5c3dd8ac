#pragma once

#include "env/loop.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace env {

/// A loop in time of its own, on the thread that calls run(): nothing waits, everything happens in one order.
class SteppedLoop final : public Loop
{
public:
    explicit SteppedLoop(uint64_t unix_ms = 0) : origin_(unix_ms) {}

    Time now() const override { return now_; }
    uint64_t unix_ms() const override { return origin_ + uint64_t(now_.count()); }
    void post(Task task) override { after(Time(0), std::move(task)); }
    void after(Time wait, Task task) override
    {
        tasks_.emplace(std::pair(now_ + std::max(wait, Time(0)), next_++), std::move(task));
    }
    void write(Task task) override { post(std::move(task)); }
    void work(Task task) override { post(std::move(task)); }

    /// Does what is due within the time given, and lets that time pass.
    void run_for(Time time)
    {
        const auto end = now_ + time;
        while (!tasks_.empty() && tasks_.begin()->first.first <= end)
        {
            const auto first = tasks_.extract(tasks_.begin());
            now_ = std::max(now_, first.key().first);
            first.mapped()();
        }
        now_ = end;
    }
    /// The same, until `done`; false when the time has passed first.
    template <class Done>
    bool run_until(Done done, Time most)
    {
        const auto end = now_ + most;
        while (!done())
        {
            if (tasks_.empty() || tasks_.begin()->first.first > end)
                return false;
            const auto first = tasks_.extract(tasks_.begin());
            now_ = std::max(now_, first.key().first);
            first.mapped()();
        }
        return true;
    }

private:
    uint64_t origin_;
    Time now_{};
    uint64_t next_ = 0;
    std::map<std::pair<Time, uint64_t>, Task> tasks_; ///< by time, then by arrival
};

} // namespace env
