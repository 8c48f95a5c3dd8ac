#pragma once

#include "hash/bits.hpp"

#include <utility>

namespace hash {

/// Lane x + 5y of the state, as in FIPS 202 section 3.1.2.
using KeccakState = std::array<uint64_t, 25>;

namespace detail {

inline constexpr std::array<uint64_t, 24> kKeccakRound{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/// Rotation of lane x + 5y.  [FIPS 202 §3.2.2, table 2]
inline constexpr std::array<int, 25> kKeccakRotation{
    0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
};

// One output row y of ρ, π and χ: lane x of the row comes from lane ((x + 3y) mod 5, x).  [FIPS 202 §3.2.3]
template <size_t y>
[[gnu::always_inline]] constexpr void keccak_row(const KeccakState& a, const uint64_t* d, KeccakState& out)
{
    const auto lane = [&]<size_t x>() {
        constexpr size_t from = (x + 3 * y) % 5;
        return std::rotl(a[from + 5 * x] ^ d[from], kKeccakRotation[from + 5 * x]);
    };
    const uint64_t b[5]{lane.template operator()<0>(), lane.template operator()<1>(), lane.template operator()<2>(),
                        lane.template operator()<3>(), lane.template operator()<4>()};
    for (size_t x = 0; x != 5; ++x)
        out[x + 5 * y] = b[x] ^ (~b[(x + 1) % 5] & b[(x + 2) % 5]);
}

[[gnu::always_inline]] constexpr void keccak_round(const KeccakState& a, uint64_t constant, KeccakState& out)
{
    uint64_t c[5]{};
    for (size_t x = 0; x != 5; ++x)
        c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    uint64_t d[5]{};
    for (size_t x = 0; x != 5; ++x)
        d[x] = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
    keccak_row<0>(a, d, out);
    keccak_row<1>(a, d, out);
    keccak_row<2>(a, d, out);
    keccak_row<3>(a, d, out);
    keccak_row<4>(a, d, out);
    out[0] ^= constant;
}

} // namespace detail

/// The permutation Keccak-f[1600].
///
/// Source  FIPS 202 section 3.3
constexpr void keccak_f1600(KeccakState& state)
{
    KeccakState odd{};
    for (size_t round = 0; round != 24; round += 2)
    {
        detail::keccak_round(state, detail::kKeccakRound[round], odd);
        detail::keccak_round(odd, detail::kKeccakRound[round + 1], state);
    }
}

/// A running sponge hash of `bits` bits over Keccak-f[1600] with capacity 2·bits. `suffix` is the domain and the
/// first bit of the padding: 0x01 for Keccak as Ethereum and Substrate use it, 0x06 for SHA-3.
template <size_t bits, uint8_t suffix = 0x01>
    requires(bits == 256 || bits == 512)
class Keccak
{
public:
    constexpr Keccak& update(ByteView bytes) { return absorb(bytes); }
    constexpr Keccak& update(std::string_view text) { return absorb(std::span<const char>{text}); }

    /// The hash of everything absorbed so far; update() may follow.
    constexpr Bits<bits> digest() const
    {
        auto state = state_;
        auto last = blocks_.rest();
        last[blocks_.held()] = suffix;
        last[kRate - 1] |= 0x80;
        mix(state, last.data());
        Bits<bits> out{};
        for (size_t i = 0; i != out.size() / 8; ++i)
            detail::store_le(state[i], out.data() + 8 * i);
        return out;
    }

private:
    static constexpr size_t kRate = 200 - 2 * bits / 8;

    template <Octet C>
    static constexpr void mix(KeccakState& state, const C* block)
    {
        for (size_t i = 0; i != kRate / 8; ++i)
            state[i] ^= detail::load_le<uint64_t>(block + 8 * i);
        keccak_f1600(state);
    }

    template <Octet C>
    constexpr Keccak& absorb(std::span<const C> bytes)
    {
        blocks_.update(bytes, [this](const auto* block) { mix(state_, block); });
        return *this;
    }

    KeccakState state_{};
    detail::Blocks<kRate> blocks_;
};

/// Source  the Keccak reference, version 3.0, section 1.1 (padding 10*1, no domain bits)
constexpr Bits<256> keccak_256(ByteView bytes) { return Keccak<256>{}.update(bytes).digest(); }
constexpr Bits<256> keccak_256(std::string_view text) { return Keccak<256>{}.update(text).digest(); }
constexpr Bits<512> keccak_512(ByteView bytes) { return Keccak<512>{}.update(bytes).digest(); }
constexpr Bits<512> keccak_512(std::string_view text) { return Keccak<512>{}.update(text).digest(); }

} // namespace hash
