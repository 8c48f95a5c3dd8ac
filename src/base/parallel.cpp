#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace base {
namespace {

size_t decide_threads()
{
    if (const char* wish = std::getenv("ZKP_THREADS"))
        return std::clamp<size_t>(size_t(std::strtoul(wish, nullptr, 10)), 1, kThreadsMax);
    return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
}

/// One job at a time: workers and the caller take ranges from `next` until `count` is reached.
class Pool
{
public:
    explicit Pool(size_t workers)
    {
        for (size_t i = 0; i != workers; ++i)
            workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }

    ~Pool()
    {
        for (auto& worker : workers_)
            worker.request_stop();
        {
            std::lock_guard lock(mutex_);
            ++generation_;
        }
        wake_.notify_all();
    }

    void run(size_t count, size_t step, const std::function<void(size_t, size_t)>& body)
    {
        std::lock_guard one_job(job_mutex_);
        {
            std::lock_guard lock(mutex_);
            body_ = &body;
            count_ = count;
            step_ = step;
            next_ = 0;
            busy_ = workers_.size();
            ++generation_;
        }
        wake_.notify_all();
        drain();
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return busy_ == 0; });
    }

private:
    void drain()
    {
        for (;;)
        {
            const auto begin = next_.fetch_add(step_);
            if (begin >= count_)
                return;
            (*body_)(begin, std::min(begin + step_, count_));
        }
    }

    void work(const std::stop_token& stop)
    {
        size_t seen = 0;
        for (;;)
        {
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [&] { return generation_ != seen; });
                seen = generation_;
            }
            if (stop.stop_requested())
                return;
            drain();
            std::lock_guard lock(mutex_);
            if (--busy_ == 0)
                done_.notify_one();
        }
    }

    std::mutex job_mutex_;
    std::mutex mutex_;
    std::condition_variable wake_, done_;
    const std::function<void(size_t, size_t)>* body_ = nullptr;
    size_t count_ = 0, step_ = 1, busy_ = 0, generation_ = 0;
    std::atomic<size_t> next_ = 0;
    std::vector<std::jthread> workers_;
};

} // namespace

size_t threads()
{
    static const size_t count = decide_threads();
    return count;
}

void parallel(size_t count, size_t grain, const std::function<void(size_t, size_t)>& body)
{
    grain = std::max<size_t>(grain, 1);
    if (count <= grain || threads() == 1)
    {
        if (count != 0)
            body(0, count);
        return;
    }
    static Pool pool(threads() - 1);
    // Four ranges a thread even out unequal progress.
    pool.run(count, std::max(grain, count / (4 * threads()) + 1), body);
}

} // namespace base
