#include "harness.hpp"

#include "env/file.hpp"
#include "executor/blob.hpp"
#include "executor/cache.hpp"
#include "hash/blake2b.hpp"
#include "host/table.hpp"
#include "ledger/new_code.hpp"
#include "scale/scale.hpp"

#include <cstdio>
#include <cstdlib>

/// What an upgrade costs the node, on the product's own code, packed as upgrades bring it.
/// upgrade/check: the runtime's question for the version of new code, in the block that brings it.
/// upgrade/compile: the compilation, on one core, in the background; the next block waits for what is left of it.
/// upgrade/find: looking for code in a transaction of its size.
namespace {

using executor::ModuleCache;

template <class T>
T must(auto found)
{
    if (found)
        return std::move(*found);
    std::fprintf(stderr, "bench_upgrade: a step failed\n");
    std::exit(1);
}

} // namespace

int main(int count, char** arguments)
{
    const bench::Session session(std::span<char* const>(arguments, size_t(count)));
    const auto code = must<base::Bytes>(env::read_file(ZKP_RUNTIME_FILE, executor::kCodeBytesMax));
    const std::shared_ptr<const executor::Engine> engine =
        must<std::unique_ptr<executor::Engine>>(executor::wasmtime_engine({.interruptible = true, .library = {}}));
    const auto host = host::host_table();
    ModuleCache modules(engine, host);
    session.time("upgrade/check", 20, [&] { must<base::Bytes>(ledger::version_of_new_code(modules, code)); });
    session.time("upgrade/compile", 5, [&] {
        ModuleCache fresh(engine, host);
        must<std::shared_ptr<const executor::Module>>(fresh.get(hash::blake2_256(code), code));
    });
    const auto transaction = scale::encode(code);
    session.time("upgrade/find", 20, [&] { must<base::ByteView>(ledger::code_in(transaction)); });
    session.count("upgrade/code_bytes", double(code.size()), "bytes");
    return 0;
}
