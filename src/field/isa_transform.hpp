// Evaluation of many polynomials at once by repeated halving; poly/ntt.cpp has the mathematics.
#pragma once

#include "field/isa_lanes.hpp"

namespace {

/// (a, b) → (a + w·b, a − w·b)
inline void butterfly(V& a, V& b, const Factor& w)
{
    const V shifted = mul(b, w);
    b = sub(a, shifted);
    a = add(a, shifted);
}

/// One halving of `2·half` words.
inline void split_in_2(uint32_t* data, size_t half, uint32_t w)
{
    const Factor factor(w);
    for (size_t i = 0; i != half; i += kLanes)
    {
        V a = load(data + i), b = load(data + half + i);
        butterfly(a, b, factor);
        store(data + i, a);
        store(data + half + i, b);
    }
}

/// Two halvings of `4·quarter` words in one pass: w splits the whole, left and right its halves.
inline void split_in_4(uint32_t* data, size_t quarter, uint32_t w, uint32_t left, uint32_t right)
{
    const Factor whole(w), low(left), high(right);
    for (size_t i = 0; i != quarter; i += kLanes)
    {
        uint32_t* at = data + i;
        V a = load(at), b = load(at + quarter), c = load(at + 2 * quarter), d = load(at + 3 * quarter);
        butterfly(a, c, whole);
        butterfly(b, d, whole);
        butterfly(a, b, low);
        butterfly(c, d, high);
        store(at, a);
        store(at + quarter, b);
        store(at + 2 * quarter, c);
        store(at + 3 * quarter, d);
    }
}

/// Depth first, so that from some depth on a block stays in the nearest cache. Recursion depth: log_rows / 2.
void transform(uint32_t* data, uint32_t log_rows, size_t width, size_t node, const uint32_t* twiddles,
               const uint32_t* shifts)
{
    if (log_rows == 0)
        return;
    const uint32_t w = scalar_mul(twiddles[node], shifts[log_rows - 1]);
    if (log_rows == 1)
        return split_in_2(data, width, w);

    const size_t quarter = width << (log_rows - 2);
    const uint32_t shift = shifts[log_rows - 2];
    split_in_4(data, quarter, w, scalar_mul(twiddles[2 * node], shift), scalar_mul(twiddles[2 * node + 1], shift));
    if (log_rows > 2)
        for (size_t child = 0; child != 4; ++child)
            transform(data + child * quarter, log_rows - 2, width, 4 * node + child, twiddles, shifts);
}

} // namespace
