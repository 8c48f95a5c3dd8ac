#pragma once

#include "env/loop.hpp"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>

namespace network {

/// The loop of a process: Boost.Asio's, on a thread of its own, one more that writes, and some that work.
class AsioLoop final : public env::Loop
{
public:
    explicit AsioLoop(size_t workers);
    /// Calls stop().
    ~AsioLoop() override;
    AsioLoop(const AsioLoop&) = delete;
    AsioLoop& operator=(const AsioLoop&) = delete;

    Time now() const override;
    uint64_t unix_ms() const override;
    void post(Task task) override;
    void after(Time wait, Task task) override;
    void write(Task task) override;
    void work(Task task) override;

    boost::asio::io_context& context();

    /// What was posted before is done from now on.
    void start();
    /// Ends the writer and the workers: what runs is finished, what waits is dropped. Then runs `last` on the loop's
    /// thread, and `done` until it says so or `grace` is over; then ends that thread too.
    void stop(const Task& last, const std::function<bool()>& done, Time grace);
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace network
