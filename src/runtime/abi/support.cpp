/// What libc and libc++abi would bring, for WebAssembly: memory functions, operator new and delete, the ends of the
/// world. Compiled without builtins, or the loops below would become calls of themselves.
#include "runtime/abi/imports.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <source_location>
#include <string>

namespace {

/// Small blocks are cut from chunks and reused by size class, in the runtime's own memory: a call of the host's
/// allocator costs more than most of what the runtime does with the memory. The instance is thrown away after each
/// call, so chunks are never given back.
constexpr uint32_t kHeader = 8;  ///< in front of each block: its class; keeps blocks on 8 bytes as the host's are
constexpr uint32_t kClasses = 9; ///< blocks of 16 · 2ⁱ bytes, header included
constexpr uint32_t kFromHost = kClasses;
constexpr uint32_t kChunk = 64 * 1024;

struct Free
{
    Free* next;
};

/// `not_zero` keeps the state out of the zero-initialised data: over an imported memory the linker clears that in a
/// start function, by memory.fill, and hosts accept neither.
struct State
{
    uint32_t not_zero = 1;
    Free* lists[kClasses]{};
    unsigned char* chunk = nullptr;
    uint32_t left = 0; ///< of the chunk
};
constinit State state;

unsigned char* host_block(uint32_t size)
{
    const auto at = runtime::abi::ext_allocator_malloc_version_1(size);
    return reinterpret_cast<unsigned char*>(uintptr_t(at));
}

uint32_t class_of(uint32_t size)
{
    const uint32_t whole = size + kHeader;
    return whole <= 16 ? 0 : 32 - uint32_t(__builtin_clz(whole - 1)) - 4;
}

void* allocate(size_t size)
{
    const uint32_t kind = size > kChunk ? kFromHost : class_of(uint32_t(size));
    unsigned char* block = nullptr;
    if (kind >= kFromHost)
        block = host_block(uint32_t(size) + kHeader);
    else if (state.lists[kind] != nullptr)
    {
        auto* reused = state.lists[kind];
        state.lists[kind] = reused->next;
        return reused;
    }
    else
    {
        const uint32_t whole = 16u << kind;
        if (state.left < whole)
        {
            state.chunk = host_block(kChunk);
            state.left = kChunk;
        }
        block = state.chunk;
        state.chunk += whole;
        state.left -= whole;
    }
    *reinterpret_cast<uint32_t*>(block) = kind < kFromHost ? kind : kFromHost;
    return block + kHeader;
}

void release(void* at)
{
    if (at == nullptr)
        return;
    auto* block = static_cast<unsigned char*>(at) - kHeader;
    const uint32_t kind = *reinterpret_cast<uint32_t*>(block);
    if (kind == kFromHost)
        return runtime::abi::ext_allocator_free_version_1(uint32_t(reinterpret_cast<uintptr_t>(block)));
    auto* freed = static_cast<Free*>(at);
    freed->next = state.lists[kind];
    state.lists[kind] = freed;
}

} // namespace

extern "C" {

void* memcpy(void* __restrict to, const void* __restrict from, size_t size)
{
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    for (; size >= 8; out += 8, in += 8, size -= 8)
    {
        uint64_t word;
        __builtin_memcpy_inline(&word, in, 8);
        __builtin_memcpy_inline(out, &word, 8);
    }
    while (size-- != 0)
        *out++ = *in++;
    return to;
}

void* memmove(void* to, const void* from, size_t size)
{
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    if (out <= in || out >= in + size)
        return memcpy(to, from, size);
    while (size-- != 0)
        out[size] = in[size];
    return to;
}

void* memset(void* to, int value, size_t size)
{
    auto* out = static_cast<unsigned char*>(to);
    const uint64_t word = uint64_t(uint8_t(value)) * 0x0101010101010101;
    for (; size >= 8; out += 8, size -= 8)
        __builtin_memcpy_inline(out, &word, 8);
    while (size-- != 0)
        *out++ = uint8_t(value);
    return to;
}

int memcmp(const void* left_bytes, const void* right_bytes, size_t size)
{
    const auto* a = static_cast<const unsigned char*>(left_bytes);
    const auto* b = static_cast<const unsigned char*>(right_bytes);
    for (; size-- != 0; ++a, ++b)
        if (*a != *b)
            return *a - *b;
    return 0;
}

size_t strlen(const char* text)
{
    size_t size = 0;
    while (text[size] != 0)
        ++size;
    return size;
}

void* memchr(const void* bytes, int value, size_t size)
{
    const auto* at = static_cast<const unsigned char*>(bytes);
    for (; size-- != 0; ++at)
        if (*at == uint8_t(value))
            return const_cast<unsigned char*>(at);
    return nullptr;
}

wchar_t* wmemchr(const wchar_t* at, wchar_t value, size_t size)
{
    for (; size-- != 0; ++at)
        if (*at == value)
            return const_cast<wchar_t*>(at);
    return nullptr;
}

[[noreturn]] void abort() { __builtin_trap(); }
[[noreturn]] void __cxa_pure_virtual() { __builtin_trap(); }
}

void* operator new(size_t size) { return allocate(size); }
void* operator new[](size_t size) { return allocate(size); }
void operator delete(void* at) noexcept { release(at); }
void operator delete(void* at, size_t) noexcept { release(at); }
void operator delete[](void* at) noexcept { release(at); }
void operator delete[](void* at, size_t) noexcept { release(at); }

namespace base {
[[noreturn]] void stop(std::source_location) { __builtin_trap(); }
} // namespace base

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { __builtin_trap(); }
// libc++ declares it as instantiated in its archive, which is not MVP.
template class basic_string<char>;
_LIBCPP_END_NAMESPACE_STD
