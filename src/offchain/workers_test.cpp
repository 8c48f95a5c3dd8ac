#include "offchain/workers.hpp"

#include "env/clock.hpp"
#include "env/entropy.hpp"

#include <gtest/gtest.h>

namespace offchain {
namespace {

struct OffchainWorkers : ::testing::Test
{
    std::unique_ptr<LocalStorageFile> storage = *LocalStorageFile::open("");
    env::OsEntropy entropy;
    Services services{.storage = storage.get(), .entropy = &entropy};

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<uint8_t> begun; ///< first byte of each header
    bool released = false;

    /// A run that notes its block and waits for release().
    offchain::Run waiting()
    {
        return [this](const Job& job, host::Offchain&) {
            std::unique_lock lock(mutex);
            begun.push_back(job.header[0]);
            changed.notify_all();
            changed.wait(lock, [this] { return released; });
        };
    }
    void await_begun(size_t count)
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return begun.size() >= count; });
    }
    void release()
    {
        const std::lock_guard lock(mutex);
        released = true;
        changed.notify_all();
    }
};

TEST_F(OffchainWorkers, when_all_are_busy_the_newest_block_waits_and_older_ones_are_skipped)
{
    Workers workers(services, waiting());
    for (uint8_t block = 0; block != kThreads; ++block)
    {
        workers.start({.hash = {}, .header = {block}});
        await_begun(block + 1);
    }
    for (uint8_t block = 10; block != 20; ++block)
        workers.start({.hash = {}, .header = {block}});
    release();
    await_begun(kThreads + 1);
    workers.stop();
    EXPECT_EQ(begun, (std::vector<uint8_t>{0, 1, 19}));
    EXPECT_EQ(workers.counts().run, 3);
    EXPECT_EQ(workers.counts().skipped, 9);
}

TEST_F(OffchainWorkers, stopping_ends_sleep_and_runs_nothing_more)
{
    std::atomic<bool> asleep = false;
    Workers workers(services, [&](const Job&, host::Offchain& world) {
        asleep = true;
        asleep.notify_all();
        world.sleep_until(~uint64_t{0});
    });
    const auto begin = env::unix_ms();
    workers.start({});
    asleep.wait(false);
    workers.stop();
    EXPECT_LT(env::unix_ms() - begin, kRunMs) << "not the run's own end";
    workers.start({});
    EXPECT_EQ(workers.counts().run, 1);
}

TEST_F(OffchainWorkers, one_run_submits_so_many_transactions_and_no_more)
{
    std::atomic<size_t> submitted = 0;
    services.submit = [&](ByteView) { return ++submitted != 1; };
    std::atomic<size_t> taken = 0;
    std::atomic<bool> done = false;
    Workers workers(services, [&](const Job&, host::Offchain& world) {
        for (size_t i = 0; i != kSubmissionsMax + 10; ++i)
            taken += world.submit(Bytes{1});
        done = true;
        done.notify_all();
    });
    workers.start({});
    done.wait(false);
    workers.stop();
    EXPECT_EQ(submitted, kSubmissionsMax);
    EXPECT_EQ(taken, kSubmissionsMax - 1) << "the pool refused one";
}

TEST_F(OffchainWorkers, seeds_differ_and_storage_is_shared_between_runs)
{
    std::vector<std::array<uint8_t, 32>> seeds;
    std::atomic<size_t> runs = 0;
    Workers workers(services, [&](const Job&, host::Offchain& world) {
        {
            const std::lock_guard lock(mutex);
            seeds.push_back(world.random_seed());
        }
        const auto old = world.load(LocalStorage::local, base::view("n"));
        world.store(LocalStorage::local, base::view("n"), Bytes{uint8_t(old ? (*old)[0] + 1 : 1)});
        ++runs;
        runs.notify_all();
    });
    for (size_t i = 0; i != 3; ++i)
    {
        workers.start({});
        runs.wait(i);
    }
    workers.stop();
    EXPECT_NE(seeds[0], seeds[1]);
    EXPECT_EQ(storage->get(LocalStorage::local, base::view("n")), Bytes{3});
}

} // namespace
} // namespace offchain
