#pragma once

#include <cstdint>

namespace metadata {

/// Numbers are those of `TypeDefPrimitive`.
enum class Primitive : uint8_t
{
    boolean,
    character,
    text,
    u8,
    u16,
    u32,
    u64,
    u128,
    u256,
    i8,
    i16,
    i32,
    i64,
    i128,
    i256,
};

} // namespace metadata
