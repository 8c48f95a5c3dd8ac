#include "executor/trap.hpp"

#include "base/invariant.hpp"

namespace executor {

std::string_view name(TrapCode code)
{
    switch (code)
    {
    case TrapCode::unreachable:
        return "unreachable";
    case TrapCode::memory_out_of_bounds:
        return "memory_out_of_bounds";
    case TrapCode::table_out_of_bounds:
        return "table_out_of_bounds";
    case TrapCode::null_function:
        return "null_function";
    case TrapCode::signature:
        return "signature";
    case TrapCode::division_by_zero:
        return "division_by_zero";
    case TrapCode::integer_overflow:
        return "integer_overflow";
    case TrapCode::bad_conversion:
        return "bad_conversion";
    case TrapCode::stack_exhausted:
        return "stack_exhausted";
    case TrapCode::interrupted:
        return "interrupted";
    case TrapCode::missing_import:
        return "missing_import";
    case TrapCode::missing_export:
        return "missing_export";
    case TrapCode::bad_pointer:
        return "bad_pointer";
    case TrapCode::out_of_memory:
        return "out_of_memory";
    case TrapCode::allocation_too_large:
        return "allocation_too_large";
    case TrapCode::heap_corrupt:
        return "heap_corrupt";
    case TrapCode::host:
        return "host";
    case TrapCode::storage:
        return "storage";
    case TrapCode::engine:
        return "engine";
    }
    base::invariant(false);
    return {};
}

} // namespace executor
