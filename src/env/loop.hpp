#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace env {

/// Where and when a node's work is done. One thread does everything but what is given to write() and work(). In a
/// simulation one thread does all of it, at the times that the seed says.
///
/// Caller  what a task uses outlives the loop's running
class Loop
{
public:
    using Time = std::chrono::milliseconds;
    using Task = std::function<void()>;

    virtual ~Loop() = default;

    /// Since an origin of the loop's choice; never goes back. (any thread)
    virtual Time now() const = 0;
    /// The clock on the wall, milliseconds since the epoch of Unix. It may jump. (any thread)
    virtual uint64_t unix_ms() const = 0;

    /// Soon, on the loop's thread. (any thread)
    virtual void post(Task task) = 0;
    /// After a while, on the loop's thread. (any thread)
    virtual void after(Time wait, Task task) = 0;
    /// In order, on the one thread that changes the chain. (any thread)
    virtual void write(Task task) = 0;
    /// On some worker, beside all others. (any thread)
    virtual void work(Task task) = 0;
};

} // namespace env
