// wasmcheck: is this Wasm binary a runtime that every client of the chain can run?  Exit code 0 yes, 1 no, 2 not read.
// With -o or --compressed it also writes what the chain stores: the binary with its custom sections and metadata hash.
#include "post_link.hpp"

#include "env/file.hpp"
#include "executor/blob.hpp"
#include "executor/inspect.hpp"
#include "host/table.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace {

using base::Bytes;

constexpr uint32_t kMode = 0644;

enum Exit
{
    kAccepted = 0,
    kRefused = 1,
    kUnread = 2,
};

struct Options
{
    std::string input, output, compressed;
    uint32_t heap_pages = executor::kHeapPagesDefault;
};

int say(Exit code, const std::string& words)
{
    std::fprintf(stderr, "wasmcheck: %s\n", words.c_str());
    return code;
}

int write_file(const std::string& path, const Bytes& content)
{
    if (path.empty())
        return kAccepted;
    const base::ByteView parts[] = {content};
    if (const auto done = env::write_file(path, parts, kMode); !done)
        return say(kUnread, done.error().words);
    std::printf("%s: %zu bytes\n", path.c_str(), content.size());
    return kAccepted;
}

/// What the chain stores, plain and packed; what was written into it is checked too.
int write(const Options& options, const Bytes& wasm, const executor::Rules& rules)
{
    const auto complete = wasmcheck::complete(wasm);
    if (!complete)
        return say(kRefused, options.input + ": " + complete.error());
    if (const auto again = executor::inspect(*complete, rules); !again)
        return say(kRefused, options.input + ", completed: " + executor::words(again.error()));
    if (const int failed = write_file(options.output, *complete); failed != kAccepted)
        return failed;
    return write_file(options.compressed, executor::pack(*complete));
}

int check(const Options& options)
{
    const auto file = env::read_file(options.input, executor::kCodeBytesMax);
    if (!file)
        return say(kUnread, file.error().words);
    const auto wasm = executor::unpack(*file);
    if (!wasm)
        return say(kRefused, options.input + ": " + std::string(executor::words(wasm.error())));
    const auto host = host::host_table();
    const executor::Rules rules{
        .floats = false, .memory_grow = false, .host = host.get(), .heap_pages = options.heap_pages};
    const auto shape = executor::inspect(*wasm, rules);
    if (!shape)
        return say(kRefused, options.input + ": " + executor::words(shape.error()));
    std::printf("%s: %zu bytes, %u functions, %llu instructions, %zu imports, %zu exports, heap from %u\n",
                options.input.c_str(), wasm->size(), shape->functions,
                static_cast<unsigned long long>(shape->instructions), shape->imports.size(), shape->exports.size(),
                shape->heap_base);
    const bool writes = !options.output.empty() || !options.compressed.empty();
    return writes ? write(options, *wasm, rules) : int{kAccepted};
}

} // namespace

int main(int count, char** arguments)
{
    CLI::App app{"Checks that a Wasm binary is a runtime: WebAssembly 1.0, no floats, this chain's host functions only",
                 "wasmcheck"};
    Options options;
    app.add_option("wasm", options.input, "The binary, packed or not")->required();
    app.add_option("--heap-pages", options.heap_pages, "Pages of heap that the memory's maximum must leave");
    app.add_option("-o,--output", options.output,
                   "Write the accepted binary here, with custom sections and metadata hash");
    app.add_option("--compressed", options.compressed, "The same, packed: what :code holds and upgrades bring");
    try
    {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error)
    {
        return app.exit(error) == 0 ? kAccepted : kUnread;
    }
    return check(options);
}
