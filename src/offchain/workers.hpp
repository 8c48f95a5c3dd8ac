#pragma once

#include "offchain/world.hpp"

#include <condition_variable>
#include <thread>

namespace offchain {

/// Runs at once; each holds one instance of the runtime.
inline constexpr size_t kThreads = 2;
/// What a run may take, computing and waiting together.
inline constexpr uint64_t kRunMs = 30'000;

/// The block that a worker runs after.
struct Job
{
    base::Digest hash{};
    Bytes header; ///< encoded
};

/// Runs the off-chain worker after a block, with what it may do in the world: calls the runtime's
/// OffchainWorkerApi_offchain_worker with the encoded header, on the state after the block, for at most kRunMs.
using Run = std::function<void(const Job& job, host::Offchain& world)>;

/// Off-chain workers on threads of their own, of low priority. The newest block goes first; a block that has to wait
/// while a newer one comes is skipped: what its worker would have done, the next one's can do.
class Workers
{
public:
    Workers(Services services, Run run);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// To be called with each new best block, but not while the node is catching up. Never blocks.
    void start(Job job);

    /// No run begins any more, and what runs wait for ends. Computing must be interrupted by whoever has the engine.
    void cease();

    /// The same, and waits until the last run has ended.
    void stop();

    struct Counts
    {
        uint64_t run = 0, skipped = 0;
    };
    Counts counts() const;

private:
    void work();

    Services services_;
    Run run_;
    std::mutex entropy_lock_;
    mutable std::mutex mutex_; ///< of waiting_ and counts_
    std::condition_variable changed_;
    std::optional<Job> waiting_;
    Counts counts_;
    std::atomic<bool> stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace offchain
