#pragma once

#include "hash/bits.hpp"

namespace hash {
namespace detail {

inline constexpr std::array<uint64_t, 5> kXxPrime{
    0x9e3779b185ebca87, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9, 0x85ebca77c2b2ae63, 0x27d4eb2f165667c5,
};

constexpr uint64_t xx_round(uint64_t lane, uint64_t word)
{
    return std::rotl(lane + word * kXxPrime[1], 31) * kXxPrime[0];
}

template <Octet C>
constexpr uint64_t xx_tail(uint64_t h, const C* at, size_t left)
{
    for (; left >= 8; at += 8, left -= 8)
        h = std::rotl(h ^ xx_round(0, load_le<uint64_t>(at)), 27) * kXxPrime[0] + kXxPrime[3];
    if (left >= 4)
    {
        h = std::rotl(h ^ load_le<uint32_t>(at) * kXxPrime[0], 23) * kXxPrime[1] + kXxPrime[2];
        at += 4;
        left -= 4;
    }
    for (; left != 0; ++at, --left)
        h = std::rotl(h ^ uint8_t(*at) * kXxPrime[4], 11) * kXxPrime[0];
    h = (h ^ h >> 33) * kXxPrime[1];
    h = (h ^ h >> 29) * kXxPrime[2];
    return h ^ h >> 32;
}

template <Octet C>
constexpr uint64_t xxh64(std::span<const C> bytes, uint64_t seed)
{
    const C* at = bytes.data();
    size_t left = bytes.size();
    uint64_t h = seed + kXxPrime[4];
    if (left >= 32)
    {
        uint64_t lane[4]{seed + kXxPrime[0] + kXxPrime[1], seed + kXxPrime[1], seed, seed - kXxPrime[0]};
        for (; left >= 32; at += 32, left -= 32)
            for (size_t i = 0; i != 4; ++i)
                lane[i] = xx_round(lane[i], load_le<uint64_t>(at + 8 * i));
        h = std::rotl(lane[0], 1) + std::rotl(lane[1], 7) + std::rotl(lane[2], 12) + std::rotl(lane[3], 18);
        for (const auto l : lane)
            h = (h ^ xx_round(0, l)) * kXxPrime[0] + kXxPrime[3];
    }
    return xx_tail(h + bytes.size(), at, left);
}

template <size_t bits, Octet C>
constexpr Bits<bits> twox(std::span<const C> bytes)
{
    Bits<bits> out{};
    for (size_t seed = 0; seed != bits / 64; ++seed)
        store_le(xxh64(bytes, seed), out.data() + 8 * seed);
    return out;
}

} // namespace detail

/// XXH64: fast, not cryptographic.
///
/// Source  the xxHash fast digest algorithm specification, version 0.1.1, section "XXH64"
constexpr uint64_t xxh64(ByteView bytes, uint64_t seed) { return detail::xxh64(bytes, seed); }
constexpr uint64_t xxh64(std::string_view text, uint64_t seed)
{
    return detail::xxh64(std::span<const char>{text}, seed);
}

/// Substrate's names: XXH64 with seeds 0, 1, …, each little-endian, one after the other. For keys that no user
/// chooses, such as the names of pallets; an attacker finds collisions at will.
constexpr Bits<64> twox_64(ByteView bytes) { return detail::twox<64>(bytes); }
constexpr Bits<64> twox_64(std::string_view text) { return detail::twox<64>(std::span<const char>{text}); }
constexpr Bits<128> twox_128(ByteView bytes) { return detail::twox<128>(bytes); }
constexpr Bits<128> twox_128(std::string_view text) { return detail::twox<128>(std::span<const char>{text}); }
constexpr Bits<256> twox_256(ByteView bytes) { return detail::twox<256>(bytes); }
constexpr Bits<256> twox_256(std::string_view text) { return detail::twox<256>(std::span<const char>{text}); }

} // namespace hash
