// wasmcheck: is this Wasm binary a runtime that every client of the chain can run?  Exit code 0 yes, 1 no, 2 not read.
// With -o it also writes the binary with its custom sections, compressed if asked for: what the chain stores.
#include "env/file.hpp"
#include "executor/blob.hpp"
#include "executor/inspect.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace {

using base::Bytes;

constexpr uint32_t kMode = 0644;
constexpr uint64_t kSectionBytesMax = 1 << 20;
constexpr uint64_t kImportsBytesMax = 1 << 20;

enum Exit
{
    kAccepted = 0,
    kRefused = 1,
    kUnread = 2,
};

struct Options
{
    std::string input, output;
    std::string version_section, apis_section;
    std::string imports;
    uint32_t heap_pages = executor::kHeapPagesDefault;
    bool compress = false;
};

int say(Exit code, const std::string& words)
{
    std::fprintf(stderr, "wasmcheck: %s\n", words.c_str());
    return code;
}

/// The names in a text file, one a line.
std::vector<std::string> lines(const Bytes& text)
{
    std::vector<std::string> all;
    std::string line;
    for (const auto byte : text)
        if (byte != '\n')
            line += char(byte);
        else if (!line.empty())
            all.push_back(std::exchange(line, {}));
    if (!line.empty())
        all.push_back(line);
    return all;
}

/// Without an allow-list, whatever calls itself a host function passes.
const std::string* stranger(const executor::Shape& shape)
{
    for (const auto& import : shape.imports)
        if (!import.name.starts_with("ext_"))
            return &import.name;
    return nullptr;
}

std::expected<Bytes, std::string> with_section(const Bytes& wasm, const char* name, const std::string& file)
{
    if (file.empty())
        return wasm;
    const auto content = env::read_file(file, kSectionBytesMax);
    if (!content)
        return std::unexpected(content.error().words);
    auto written = executor::with_custom_section(wasm, name, *content);
    if (!written)
        return std::unexpected(std::string("the binary is damaged"));
    return std::move(*written);
}

int write(const Options& options, const Bytes& wasm)
{
    auto versioned = with_section(wasm, "runtime_version", options.version_section);
    if (!versioned)
        return say(kUnread, versioned.error());
    auto complete = with_section(*versioned, "runtime_apis", options.apis_section);
    if (!complete)
        return say(kUnread, complete.error());
    const auto stored = options.compress ? executor::pack(*complete) : *complete;
    const base::ByteView parts[] = {stored};
    if (const auto done = env::write_file(options.output, parts, kMode); !done)
        return say(kUnread, done.error().words);
    std::printf("%s: %zu bytes, from %zu\n", options.output.c_str(), stored.size(), wasm.size());
    return kAccepted;
}

int check(const Options& options)
{
    const auto file = env::read_file(options.input, executor::kCodeBytesMax);
    if (!file)
        return say(kUnread, file.error().words);
    const auto wasm = executor::unpack(*file);
    if (!wasm)
        return say(kRefused, options.input + ": " + std::string(executor::words(wasm.error())));
    executor::Rules rules{.floats = false, .memory_grow = false, .imports = {}, .heap_pages = options.heap_pages};
    if (!options.imports.empty())
    {
        const auto allowed = env::read_file(options.imports, kImportsBytesMax);
        if (!allowed)
            return say(kUnread, allowed.error().words);
        rules.imports = lines(*allowed);
    }
    const auto shape = executor::inspect(*wasm, rules);
    if (!shape)
        return say(kRefused, options.input + ": " + executor::words(shape.error()));
    if (const auto* const name = stranger(*shape); name && !rules.imports)
        return say(kRefused, options.input + ": import of " + *name + ", which is no host function's name (ext_…)");
    std::printf("%s: %zu bytes, %u functions, %llu instructions, %zu imports, %zu exports, heap from %u\n",
                options.input.c_str(), wasm->size(), shape->functions,
                static_cast<unsigned long long>(shape->instructions), shape->imports.size(), shape->exports.size(),
                shape->heap_base);
    return options.output.empty() ? int{kAccepted} : write(options, *wasm);
}

} // namespace

int main(int count, char** arguments)
{
    CLI::App app{"Checks that a Wasm binary is a runtime: WebAssembly 1.0, no floats, host functions only",
                 "wasmcheck"};
    Options options;
    app.add_option("wasm", options.input, "The binary, packed or not")->required();
    app.add_option("--imports", options.imports, "Host functions that may be imported, one name a line");
    app.add_option("--heap-pages", options.heap_pages, "Pages of heap that the memory's maximum must leave");
    auto* const output = app.add_option("-o,--output", options.output, "Write the accepted binary here");
    app.add_option("--version-section", options.version_section, "Content of the custom section runtime_version")
        ->needs(output);
    app.add_option("--apis-section", options.apis_section, "Content of the custom section runtime_apis")->needs(output);
    app.add_flag("--compress", options.compress, "Write it packed, as :code may hold it")->needs(output);
    try
    {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error)
    {
        return app.exit(error) == 0 ? kAccepted : kUnread;
    }
    return check(options);
}
