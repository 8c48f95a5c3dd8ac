#pragma once

#include "hash/bits.hpp"

#include <utility>

namespace hash {
namespace detail {

inline constexpr std::array<uint64_t, 8> kBlake2bStart{
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/// Message schedule; rounds 10 and 11 repeat rows 0 and 1.  [RFC 7693 §2.7]
inline constexpr uint8_t kBlake2bSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

// The row is a template argument, so the schedule costs nothing at run time.
template <size_t row>
[[gnu::always_inline]] constexpr void blake2b_round(uint64_t* v, const uint64_t* m)
{
    constexpr auto& s = kBlake2bSigma[row % 10];
    const auto mix = [&](size_t a, size_t b, size_t c, size_t d, uint64_t x, uint64_t y) {
        v[a] += v[b] + x;
        v[d] = std::rotr(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = std::rotr(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = std::rotr(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = std::rotr(v[b] ^ v[c], 63);
    };
    mix(0, 4, 8, 12, m[s[0]], m[s[1]]);
    mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
    mix(2, 6, 10, 14, m[s[4]], m[s[5]]);
    mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
    mix(0, 5, 10, 15, m[s[8]], m[s[9]]);
    mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
    mix(2, 7, 8, 13, m[s[12]], m[s[13]]);
    mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
}

template <Octet C>
constexpr void blake2b_compress(std::array<uint64_t, 8>& h, const C* block, uint64_t total, bool last)
{
    uint64_t m[16]{};
    for (size_t i = 0; i != 16; ++i)
        m[i] = load_le<uint64_t>(block + 8 * i);
    uint64_t v[16]{};
    for (size_t i = 0; i != 8; ++i)
    {
        v[i] = h[i];
        v[i + 8] = kBlake2bStart[i];
    }
    v[12] ^= total;
    if (last)
        v[14] = ~v[14];
    [&]<size_t... row> [[gnu::always_inline]] (std::index_sequence<row...>) {
        (blake2b_round<row>(v, m), ...);
    }(std::make_index_sequence<12>{});
    for (size_t i = 0; i != 8; ++i)
        h[i] ^= v[i] ^ v[i + 8];
}

} // namespace detail

/// A running BLAKE2b hash of `bits` bits, optionally keyed. A copy is an independent hasher.
///
/// Bounds  bits: a multiple of 8, at most 512; key: at most 64 bytes, a longer one is cut; below 2⁶⁴ bytes of input
/// Source  RFC 7693
template <size_t bits>
    requires(bits % 8 == 0 && bits != 0 && bits <= 512)
class Blake2b
{
public:
    constexpr explicit Blake2b(ByteView key = {})
    {
        key = key.first(key.size() < 64 ? key.size() : 64);
        state_[0] ^= 0x01010000 ^ uint64_t(key.size()) << 8 ^ bits / 8;
        if (key.empty())
            return;
        std::array<uint8_t, kBlock> block{};
        for (size_t i = 0; i != key.size(); ++i)
            block[i] = key[i];
        update(ByteView{block});
    }

    constexpr Blake2b& update(ByteView bytes) { return absorb(bytes); }
    constexpr Blake2b& update(std::string_view text) { return absorb(std::span<const char>{text}); }

    /// The hash of everything absorbed so far; update() may follow.
    constexpr Bits<bits> digest() const
    {
        auto state = state_;
        detail::blake2b_compress(state, blocks_.rest().data(), total_ + blocks_.held(), true);
        std::array<uint8_t, 64> full{};
        for (size_t i = 0; i != 8; ++i)
            detail::store_le(state[i], full.data() + 8 * i);
        Bits<bits> out{};
        for (size_t i = 0; i != out.size(); ++i)
            out[i] = full[i];
        return out;
    }

private:
    static constexpr size_t kBlock = 128;

    template <Octet C>
    constexpr Blake2b& absorb(std::span<const C> bytes)
    {
        blocks_.update(bytes, [this](const auto* block) {
            total_ += kBlock;
            detail::blake2b_compress(state_, block, total_, false);
        });
        return *this;
    }

    std::array<uint64_t, 8> state_ = detail::kBlake2bStart;
    uint64_t total_ = 0;
    detail::Blocks<kBlock, true> blocks_;
};

/// Substrate's names: BLAKE2b with a hash of that many bits, not a truncated longer one.
constexpr Bits<64> blake2_64(ByteView bytes) { return Blake2b<64>{}.update(bytes).digest(); }
constexpr Bits<64> blake2_64(std::string_view text) { return Blake2b<64>{}.update(text).digest(); }
constexpr Bits<128> blake2_128(ByteView bytes) { return Blake2b<128>{}.update(bytes).digest(); }
constexpr Bits<128> blake2_128(std::string_view text) { return Blake2b<128>{}.update(text).digest(); }
constexpr Bits<256> blake2_256(ByteView bytes) { return Blake2b<256>{}.update(bytes).digest(); }
constexpr Bits<256> blake2_256(std::string_view text) { return Blake2b<256>{}.update(text).digest(); }
constexpr Bits<512> blake2_512(ByteView bytes) { return Blake2b<512>{}.update(bytes).digest(); }
constexpr Bits<512> blake2_512(std::string_view text) { return Blake2b<512>{}.update(text).digest(); }

} // namespace hash
