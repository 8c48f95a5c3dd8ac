#pragma once

#include "executor/binary.hpp"
#include "executor/code_bounds.hpp"
#include "executor/inspect.hpp"
#include "executor/opcode.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

/// The inside of function bodies, for inspect().
namespace executor {

struct BodyRules
{
    bool floats;
    bool memory_grow;
    uint32_t params; ///< of the function; they are locals too
};

struct BodyWalked
{
    uint64_t instructions;
    uint64_t flow;   ///< see kFunctionFlowMax
    uint64_t spread; ///< see kFunctionSpreadMax
};

/// Reads the locals and instructions of one body.
///
/// Errors  malformed, later_version, floats, memory_grow, too_complex: the first in order
/// Bound   no recursion, no memory: blocks are counted
std::expected<BodyWalked, InspectError> walk_body(BinaryReader body, const BodyRules& rules);

/// The number type of that byte, if it is one of WebAssembly 1.0.
std::optional<ValueType> number_type(uint8_t byte);

constexpr bool is_float(ValueType type) { return type == ValueType::f32 || type == ValueType::f64; }

/// The name of a type that later versions added; empty for bytes that are no type.
std::string later_type(uint8_t byte);

} // namespace executor
