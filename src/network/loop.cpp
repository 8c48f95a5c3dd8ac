#include "network/loop.hpp"

#include "env/clock.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace network {
namespace {

/// How often a loop that ends looks whether it may.
constexpr env::Loop::Time kLook = std::chrono::milliseconds(5);

} // namespace

struct AsioLoop::Parts
{
    explicit Parts(size_t workers) : pool(workers) {}

    boost::asio::io_context context;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy = make_work_guard(context);
    boost::asio::thread_pool writer{1}, pool;
    std::thread thread;
};

AsioLoop::AsioLoop(size_t workers) : parts_(std::make_unique<Parts>(workers)) {}

AsioLoop::~AsioLoop() { stop(); }

boost::asio::io_context& AsioLoop::context() { return parts_->context; }

env::Loop::Time AsioLoop::now() const
{
    using Clock = boost::asio::steady_timer::clock_type;
    return std::chrono::duration_cast<Time>(Clock::now().time_since_epoch());
}

uint64_t AsioLoop::unix_ms() const { return env::unix_ms(); }

void AsioLoop::post(Task task) { boost::asio::post(parts_->context, std::move(task)); }

void AsioLoop::after(Time wait, Task task)
{
    auto timer = std::make_shared<boost::asio::steady_timer>(parts_->context, wait);
    timer->async_wait([timer, task = std::move(task)](boost::system::error_code error) {
        if (!error)
            task();
    });
}

void AsioLoop::write(Task task) { boost::asio::post(parts_->writer, std::move(task)); }

void AsioLoop::work(Task task) { boost::asio::post(parts_->pool, std::move(task)); }

void AsioLoop::start()
{
    parts_->thread = std::thread([this] { parts_->context.run(); });
}

void AsioLoop::stop(const Task& last, const std::function<bool()>& done, Time grace)
{
    parts_->writer.stop();
    parts_->pool.stop();
    parts_->writer.join();
    parts_->pool.join();
    if (!parts_->thread.joinable())
        return;
    const auto end = now() + grace;
    const std::function<void()> look = [&] {
        if (done() || now() >= end)
            parts_->context.stop();
        else
            after(kLook, look);
    };
    post([&] {
        last();
        look();
    });
    parts_->thread.join();
}

void AsioLoop::stop()
{
    stop([] {}, [] { return true; }, {});
}

} // namespace network
