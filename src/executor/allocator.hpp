#pragma once

#include "executor/trap.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <span>

namespace executor {

inline constexpr uint32_t kAllocationBytesMin = 8;
inline constexpr uint32_t kAllocationBytesMax = 32u << 20;

/// Substrate's freeing-bump allocator over a runtime's linear memory.
///
/// A block is an 8-byte header and 2ᵏ bytes, 8 ≤ 2ᵏ ≤ 32 MiB: k − 3 is its order. New blocks are cut from the end of
/// the used heap; a freed block goes to the front of its order's list and is handed out again first.
///
/// Header, little-endian, in the runtime's own memory:
///     in use   order | 1 << 32
///     free     offset of the next free header of the order, or 0xFFFFFFFF
///
/// Holds    pointers depend on the calls alone, so every node hands out the same ones
/// Errors   out_of_memory, allocation_too_large, heap_corrupt. The runtime can overwrite any header; no header is
///          believed further than that. After an error every call fails with heap_corrupt (Substrate: poisoned).
/// Cost     a few loads and stores; no host memory beyond the 23 list heads
/// Source   Polkadot specification, "Memory Allocator"; sc-allocator, freeing_bump
class Allocator
{
public:
    /// The heap is everything from heap_base, rounded up to 8, to the end of `memory` (Substrate: 16 pages and more).
    explicit Allocator(uint32_t heap_base);

    /// Offset of `size` bytes, a multiple of 8. Their content is whatever the memory held. Size 0 takes a block too.
    std::expected<uint32_t, Trap> allocate(std::span<uint8_t> memory, uint32_t size);

    /// Gives back what allocate() returned.
    std::expected<void, Trap> free(std::span<uint8_t> memory, uint32_t pointer);

    /// End of the used heap: the most memory that this allocator ever reached, in bytes from 0.
    uint64_t reached() const { return bump_; }

private:
    static constexpr size_t kOrders = 23;
    static constexpr uint32_t kNone = 0xFFFF'FFFF;

    std::expected<uint32_t, Trap> take(std::span<uint8_t> memory, size_t order);

    std::array<uint32_t, kOrders> free_;
    uint64_t bump_;
    bool poisoned_ = false;
};

} // namespace executor
