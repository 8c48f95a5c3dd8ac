#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace executor {

/// Why a call into a runtime ended without a result. Untrusted code can reach every case but `engine`.
/// Both engines report the same code for the same program.
enum class TrapCode : uint8_t
{
    unreachable,          ///< the `unreachable` instruction: a panic of the runtime
    memory_out_of_bounds, ///< a load, store or data segment outside the memory
    table_out_of_bounds,  ///< an indirect call or element segment outside the table
    null_function,        ///< an indirect call through an empty table entry
    signature,            ///< an indirect call to a function of another type
    division_by_zero,     ///< integer division or remainder by 0
    integer_overflow,     ///< INT_MIN / -1, or a float outside the integer's range
    bad_conversion,       ///< NaN to an integer
    stack_exhausted,      ///< recursion deeper than the engine's stack
    interrupted,          ///< the deadline of CallOptions passed
    missing_import,       ///< called a function that the host does not have under that name and type
    missing_export,       ///< the entry point does not exist or is not (i32, i32) -> i64
    bad_pointer,          ///< a pointer and length given to the host, or returned, reach outside the memory
    out_of_memory,        ///< the heap is used up
    allocation_too_large, ///< more than kAllocationBytesMax in one allocation
    heap_corrupt,         ///< the allocator's headers inside the memory are not what the allocator wrote
    host,                 ///< a host function refused: detail is its message
    storage,              ///< the state that the call needs cannot be read
    engine,               ///< the engine itself failed, such as no address space for an instance
};

struct Trap
{
    TrapCode code;
    std::string detail; ///< one line for people, such as the name of the missing import; may be empty

    friend bool operator==(const Trap&, const Trap&) = default;
};

/// The name of the case, as written above.
std::string_view name(TrapCode code);

inline std::unexpected<Trap> trap(TrapCode code, std::string detail = {})
{
    return std::unexpected(Trap{code, std::move(detail)});
}

} // namespace executor
