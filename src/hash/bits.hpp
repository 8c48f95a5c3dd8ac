#pragma once

#include "base/bytes.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hash {

using base::ByteView;

/// A hash value of n bits. Bits<256> is base::Digest.
template <size_t n>
using Bits = std::array<uint8_t, n / 8>;

/// What is hashed: bytes, or text, which needs no cast and so can be hashed while compiling.
template <class C>
concept Octet = std::same_as<C, uint8_t> || std::same_as<C, char>;

namespace detail {

// Written byte by byte: works while compiling, and the optimiser makes one load of it.
template <std::unsigned_integral T, Octet C>
constexpr T load_le(const C* at)
{
    T value = 0;
    for (size_t i = 0; i != sizeof(T); ++i)
        value = T(value | T(T(uint8_t(at[i])) << (8 * i)));
    return value;
}

template <std::unsigned_integral T>
constexpr void store_le(T value, uint8_t* at)
{
    for (size_t i = 0; i != sizeof(T); ++i)
        at[i] = uint8_t(value >> (8 * i));
}

/// Cuts a stream into blocks for `absorb(block)`. With `kKeepLast` a full block waits until more bytes follow, for
/// hashes that mark their last block (BLAKE2).
template <size_t kBlock, bool kKeepLast = false>
class Blocks
{
public:
    template <Octet C, class Absorb>
    constexpr void update(std::span<const C> bytes, Absorb absorb)
    {
        const C* at = bytes.data();
        size_t left = bytes.size();
        while (left != 0)
        {
            if (held_ == kBlock)
            {
                absorb(buffer_.data());
                held_ = 0;
            }
            for (; held_ == 0 && left >= kBlock + kKeepLast; at += kBlock, left -= kBlock)
                absorb(at);
            for (; held_ != kBlock && left != 0; --left)
                buffer_[held_++] = uint8_t(*at++);
            if (!kKeepLast && held_ == kBlock)
            {
                absorb(buffer_.data());
                held_ = 0;
            }
        }
    }

    /// The bytes that fill no block, and zeros after them.
    constexpr std::array<uint8_t, kBlock> rest() const
    {
        auto block = buffer_;
        for (size_t i = held_; i != kBlock; ++i)
            block[i] = 0;
        return block;
    }
    constexpr size_t held() const { return held_; }

private:
    std::array<uint8_t, kBlock> buffer_{};
    size_t held_ = 0;
};

} // namespace detail
} // namespace hash
