#pragma once

#include <cstddef>
#include <cstdint>

/// The bulk operations as one table of functions per instruction set. Only raw Montgomery words pass here: an F4 is
/// four words, constant coefficient first. Callers use the typed functions of kernels.hpp.
namespace field {

enum class Isa : uint8_t
{
    portable,
    avx2,
    avx512, ///< F, BW, VL
};

/// All instruction sets give the same words. Every function is single-threaded and allocates nothing.
/// `width` is a multiple of 16, of small integers at most 2¹⁶; pointers need no alignment beyond their type's.
struct Kernels
{
    /// out[i] = Σⱼ c[j]·v[i·width + j];  c: width × F4, out: rows × F4
    void (*fold_columns)(uint32_t* out, const uint32_t* c, const uint32_t* v, size_t width, size_t rows);
    void (*fold_small_columns)(uint32_t* out, const uint32_t* c, const int16_t* v, size_t width, size_t rows);
    /// u[j] += Σᵢ c[i]·v[i·width + j];  c: rows × F4, u: width × F4
    void (*weigh_rows)(uint32_t* u, const uint32_t* c, const uint32_t* v, size_t width, size_t rows);
    void (*weigh_small_rows)(uint32_t* u, const uint32_t* c, const int16_t* v, size_t width, size_t rows);

    /// out[i] = a[i]·b[i] in F4; out may be a or b
    void (*mul)(uint32_t* out, const uint32_t* a, const uint32_t* b, size_t n);
    /// acc[i] += c·v[i] in F4, c one element
    void (*axpy)(uint32_t* acc, const uint32_t* c, const uint32_t* v, size_t n);
    /// low[i] += r·(high[i] − low[i]) in F4, r one element
    void (*fold_pairs)(uint32_t* low, const uint32_t* high, const uint32_t* r, size_t n);
    /// high[i] = r·low[i], low[i] −= high[i] in F4, r one element
    void (*spread_pairs)(uint32_t* low, uint32_t* high, const uint32_t* r, size_t n);
    /// out = Σ a[i]·b[i];  F4·F4, F4·K
    void (*dot)(uint32_t* out, const uint32_t* a, const uint32_t* b, size_t n);
    void (*dot_base)(uint32_t* out, const uint32_t* a, const uint32_t* b, size_t n);

    /// sums = Σ l₀·r₀, Σ (l₁−l₀)·(r₁−r₀) in F4;  lines: l₀ l₁ r₀ r₁
    void (*product_round)(uint32_t* sums, const uint32_t* const* lines, size_t n);
    /// sums = Σ e·(a₀·b₀ + c₀·d₀), Σ e·(Δa·Δb + Δc·Δd) in F4, Δx = x₁ − x₀;  lines: a₀ a₁ b₀ b₁ c₀ c₁ d₀ d₁
    void (*fraction_round)(uint32_t* sums, const uint32_t* e, const uint32_t* const* lines, size_t n);
    /// p = p₀·q₁ + p₁·q₀, q = q₀·q₁ in F4;  parts: p₀ q₀ p₁ q₁
    void (*add_fractions)(uint32_t* p, uint32_t* q, const uint32_t* const* parts, size_t n);

    /// Replaces the coefficients of each of `width` polynomials of degree < 2^log_rows by their values at the points
    /// below `node`: see poly/ntt.cpp. twiddles: (node + 1)·2^(log_rows−1) words; shifts: log_rows words.
    void (*transform)(uint32_t* data, uint32_t log_rows, size_t width, size_t node, const uint32_t* twiddles,
                      const uint32_t* shifts);
};

/// The table for the best instruction set of this machine, chosen once. ZKP_ISA=portable, avx2 or avx512 lowers the
/// choice; a set that this machine lacks is never chosen.
const Kernels& kernels();

/// The table for one instruction set, nullptr if this machine lacks it.
const Kernels* kernels_for(Isa isa);

} // namespace field
