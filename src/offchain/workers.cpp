#include "offchain/workers.hpp"

#include "env/clock.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace offchain {
namespace {

constexpr int kNice = 10; // blocks come first

} // namespace

Workers::Workers(Services services, Run run) : services_(std::move(services)), run_(std::move(run))
{
    for (size_t i = 0; i != kThreads; ++i)
        threads_.emplace_back([this] { work(); });
}

Workers::~Workers() { stop(); }

void Workers::start(Job job)
{
    const std::lock_guard lock(mutex_);
    counts_.skipped += waiting_.has_value();
    waiting_ = std::move(job);
    changed_.notify_one();
}

void Workers::work()
{
    // On Linux priorities are a thread's own; one that cannot be lowered stays.
    setpriority(PRIO_PROCESS, id_t(gettid()), kNice);
    for (;;)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || waiting_; });
        if (stopping_)
            return;
        const auto job = *std::exchange(waiting_, std::nullopt);
        ++counts_.run;
        lock.unlock();
        World world(services_, entropy_lock_, env::unix_ms() + kRunMs, stopping_);
        run_(job, world);
    }
}

void Workers::cease()
{
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

void Workers::stop()
{
    cease();
    for (auto& thread : threads_)
        if (thread.joinable())
            thread.join();
}

Workers::Counts Workers::counts() const
{
    const std::lock_guard lock(mutex_);
    return counts_;
}

} // namespace offchain
