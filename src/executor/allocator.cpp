#include "executor/allocator.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace executor {
namespace {

constexpr uint64_t kHeaderBytes = 8;
constexpr uint64_t kInUse = uint64_t{1} << 32;

uint64_t load(std::span<const uint8_t> memory, uint64_t at)
{
    uint64_t value = 0;
    for (size_t i = 0; i != kHeaderBytes; ++i)
        value |= uint64_t{memory[at + i]} << (8 * i);
    return value;
}

void store(std::span<uint8_t> memory, uint64_t at, uint64_t value)
{
    for (size_t i = 0; i != kHeaderBytes; ++i)
        memory[at + i] = uint8_t(value >> (8 * i));
}

constexpr uint64_t block_bytes(size_t order) { return kHeaderBytes + (uint64_t{kAllocationBytesMin} << order); }

static_assert(block_bytes(22) == kHeaderBytes + kAllocationBytesMax);

} // namespace

Allocator::Allocator(uint32_t heap_base) : bump_((uint64_t{heap_base} + 7) / 8 * 8) { free_.fill(kNone); }

std::expected<uint32_t, Trap> Allocator::allocate(std::span<uint8_t> memory, uint32_t size)
{
    if (poisoned_)
        return trap(TrapCode::heap_corrupt, "the allocator failed before");
    poisoned_ = true;
    if (size > kAllocationBytesMax)
        return trap(TrapCode::allocation_too_large, std::to_string(size) + " bytes");
    const auto rounded = std::bit_ceil(std::max(size, kAllocationBytesMin));
    const auto order = size_t(std::countr_zero(rounded) - std::countr_zero(kAllocationBytesMin));
    const auto header = take(memory, order);
    if (!header)
        return header;
    store(memory, *header, kInUse | order);
    poisoned_ = false;
    return uint32_t(*header + kHeaderBytes);
}

std::expected<uint32_t, Trap> Allocator::take(std::span<uint8_t> memory, size_t order)
{
    if (const auto head = free_[order]; head != kNone)
    {
        // The link came out of the runtime's memory: the block must lie inside it and be marked free.
        if (head + block_bytes(order) > memory.size())
            return trap(TrapCode::heap_corrupt, "a free list leads outside the memory");
        const auto next = load(memory, head);
        if (next & kInUse)
            return trap(TrapCode::heap_corrupt, "a free list leads to a block in use");
        free_[order] = uint32_t(next);
        return head;
    }
    if (bump_ + block_bytes(order) > memory.size())
        return trap(TrapCode::out_of_memory, std::to_string(memory.size()) + " bytes of memory");
    const auto header = uint32_t(bump_);
    bump_ += block_bytes(order);
    return header;
}

std::expected<void, Trap> Allocator::free(std::span<uint8_t> memory, uint32_t pointer)
{
    if (poisoned_)
        return trap(TrapCode::heap_corrupt, "the allocator failed before");
    poisoned_ = true;
    if (pointer < kHeaderBytes || pointer > memory.size())
        return trap(TrapCode::heap_corrupt, "freed a pointer outside the memory");
    const auto header = uint32_t(pointer - kHeaderBytes);
    const auto content = load(memory, header);
    const auto order = uint32_t(content);
    if (!(content & kInUse))
        return trap(TrapCode::heap_corrupt, "freed a block that is not in use");
    if (order >= kOrders)
        return trap(TrapCode::heap_corrupt, "a header with an unknown order");
    store(memory, header, free_[order]);
    free_[order] = header;
    poisoned_ = false;
    return {};
}

} // namespace executor
