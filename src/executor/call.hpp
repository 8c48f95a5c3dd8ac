#pragma once

#include "executor/engine.hpp"

#include <expected>

/// What all engines share: reading the binary, passing input and output.
namespace executor {

struct Prepared
{
    Shape shape;
    Bytes code; ///< as prepare() returns it
};

/// inspect() and prepare(), with their errors in one.
std::expected<Prepared, CompileError> prepare_module(ByteView code, const CompileOptions& options);

/// Whether the module has that entry point with Substrate's type (i32, i32) -> i64.
bool has_entry_point(const Shape& shape, std::string_view name);

/// Copies the input into the instance, runs `invoke(pointer, size)` and copies the output.
template <typename Invoke>
std::expected<Bytes, Trap> pass_bytes(Caller& caller, ByteView input, const Invoke& invoke)
{
    const auto given = caller.give(input);
    if (!given)
        return std::unexpected(given.error());
    const std::expected<uint64_t, Trap> result = invoke(uint32_t(*given), uint32_t(*given >> 32));
    if (!result)
        return std::unexpected(result.error());
    const auto output = caller.at(*result);
    if (!output)
        return std::unexpected(output.error());
    return Bytes(output->begin(), output->end());
}

} // namespace executor
