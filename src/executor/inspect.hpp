#pragma once

#include "executor/host.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace executor {

/// Sections of a Wasm binary, by their id.
enum class Section : uint8_t
{
    custom = 0,
    type = 1,
    import = 2,
    function = 3,
    table = 4,
    memory = 5,
    global = 6,
    exported = 7,
    start = 8,
    element = 9,
    code = 10,
    data = 11,
    none = 255, ///< outside any section
};

/// Why a binary is not a runtime that every client of the chain can run. Untrusted bytes can reach every case.
enum class Refusal : uint8_t
{
    not_wasm,           ///< not the magic of Wasm, or not version 1
    malformed,          ///< cut short, a bad number, sections out of order, an index beyond its space
    too_large,          ///< more than kCodeBytesMax bytes
    later_version,      ///< an instruction or feature that WebAssembly 1.0 does not have
    floats,             ///< a floating-point type or instruction
    foreign_import,     ///< an import that is not a function or the memory of module `env`
    import_not_allowed, ///< a function that the host table lacks
    import_type,        ///< a function of the host table under another signature
    import_twice,       ///< one function imported under two types
    memory_missing,     ///< neither imported as env.memory nor exported as memory
    memory_twice,       ///< imported and exported
    memory_grow,        ///< the instruction memory.grow
    memory_max,         ///< the memory's maximum leaves no room for the heap
    heap_base,          ///< no exported constant i32 global __heap_base
    start_function,     ///< a start function
    too_complex,        ///< above a bound of code_bounds.hpp
};

struct InspectError
{
    Refusal why;
    Section section = Section::none;
    uint64_t offset = 0; ///< in the file, of the first byte at fault
    std::string name;    ///< of the instruction, import or export at fault; may be empty

    friend bool operator==(const InspectError&, const InspectError&) = default;
};

/// For InspectError::name: "locals: more than 2048".
std::string above(std::string_view what, uint64_t most);

/// One line: what is wrong, where, and what to do.
std::string words(const InspectError& error);

inline constexpr uint64_t kCodeBytesMax = 50ull << 20;
inline constexpr uint64_t kPageBytes = 65536;
inline constexpr uint32_t kHeapPagesDefault = 2048; ///< 128 MiB
inline constexpr uint32_t kMemoryPagesMax = 65536;  ///< 4 GiB, the most that 32 bits address

/// Which binaries pass. What no engine or client takes is always refused; these say how much more.
struct Rules
{
    bool floats = true;                 ///< allowed
    bool memory_grow = true;            ///< allowed
    const HostTable* host = nullptr;    ///< imports are of this table, under its signatures; null: anything of env
    std::optional<uint32_t> heap_pages; ///< the memory's maximum must leave this many above __heap_base
};

/// The rules of docs/specs/runtime-code.md, by which a chain takes new code: never changed, for nodes of all releases
/// must agree. Other rules are another set, under another name.
inline constexpr Rules kRuleSet1{
    .floats = false, .memory_grow = false, .host = nullptr, .heap_pages = kHeapPagesDefault};

struct ImportedFunction
{
    std::string name;
    FunctionType type;
};

struct ExportedFunction
{
    std::string name;
    FunctionType type;
};

/// Where a section lies in the file.
struct SectionSpan
{
    Section id;
    uint64_t begin;   ///< of the id byte
    uint64_t content; ///< after id and size
    uint64_t end;
};

/// Where the import of env.memory lies in the file: module, name, kind and limits.
struct MemoryImport
{
    uint64_t begin;
    uint64_t end;
};

/// What a runtime binary declares.
struct Shape
{
    std::vector<ImportedFunction> imports; ///< in the order of their indices
    std::vector<ExportedFunction> exports;
    std::vector<SectionSpan> sections;
    std::optional<MemoryImport> memory_import;
    uint32_t import_count = 0; ///< entries of the import section, the memory included
    uint32_t memory_pages = 0; ///< declared minimum
    std::optional<uint32_t> memory_pages_max;
    uint32_t heap_base = 0;
    uint32_t functions = 0; ///< with a body
    uint64_t instructions = 0;
};

/// Reads a whole binary, every instruction included, and says whether it is a Substrate runtime in WebAssembly 1.0.
///
/// It does not check the types of the operands: the engine does when it compiles. What passes is within the bounds of
/// code_bounds.hpp, so that it compiles in bounded time.
///
/// Errors   the first fault in the order of the file, then those that need the whole file (memory, heap base)
/// Bound    memory linear in the input; no recursion
/// Cost     about 5 ns for each instruction
/// Source   WebAssembly 1.0, section 5; design/chain.md, section 1.2
std::expected<Shape, InspectError> inspect(ByteView code, const Rules& rules);

} // namespace executor
