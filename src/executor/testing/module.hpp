#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace executor::testing {

base::Bytes repeated(const base::Bytes& part, size_t count);

/// A function's body: its locals, all i32, in groups of these sizes; its instructions; the end.
base::Bytes body(const base::Bytes& instructions, const std::vector<uint32_t>& locals = {});

/// How many of each thing a module has, beside its memory and __heap_base.
struct Parts
{
    std::vector<base::Bytes> bodies; ///< of the first type
    uint32_t types = 1;
    uint32_t params = 0; ///< of the first type, i32
    uint32_t imports = 0;
    uint32_t globals = 1;
    uint32_t exports = 2;
    uint32_t table = 0;    ///< elements; 0: no table
    uint32_t segments = 0; ///< of elements, each with `elements` of the first function
    uint32_t elements = 0;
    uint32_t data = 0;       ///< empty segments
    uint32_t name_bytes = 0; ///< of the import or, without one, of the first export; 0: short ones
};

/// The binary: what the text format makes only slowly, or not at all.
base::Bytes module(const Parts& parts);

} // namespace executor::testing
