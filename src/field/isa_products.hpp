// Products in F4 = K[x]/(x⁴ − 3), kLanes elements at once.
#pragma once

#include "field/isa_columns.hpp"

namespace {

/// kLanes elements by coefficient. Which lane holds which element is transpose4's business; all operands agree.
struct Elements
{
    V c[4];
};

inline Elements load_elements(const uint32_t* from)
{
    Elements a;
    for (int k = 0; k != 4; ++k)
        a.c[k] = load(from + kLanes * k);
    transpose4(a.c);
    return a;
}
inline void store_elements(uint32_t* to, Elements a)
{
    transpose4(a.c);
    for (int k = 0; k != 4; ++k)
        store(to + kLanes * k, a.c[k]);
}
inline Elements splat_element(const uint32_t* from)
{
    return {{splat(from[0]), splat(from[1]), splat(from[2]), splat(from[3])}};
}

inline Elements operator+(Elements a, const Elements& b)
{
    for (int k = 0; k != 4; ++k)
        a.c[k] = add(a.c[k], b.c[k]);
    return a;
}
inline Elements operator-(Elements a, const Elements& b)
{
    for (int k = 0; k != 4; ++k)
        a.c[k] = sub(a.c[k], b.c[k]);
    return a;
}

/// Coefficient k is Σ_{i≤k} aᵢ·b_{k−i} + Σ_{i>k} aᵢ·3b_{4+k−i}: four products and one reduction.
inline Elements operator*(const Elements& a, const Elements& b)
{
    V factors[7]; // 3b₁ 3b₂ 3b₃ b₀ b₁ b₂ b₃, so that b_{k−i} is factors[3 + k − i], wrapped or not
    for (int i = 0; i != 4; ++i)
        factors[3 + i] = b.c[i];
    for (int i = 1; i != 4; ++i)
        factors[i - 1] = add(add(b.c[i], b.c[i]), b.c[i]);

    Elements product;
#pragma unroll
    for (int k = 0; k != 4; ++k)
    {
        W even_sum{}, odd_sum{};
        for (int i = 0; i != 4; ++i)
        {
            even_sum += even(a.c[i]) * even(factors[3 + k - i]);
            odd_sum += odd(a.c[i]) * odd(factors[3 + k - i]);
        }
        product.c[k] = reduce_four(even_sum, odd_sum);
    }
    return product;
}

/// Runs step(…, offset in words) over n elements, kLanes at a time. The last, partial step sees copies of what is left
/// with zeros behind it; the copies of the first `Outputs` arrays go back. All arrays have n elements; step takes
/// pointers to where its elements start.
template <int Outputs, int Arrays, class Step>
inline void for_blocks(size_t n, uint32_t* const (&outputs)[Outputs > 0 ? Outputs : 1],
                       const uint32_t* const (&inputs)[Arrays], Step step)
{
    uint32_t* out[Outputs > 0 ? Outputs : 1]{};
    const uint32_t* in[Arrays];
    size_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
    {
        for (int k = 0; k != Outputs; ++k)
            out[k] = outputs[k] + 4 * i;
        for (int k = 0; k != Arrays; ++k)
            in[k] = inputs[k] + 4 * i;
        step(out, in);
    }
    if (i == n)
        return;

    uint32_t out_copies[Outputs > 0 ? Outputs : 1][4 * kLanes]{};
    uint32_t in_copies[Arrays][4 * kLanes]{};
    for (int k = 0; k != Outputs; ++k)
    {
        __builtin_memcpy(out_copies[k], outputs[k] + 4 * i, 16 * (n - i));
        out[k] = out_copies[k];
    }
    for (int k = 0; k != Arrays; ++k)
    {
        __builtin_memcpy(in_copies[k], inputs[k] + 4 * i, 16 * (n - i));
        in[k] = in_copies[k];
    }
    step(out, in);
    for (int k = 0; k != Outputs; ++k)
        __builtin_memcpy(outputs[k] + 4 * i, out_copies[k], 16 * (n - i));
}

void mul_elements(uint32_t* out, const uint32_t* a, const uint32_t* b, size_t n)
{
    for_blocks<1, 2>(n, {out}, {a, b}, [](auto& to, auto& from) {
        store_elements(to[0], load_elements(from[0]) * load_elements(from[1]));
    });
}

void axpy(uint32_t* acc, const uint32_t* c, const uint32_t* v, size_t n)
{
    const Elements factor = splat_element(c);
    for_blocks<1, 1>(n, {acc}, {v}, [&](auto& to, auto& from) {
        store_elements(to[0], load_elements(to[0]) + load_elements(from[0]) * factor);
    });
}

void fold_pairs(uint32_t* low, const uint32_t* high, const uint32_t* r, size_t n)
{
    const Elements factor = splat_element(r);
    for_blocks<1, 1>(n, {low}, {high}, [&](auto& to, auto& from) {
        const Elements start = load_elements(to[0]);
        store_elements(to[0], start + (load_elements(from[0]) - start) * factor);
    });
}

void spread_pairs(uint32_t* low, uint32_t* high, const uint32_t* r, size_t n)
{
    const Elements factor = splat_element(r);
    for_blocks<2, 1>(n, {low, high}, {low}, [&](auto& to, auto& from) {
        const Elements whole = load_elements(from[0]), share = whole * factor;
        store_elements(to[0], whole - share);
        store_elements(to[1], share);
    });
}

/// The sum of all lanes, for each coefficient.
inline void store_lane_sums(uint32_t* out, const V (&coefficients)[4])
{
    for (int k = 0; k != 4; ++k)
    {
        uint32_t sum = 0;
        for (int lane = 0; lane != kLanes; ++lane)
            sum = scalar_add(sum, coefficients[k][lane]);
        out[k] = sum;
    }
}

void dot(uint32_t* out, const uint32_t* a, const uint32_t* b, size_t n)
{
    Elements sum{};
    for_blocks<0, 2>(n, {}, {a, b},
                     [&](auto&, auto& from) { sum = sum + load_elements(from[0]) * load_elements(from[1]); });
    store_lane_sums(out, sum.c);
}

/// b's words in the lanes where load_elements puts the elements of the same numbers.
inline V load_scales(const uint32_t* from)
{
    const V words = load(from);
    return shuffle(words, words, [](int i) { return i % 4 * (kLanes / 4) + i / 4; });
}

void dot_base(uint32_t* out, const uint32_t* a, const uint32_t* b, size_t n)
{
    Totals<uint32_t> totals;
    W even_sum[4]{}, odd_sum[4]{};
    size_t held = 0; // products in each lane of the two sums
    const auto flush = [&] {
        for (int k = 0; k != 4; ++k)
        {
            totals.add(k, even_sum[k], odd_sum[k]);
            even_sum[k] = odd_sum[k] = W{};
        }
        held = 0;
    };
    const auto step = [&](const uint32_t* elements, const uint32_t* scales) {
        const Elements factor = load_elements(elements);
        const V scale = load_scales(scales);
        for (int k = 0; k != 4; ++k)
        {
            even_sum[k] += even(factor.c[k]) * even(scale);
            odd_sum[k] += odd(factor.c[k]) * odd(scale);
        }
        if (++held == kBurst<uint32_t>)
            flush();
    };
    size_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
        step(a + 4 * i, b + i);
    if (i != n)
    {
        uint32_t elements[4 * kLanes]{}, scales[kLanes]{};
        __builtin_memcpy(elements, a + 4 * i, 16 * (n - i));
        __builtin_memcpy(scales, b + i, 4 * (n - i));
        step(elements, scales);
    }
    flush();

    V sums[4];
    for (int k = 0; k != 4; ++k)
        sums[k] = totals.reduced(k);
    store_lane_sums(out, sums);
}

} // namespace
