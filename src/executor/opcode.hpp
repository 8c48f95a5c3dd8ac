#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace executor {

/// What follows an opcode of WebAssembly 1.0 (MVP).
enum class Immediate : uint8_t
{
    none,
    block,         ///< a block type: empty or one number type
    loop,          ///< the same
    label,         ///< one label
    index,         ///< one index: function, local or global
    labels,        ///< br_table: labels and a default
    call_indirect, ///< a type and the reserved table byte
    memory_access, ///< alignment and offset
    memory,        ///< the reserved memory byte
    i32,
    i64,
    f32,
    f64,
};

struct Opcode
{
    std::string_view name; ///< empty: not an opcode of the MVP
    Immediate immediate = Immediate::none;
    bool floats = false; ///< takes or gives f32 or f64
};

/// The MVP's opcode of that byte.
///
/// Source  WebAssembly 1.0, section 5.4
const Opcode& opcode(uint8_t byte);

/// The name of an instruction that later versions of WebAssembly added; for messages.
///
/// second  the number after a prefix byte (0xFC); anything for others
std::string later_opcode(uint8_t byte, uint32_t second);

} // namespace executor
