#pragma once

#include "executor/inspect.hpp"

#include <cstdint>
#include <expected>
#include <string>

namespace executor {

/// The same module as both engines take it: the memory is its own, exported as `memory`, with its size fixed.
///
/// An imported memory becomes a defined one, so that the engine can restore it copy-on-write; minimum and maximum are
/// both the declared minimum plus `heap_pages`, so that memory.grow fails and pointers into the memory stay valid.
/// Custom sections are dropped. Substrate's executor does the same with its static heap.
///
/// Caller   `shape` is inspect()'s of `code`
/// Errors   the pages sum to more than kMemoryPagesMax: the sentence says so
/// Cost     one copy
std::expected<Bytes, std::string> prepare(ByteView code, const Shape& shape, uint32_t heap_pages);

/// Pages of the memory that prepare() declares.
uint64_t memory_pages(const Shape& shape, uint32_t heap_pages);

} // namespace executor
