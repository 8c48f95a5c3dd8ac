#include "database/rocks.hpp"
#include "database/testing/chain.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>

/// database_writer FOLDER SEED FILE_BYTES_MAX: opens the folder and adds and finalises blocks until it is killed or a
/// write fails. Prints the number of each finalised block once finalise() has returned, then what failed.
using namespace database;

int main(int count, char** arguments)
{
    if (count != 4)
        return 2;
    if (const auto most = std::strtoull(arguments[3], nullptr, 10); most != 0)
    {
        std::signal(SIGXFSZ, SIG_IGN); // a full disk is an error value, not a signal
        const rlimit limit{most, most};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    std::mt19937_64 random(std::strtoull(arguments[2], nullptr, 10));
    auto tables = open_rocks({.folder = arguments[1], .unwritten_bytes = size_t{1} << 20});
    auto store = tables ? Store::open(std::move(*tables), {.states_kept = 4}, database::testing::genesis_block())
                        : std::unexpected(tables.error());
    const auto stop = [](const Failure& failure) {
        std::printf("stopped %d %s\n", int(failure.why), failure.words.c_str());
        return 1;
    };
    if (!store)
        return stop(store.error());
    for (;;)
    {
        auto parent = (*store)->finalised();
        const auto made = [&](uint64_t salt) {
            const auto batch = database::testing::random_batch(random, 1 + random() % 30);
            return database::testing::make_block((*store)->nodes(), salt + 3 * random(), parent.number + 1, parent.hash,
                                                 database::testing::root_of(**store, parent.hash), batch);
        };
        // Forks of one to three blocks each.
        for (int i = 0; i != 4; ++i)
        {
            auto block = made(uint64_t(i));
            const BlockPlace place{block.diff.number, block.hash};
            if (const auto imported = (*store)->import(std::move(block)); !imported)
                return stop(imported.error());
            if (random() % 2 == 0)
                parent = place;
        }
        const auto best = (*store)->unfinalised().back();
        if (const auto final = (*store)->finalise(best.hash, std::nullopt); !final)
            return stop(final.error());
        std::printf("%llu\n", static_cast<unsigned long long>(best.number));
        std::fflush(stdout);
    }
}
