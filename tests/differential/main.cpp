#include "run.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

/// differential [--seed N] [--blocks K]: the differential run, as long as wanted. A failure names the seed of its world
/// and the block in it; the same two options repeat it. $ZKP_SEED is the seed where none is given. With $ZKP_SECONDS it
/// goes on after those until so many seconds have passed.
int main(int argc, char** argv)
{
    uint64_t seed = 1, blocks = 10'000, seconds = 0;
    const auto number = [](const char* text, uint64_t& to) { std::from_chars(text, text + std::strlen(text), to); };
    if (const char* given = std::getenv("ZKP_SEED"))
        number(given, seed);
    if (const char* given = std::getenv("ZKP_SECONDS"))
        number(given, seconds);
    for (int i = 1; i + 1 < argc; i += 2)
        number(argv[i + 1], std::string_view{argv[i]} == "--seed" ? seed : blocks);

    const auto wasm = differential::read_code(ZKP_RUNTIME_WASM);
    const auto native = differential::native_machine();
    const auto wasmtime = differential::wasmtime_machine(wasm);
    const auto wabt = differential::wabt_machine(wasm);
    if (!wasmtime || !wabt)
    {
        std::fprintf(stderr, "differential: the runtime does not compile\n");
        return 1;
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    const auto enough = [&](size_t so_far) { return so_far >= blocks && std::chrono::steady_clock::now() >= end; };
    const auto tally = differential::run({native.get(), wasmtime.get(), wabt.get()}, seed, SIZE_MAX, {}, enough);
    if (!tally)
    {
        std::fprintf(stderr, "%s\n", tally.error().c_str());
        return 1;
    }
    std::printf("seed %llu: %zu blocks agree; %zu extrinsics applied, %zu of them without error, %zu refused; "
                "%zu blocks abandoned; %zu queries; %zu calls trapped\n",
                static_cast<unsigned long long>(seed), tally->blocks, tally->applied, tally->succeeded, tally->refused,
                tally->abandoned, tally->queries, tally->trapped);
    return 0;
}
