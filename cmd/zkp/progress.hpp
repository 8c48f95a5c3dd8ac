#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace cmd {

/// Says on stderr how far a long operation is: from two seconds on, a line a second with fraction, rate and time left.
/// They are estimates: from the operation's predicted work and duration, corrected by the time that has passed.
class Progress
{
public:
    /// work  in units of `unit`, such as work units; the fraction of the predicted time is taken as done
    Progress(std::string what, double predicted_seconds, double work, std::string unit);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Names the step that begins.
    void step(std::string_view what);

private:
    void report();

    std::string what_, unit_;
    double predicted_, work_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;
    std::thread reporter_;
};

/// Share of a job that is done after `elapsed` of `predicted` seconds: a prediction that was too short is stretched, so
/// that the share never reaches 1 before the job's end.
double share_done(double elapsed, double predicted);

} // namespace cmd
