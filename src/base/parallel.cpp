#include "base/parallel.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace base {
namespace {

/// Set in a forked child: the pool's threads stayed with the parent, so the child works alone.
std::atomic<bool> alone = false;

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
    explicit Pool(size_t workers) : busy_(workers), count_of_workers_(workers)
    {
        for (size_t i = 0; i != workers; ++i)
            std::thread([this] { work(); }).detach();
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
            busy_ = count_of_workers_;
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

    [[noreturn]] void work()
    {
        size_t seen = 0;
        for (;;)
        {
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [&] { return generation_ != seen; });
                seen = generation_;
            }
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
    size_t count_ = 0, step_ = 1, busy_, generation_ = 0;
    const size_t count_of_workers_;
    std::atomic<size_t> next_ = 0;
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
    if (count <= grain || threads() == 1 || alone)
    {
        if (count != 0)
            body(0, count);
        return;
    }
    // Never destroyed: its threads wait until the process ends, and a forked child has none to join.
    static Pool& pool = *new Pool(threads() - 1);
    [[maybe_unused]] static const int watched = pthread_atfork(nullptr, nullptr, [] { alone = true; });
    // Four ranges a thread even out unequal progress.
    pool.run(count, std::max(grain, count / (4 * threads()) + 1), body);
}

} // namespace base
