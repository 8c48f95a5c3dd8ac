#include "weights_host.hpp"

#include "env/entropy.hpp"
#include "executor/engine.hpp"
#include "host/table.hpp"
#include "signature/batch.hpp"
#include "signature/derive.hpp"
#include "signature/sr25519.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace weights {

void fail(const std::string& words)
{
    std::fprintf(stderr, "bench_weights: %s\n", words.c_str());
    std::exit(1);
}

uint64_t clock_picoseconds(clockid_t which)
{
    timespec now{};
    clock_gettime(which, &now);
    return uint64_t(now.tv_sec) * 1'000'000'000'000 + uint64_t(now.tv_nsec) * 1'000;
}

uint64_t median(const std::vector<uint64_t>& times)
{
    auto sorted = times;
    std::ranges::sort(sorted);
    return sorted.at((sorted.size() - 1) / 2);
}

uint64_t signature_time(size_t count)
{
    env::OsEntropy entropy;
    const auto pair = signature::sr25519::from_uri("//Alice").value();
    const auto key = pair.public_key();
    const base::Bytes message(120, 1);
    const auto made = signature::sr25519::sign(pair, base::ByteView{message}, entropy);
    const std::vector<signature::Item> items(count, {signature::Scheme::sr25519, key, made, message});
    std::vector<uint64_t> times(kRuns);
    for (auto& one : times)
    {
        const auto begin = clock_picoseconds(CLOCK_THREAD_CPUTIME_ID);
        if (!signature::verify_batch(items).empty())
            fail("a good signature is refused");
        one = (clock_picoseconds(CLOCK_THREAD_CPUTIME_ID) - begin) / count;
    }
    return median(times);
}

uint64_t compile_time(const base::Bytes& wasm)
{
    const auto engine = executor::wasmtime_engine();
    if (!engine)
        fail(engine.error());
    std::vector<uint64_t> times(3);
    for (auto& one : times)
    {
        const auto begin = clock_picoseconds(CLOCK_PROCESS_CPUTIME_ID);
        if (!(*engine)->compile(wasm, host::host_table()))
            fail("the runtime does not compile");
        one = clock_picoseconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
    }
    return median(times);
}

} // namespace weights
