#include "executor/inspect.hpp"

#include "base/invariant.hpp"

namespace executor {
namespace {

std::string_view section_name(Section section)
{
    constexpr std::string_view kNames[] = {"custom", "type",   "import", "function", "table", "memory",
                                           "global", "export", "start",  "element",  "code",  "data"};
    return section == Section::none ? std::string_view{} : kNames[size_t(section)];
}

std::string_view reason(Refusal why)
{
    switch (why)
    {
    case Refusal::not_wasm:
        return "not a WebAssembly 1 binary: decompress it first, or build it again";
    case Refusal::malformed:
        return "damaged: build it again";
    case Refusal::too_large:
        return "more than 50 MiB: make the runtime smaller";
    case Refusal::later_version:
        return "not WebAssembly 1.0: compile with -mcpu=mvp and link no library that was not";
    case Refusal::floats:
        return "floating point: compute in integers";
    case Refusal::foreign_import:
        return "import of something that is not a function or the memory of env: link without it";
    case Refusal::import_not_allowed:
        return "import of a function that the host does not offer: check the declaration's name";
    case Refusal::import_type:
        return "import of a host function under another signature: correct its declaration";
    case Refusal::import_twice:
        return "one function imported under two types: make its declarations agree";
    case Refusal::memory_missing:
        return "no memory: link with --import-memory";
    case Refusal::memory_twice:
        return "memory both imported and exported: link with --import-memory alone";
    case Refusal::memory_grow:
        return "memory.grow: allocate through the host only";
    case Refusal::memory_max:
        return "the memory's maximum leaves too little heap: link without --max-memory";
    case Refusal::heap_base:
        return "no constant i32 global __heap_base: link with --export=__heap_base";
    case Refusal::too_complex:
        return "too much for a compiler: split the function or the module";
    case Refusal::start_function:
        return "a start function: compile with -Werror=global-constructors";
    }
    base::invariant(false);
    return {};
}

} // namespace

std::string above(std::string_view what, uint64_t most)
{
    return std::string(what) + ": more than " + std::to_string(most);
}

std::string words(const InspectError& error)
{
    std::string line(reason(error.why));
    if (!error.name.empty())
        line += " (" + error.name + ")";
    line += ", at byte " + std::to_string(error.offset);
    if (error.section != Section::none)
        line += " in the " + std::string(section_name(error.section)) + " section";
    return line;
}

} // namespace executor
