#include "executor/allocator.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <vector>

namespace executor {
namespace {

constexpr uint32_t kBase = 1000; // not a multiple of 8

std::vector<uint8_t> memory_of(size_t size) { return std::vector<uint8_t>(size); }

TEST(Allocator, blocks_are_cut_one_after_the_other_after_their_headers)
{
    auto memory = memory_of(65536);
    Allocator heap(kBase);
    EXPECT_EQ(heap.allocate(memory, 0), 1008u) << "an empty block takes the smallest one";
    EXPECT_EQ(heap.allocate(memory, 1), 1024u);
    EXPECT_EQ(heap.allocate(memory, 8), 1040u);
    EXPECT_EQ(heap.allocate(memory, 9), 1056u);
    EXPECT_EQ(heap.allocate(memory, 17), 1080u);
    EXPECT_EQ(heap.allocate(memory, 8), 1120u);
    EXPECT_EQ(heap.reached(), 1128u);
}

// The expectations of Substrate's own unit tests of its freeing-bump allocator, restated.
TEST(Allocator, the_block_freed_last_is_given_first)
{
    auto memory = memory_of(65536);
    Allocator heap(0);
    const auto a = heap.allocate(memory, 8), b = heap.allocate(memory, 8), c = heap.allocate(memory, 8);
    ASSERT_EQ(a, 8u);
    ASSERT_EQ(b, 24u);
    ASSERT_EQ(c, 40u);
    EXPECT_TRUE(heap.free(memory, *a));
    EXPECT_TRUE(heap.free(memory, *b));
    EXPECT_TRUE(heap.free(memory, *c));
    EXPECT_EQ(heap.allocate(memory, 8), c);
    EXPECT_EQ(heap.allocate(memory, 5), b);
    EXPECT_EQ(heap.allocate(memory, 8), a);
    EXPECT_EQ(heap.allocate(memory, 8), 56u);
}

TEST(Allocator, headers_are_those_of_the_specification)
{
    auto memory = memory_of(65536);
    Allocator heap(0);
    const auto word = [&](size_t at) {
        uint64_t value = 0;
        std::memcpy(&value, memory.data() + at, 8);
        return value;
    };
    const auto a = heap.allocate(memory, 100), b = heap.allocate(memory, 128);
    EXPECT_EQ(word(*a - 8), 0x1'0000'0004u) << "in use, order 4: 128 bytes";
    EXPECT_TRUE(heap.free(memory, *a));
    EXPECT_EQ(word(*a - 8), 0xFFFF'FFFFu) << "free, the last of its list";
    EXPECT_TRUE(heap.free(memory, *b));
    EXPECT_EQ(word(*b - 8), *a - 8) << "free, the other one behind it";
}

TEST(Allocator, one_allocation_is_at_most_32_MiB)
{
    auto memory = memory_of(80u << 20);
    Allocator heap(0);
    EXPECT_EQ(heap.allocate(memory, kAllocationBytesMax), 8u);
    const auto larger = heap.allocate(memory, kAllocationBytesMax + 1);
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().code, TrapCode::allocation_too_large);
    EXPECT_EQ(heap.allocate(memory, 8).error().code, TrapCode::heap_corrupt) << "poisoned by the error before";
}

TEST(Allocator, a_block_may_end_with_the_memory_and_not_one_byte_later)
{
    auto memory = memory_of(65536 + 8);
    Allocator exact(0), over(8);
    EXPECT_EQ(exact.allocate(memory, 65536), 8u);
    const auto refused = over.allocate(memory, 65536);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, TrapCode::out_of_memory);
}

TEST(Allocator, a_heap_base_at_the_end_of_32_bits_leaves_no_heap)
{
    auto memory = memory_of(65536);
    Allocator heap(0xFFFF'FFFF);
    EXPECT_EQ(heap.allocate(memory, 1).error().code, TrapCode::out_of_memory);
}

TEST(Allocator, what_was_not_allocated_is_not_freed)
{
    for (const uint32_t pointer : {0u, 7u, 8u, 4096u, 65536u, 65537u, 0xFFFF'FFFFu})
    {
        auto memory = memory_of(65536);
        Allocator heap(0);
        ASSERT_TRUE(heap.allocate(memory, 64));
        memory[0] = 0; // the header of the only block, so that 8 is none either
        std::memset(memory.data(), 0, 8);
        EXPECT_EQ(heap.free(memory, pointer).error().code, TrapCode::heap_corrupt) << pointer;
    }
    auto memory = memory_of(65536);
    Allocator heap(0);
    const auto block = heap.allocate(memory, 64);
    EXPECT_TRUE(heap.free(memory, *block));
    EXPECT_EQ(heap.free(memory, *block).error().code, TrapCode::heap_corrupt) << "twice";
}

TEST(Allocator, a_header_that_the_runtime_wrote_is_not_believed)
{
    const auto after_free = [](uint64_t header) {
        auto memory = memory_of(65536);
        Allocator heap(0);
        const auto block = heap.allocate(memory, 8);
        EXPECT_TRUE(heap.free(memory, *block));
        std::memcpy(memory.data() + *block - 8, &header, 8);
        EXPECT_EQ(heap.allocate(memory, 8), block) << "the block itself is still the head of the list";
        return heap.allocate(memory, 8);
    };
    EXPECT_EQ(after_free(65536 - 8).error().code, TrapCode::heap_corrupt) << "block beyond the memory";
    EXPECT_EQ(after_free(0xFFFF'FFF0).error().code, TrapCode::heap_corrupt);
    EXPECT_EQ(after_free(0).error().code, TrapCode::heap_corrupt) << "leads to a block in use";
    EXPECT_EQ(after_free(65536 - 16), 65536u - 8) << "inside the memory: harms the runtime alone";

    auto memory = memory_of(65536);
    Allocator marked(0);
    const auto block = marked.allocate(memory, 8);
    EXPECT_TRUE(marked.free(memory, *block));
    memory[*block - 8 + 4] = 1; // "in use"
    EXPECT_EQ(marked.allocate(memory, 8).error().code, TrapCode::heap_corrupt);

    for (const uint64_t order : {23u, 24u, 0xFFFF'FFFFu})
    {
        Allocator heap(0);
        const auto wrong = heap.allocate(memory, 8);
        const uint64_t header = uint64_t{1} << 32 | order;
        std::memcpy(memory.data() + *wrong - 8, &header, 8);
        EXPECT_EQ(heap.free(memory, *wrong).error().code, TrapCode::heap_corrupt);
    }
}

/// Random allocations and frees against a plain list of what is held: blocks never overlap, keep their content, are
/// large enough, aligned, and inside the memory.
TEST(Allocator, blocks_in_use_never_overlap)
{
    std::mt19937 random(7);
    for (int round = 0; round != 20; ++round)
    {
        auto memory = memory_of(1 << 20);
        Allocator heap(uint32_t(random() % 5000));
        std::map<uint32_t, std::pair<uint32_t, uint8_t>> held; // pointer to size and filling
        for (int step = 0; step != 2000; ++step)
        {
            if (held.empty() || random() % 3 != 0)
            {
                const auto size = uint32_t(random() % (random() % 16 ? 100 : 5000));
                const auto pointer = heap.allocate(memory, size);
                if (!pointer)
                {
                    ASSERT_EQ(pointer.error().code, TrapCode::out_of_memory);
                    break;
                }
                ASSERT_EQ(*pointer % 8, 0u);
                ASSERT_LE(uint64_t{*pointer} + size, memory.size());
                const auto next = held.upper_bound(*pointer);
                ASSERT_TRUE(next == held.end() || *pointer + size <= next->first - 8);
                ASSERT_TRUE(next == held.begin() ||
                            std::prev(next)->first + std::prev(next)->second.first <= *pointer - 8);
                const auto fill = uint8_t(random());
                std::memset(memory.data() + *pointer, fill, size);
                held[*pointer] = {size, fill};
                continue;
            }
            const auto victim = std::next(held.begin(), long(random() % held.size()));
            const auto [size, fill] = victim->second;
            for (uint32_t i = 0; i != size; ++i)
                ASSERT_EQ(memory[victim->first + i], fill);
            ASSERT_TRUE(heap.free(memory, victim->first));
            held.erase(victim);
        }
    }
}

/// A runtime that writes anything anywhere between calls: every pointer still lies inside the memory.
TEST(Allocator, random_headers_never_lead_outside_the_memory)
{
    std::mt19937 random(11);
    for (int round = 0; round != 3000; ++round)
    {
        auto memory = memory_of(4096);
        Allocator heap(uint32_t(random() % 64));
        for (int step = 0; step != 60; ++step)
        {
            if (random() % 2)
                memory[random() % memory.size()] = uint8_t(random() % 4 ? random() % 24 : random());
            const auto size = uint32_t(1u << random() % 10);
            if (random() % 2)
            {
                const auto pointer = heap.allocate(memory, size);
                if (!pointer)
                    break;
                ASSERT_LE(uint64_t{*pointer} + size, memory.size());
                std::memset(memory.data() + *pointer, int(random()), size);
            }
            else if (!heap.free(memory, uint32_t(random() % 4200)))
                break;
        }
    }
}

} // namespace
} // namespace executor
