#pragma once

#include "hash/bits.hpp"

namespace hash {
namespace detail {

inline constexpr std::array<uint32_t, 64> kSha256Round{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

template <Octet C>
constexpr void sha256_compress(std::array<uint32_t, 8>& state, const C* block)
{
    uint32_t w[64]{};
    for (size_t i = 0; i != 16; ++i)
        w[i] = std::byteswap(load_le<uint32_t>(block + 4 * i));
    for (size_t i = 16; i != 64; ++i)
    {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[i - 7] +
               (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (size_t i = 0; i != 64; ++i)
    {
        const uint32_t t1 =
            h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + (g ^ (e & (f ^ g))) + kSha256Round[i] + w[i];
        const uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) | (c & (a | b)));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const uint32_t added[8]{a, b, c, d, e, f, g, h};
    for (size_t i = 0; i != 8; ++i)
        state[i] += added[i];
}

} // namespace detail

/// A running SHA-256.
///
/// Source  FIPS 180-4 sections 4.1.2, 5 and 6.2
class Sha256
{
    // Above its callers: clang instantiates it in time for hashes of constants only then.
    template <Octet C>
    constexpr Sha256& absorb(std::span<const C> bytes)
    {
        total_ += bytes.size();
        blocks_.update(bytes, [this](const auto* block) { detail::sha256_compress(state_, block); });
        return *this;
    }

public:
    constexpr Sha256& update(ByteView bytes) { return absorb(bytes); }
    constexpr Sha256& update(std::string_view text) { return absorb(std::span<const char>{text}); }

    /// The hash of everything absorbed so far; update() may follow.
    constexpr Bits<256> digest() const
    {
        auto state = state_;
        auto last = blocks_.rest();
        last[blocks_.held()] = 0x80;
        if (blocks_.held() >= kBlock - 8) // no room for the length: it goes to a block of its own
        {
            detail::sha256_compress(state, last.data());
            last = {};
        }
        detail::store_le(std::byteswap(total_ * 8), last.data() + kBlock - 8);
        detail::sha256_compress(state, last.data());
        Bits<256> out{};
        for (size_t i = 0; i != 8; ++i)
            detail::store_le(std::byteswap(state[i]), out.data() + 4 * i);
        return out;
    }

private:
    static constexpr size_t kBlock = 64;

    std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint64_t total_ = 0;
    detail::Blocks<kBlock> blocks_;
};

constexpr Bits<256> sha2_256(ByteView bytes) { return Sha256{}.update(bytes).digest(); }
constexpr Bits<256> sha2_256(std::string_view text) { return Sha256{}.update(text).digest(); }

} // namespace hash
