// Arithmetic on kLanes words at once, for the isa_*.cpp files alone: everything has internal linkage, so that each of
// them compiles its own copy for its own instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace {

using V = uint32_t __attribute__((vector_size(4 * kLanes)));     // one word a lane
using W = uint64_t __attribute__((vector_size(4 * kLanes)));     // half as many lanes, twice as wide
using Small = uint16_t __attribute__((vector_size(2 * kLanes))); // as many lanes, half as wide

constexpr uint32_t kPrime = 0x7f000001;
constexpr uint32_t kPrimeInverse = 0x81000001;                               // p⁻¹ mod 2³²
constexpr uint32_t kSquare = uint32_t((uint64_t(-1) % kPrime + 1) % kPrime); // 2⁶⁴ mod p
constexpr uint32_t kBias = 1u << 15;                                         // makes an int16 unsigned

inline uint32_t scalar_mul(uint32_t a, uint32_t b)
{
    const uint64_t wide = uint64_t{a} * b;
    const uint64_t taken = uint64_t{uint32_t(wide) * kPrimeInverse} * kPrime;
    const uint32_t difference = uint32_t(wide >> 32) - uint32_t(taken >> 32);
    return difference + (wide < taken ? kPrime : 0);
}
inline uint32_t scalar_add(uint32_t a, uint32_t b)
{
    const uint32_t sum = a + b;
    return sum < kPrime ? sum : sum - kPrime;
}

inline V splat(uint32_t x) { return V{} + x; }
inline V load(const uint32_t* from)
{
    V v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
/// Integers in −2¹⁵ … 2¹⁵−1, each plus 2¹⁵.
inline V load(const int16_t* from)
{
    Small v;
    __builtin_memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v ^ uint16_t(kBias), V);
}
inline void store(uint32_t* to, V v) { __builtin_memcpy(to, &v, sizeof v); }

// Products need 64 bits, so the even and the odd lanes go separate ways. A mask costs nothing: the widening multiply
// reads low halves only.
inline W even(V a) { return W(a) & 0xffffffff; }
inline W odd(V a) { return W(a) >> 32; }
inline V high_halves(W even_lanes, W odd_lanes) { return V(even_lanes >> 32 | (odd_lanes & ~uint64_t{0xffffffff})); }

/// x or x − p (as a wrapped word, x + p), whichever is a residue. Words wrap, so the wrong one is the larger.
inline V correct_above(V x) { return __builtin_elementwise_min(x, x - kPrime); }
inline V correct_below(V x) { return __builtin_elementwise_min(x, x + kPrime); }
inline V add(V a, V b) { return correct_above(a + b); }
inline V sub(V a, V b) { return correct_below(a - b); }

/// The prime as a factor whose value the compiler does not know: else it makes x − m·p into x + m·(2⁶⁴ − p), which
/// takes two multiplications.
inline W prime()
{
    uint32_t p = kPrime;
    asm("" : "+r"(p));
    return even(splat(p));
}

/// m·p for the m with m·p ≡ x (mod 2³²).
inline W multiple(W x) { return (((x & 0xffffffff) * kPrimeInverse) & 0xffffffff) * prime(); }

/// x·2⁻³² mod p of wide lanes below p·2³².
inline V reduce(W even_lanes, W odd_lanes)
{
    // The low halves of both differences are zero.
    const W e = even_lanes - multiple(even_lanes), o = odd_lanes - multiple(odd_lanes);
    return correct_below(V(e >> 32 | o));
}
/// x·2⁻³² mod p of wide lanes below 2p·2³², such as a sum of four products.
inline V reduce_four(W even_lanes, W odd_lanes)
{
    const V high = correct_above(high_halves(even_lanes, odd_lanes));
    return sub(high, high_halves(multiple(even_lanes), multiple(odd_lanes)));
}
/// x·2⁻³² mod p of any wide lanes: 2³² < 3p.
inline V reduce_any(W even_lanes, W odd_lanes)
{
    const V high = correct_above(correct_above(high_halves(even_lanes, odd_lanes)));
    return sub(high, high_halves(multiple(even_lanes), multiple(odd_lanes)));
}
inline V mul(V a, V b) { return reduce(even(a) * even(b), odd(a) * odd(b)); }

/// A constant factor with its share of the reduction done beforehand.
struct Factor
{
    explicit Factor(uint32_t w) : word(splat(w)), ready(splat(w * kPrimeInverse)) {}
    V word, ready;
};
inline V mul(V a, const Factor& w)
{
    const V m = a * w.ready;
    const W e = even(a) * even(w.word) - even(m) * prime(), o = odd(a) * even(w.word) - odd(m) * prime();
    return correct_below(V(e >> 32 | o));
}

// Shuffles. A Pick maps a result lane to a lane of a (0 … kLanes−1) or of b (from kLanes on).
template <class Pick, size_t... I>
inline V shuffle(V a, V b, Pick, std::index_sequence<I...>)
{
    return __builtin_shufflevector(a, b, Pick{}(int(I))...);
}
template <class Pick>
inline V shuffle(V a, V b, Pick pick)
{
    return shuffle(a, b, pick, std::make_index_sequence<kLanes>{});
}

/// Transposes the 4 × 4 blocks that lie side by side in four vectors.
inline void transpose4(V (&m)[4])
{
    constexpr auto words_low = [](int i) { return i / 4 * 4 + i % 4 / 2 + i % 2 * kLanes; };
    constexpr auto words_high = [](int i) { return i / 4 * 4 + 2 + i % 4 / 2 + i % 2 * kLanes; };
    constexpr auto pairs_low = [](int i) { return i / 4 * 4 + i % 2 + i % 4 / 2 * kLanes; };
    constexpr auto pairs_high = [](int i) { return i / 4 * 4 + 2 + i % 2 + i % 4 / 2 * kLanes; };
    const V a = shuffle(m[0], m[1], words_low), b = shuffle(m[0], m[1], words_high);
    const V c = shuffle(m[2], m[3], words_low), d = shuffle(m[2], m[3], words_high);
    m[0] = shuffle(a, c, pairs_low);
    m[1] = shuffle(a, c, pairs_high);
    m[2] = shuffle(b, d, pairs_low);
    m[3] = shuffle(b, d, pairs_high);
}

/// Transposes a kLanes × kLanes block: log2 kLanes perfect shuffles of its rows.
inline void transpose(V (&rows)[kLanes])
{
    constexpr auto low = [](int i) { return i / 2 + i % 2 * kLanes; };
    constexpr auto high = [](int i) { return kLanes / 2 + i / 2 + i % 2 * kLanes; };
    for (int stage = 1; stage != kLanes; stage *= 2)
    {
        V next[kLanes];
        for (int i = 0; i != kLanes / 2; ++i)
        {
            next[2 * i] = shuffle(rows[i], rows[i + kLanes / 2], low);
            next[2 * i + 1] = shuffle(rows[i], rows[i + kLanes / 2], high);
        }
        for (int i = 0; i != kLanes; ++i)
            rows[i] = next[i];
    }
}

} // namespace
