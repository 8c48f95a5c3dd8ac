// Sums of F4 constants times the words or small integers of a matrix, along its rows or its columns.
#pragma once

#include "field/isa_lanes.hpp"

namespace {

// A 64-bit lane holds four products of words (4·p² < 2⁶⁴) or 2¹⁶ products of a word and a biased small integer.
// T, the type of the matrix, says which.
template <class T>
constexpr size_t kBurst = 4;
template <>
constexpr size_t kBurst<int16_t> = size_t{1} << 16;

/// Four coefficients of a sum of word products in each of kLanes places, unreduced: Σ high·2³² + low wraps only after
/// 2³² bursts.
template <class T>
struct Totals
{
    W low_even[4]{}, low_odd[4]{}, high_even[4]{}, high_odd[4]{};

    void add(int k, W even_lanes, W odd_lanes)
    {
        low_even[k] += even_lanes & 0xffffffff;
        low_odd[k] += odd_lanes & 0xffffffff;
        high_even[k] += even_lanes >> 32;
        high_odd[k] += odd_lanes >> 32;
    }
    /// The sum times 2⁻³², mod p: of products of Montgomery forms, the Montgomery form.
    V reduced(int k) const
    {
        // (2³²·high + low)·2⁻³², where high is first divided and then multiplied by 2³².
        const V high = mul(reduce_any(high_even[k], high_odd[k]), splat(kSquare));
        return ::add(high, reduce_any(low_even[k], low_odd[k]));
    }
};

/// The same for small integers, which are no Montgomery forms: here the sum itself is the Montgomery form. One burst
/// in all.
template <>
struct Totals<int16_t>
{
    W sum_even[4]{}, sum_odd[4]{};

    void add(int k, W even_lanes, W odd_lanes)
    {
        sum_even[k] += even_lanes;
        sum_odd[k] += odd_lanes;
    }
    V reduced(int k) const { return mul(reduce_any(sum_even[k], sum_odd[k]), splat(kSquare)); }
};

/// totals += Σ_{i<count} c[i]·(the kLanes words at `from` + i·stride).
template <class T, class Stored>
inline void accumulate(Totals<T>& totals, const uint32_t* c, const Stored* from, size_t stride, size_t count)
{
    for (size_t i = 0; i < count;)
    {
        const size_t end = count - i < kBurst<T> ? count : i + kBurst<T>;
        W even_sum[4]{}, odd_sum[4]{};
        for (; i != end; ++i)
        {
            const V words = load(from + i * stride);
            for (int k = 0; k != 4; ++k)
            {
                const W factor = even(splat(c[4 * i + k]));
                even_sum[k] += even(words) * factor;
                odd_sum[k] += odd(words) * factor;
            }
        }
        for (int k = 0; k != 4; ++k)
            totals.add(k, even_sum[k], odd_sum[k]);
    }
}

/// What the bias of small integers adds to a sum with factors c: 2¹⁵·Σ c, mod p.
struct Excess
{
    Excess(const uint32_t* c, size_t count)
    {
        uint64_t sum[4]{};
        for (size_t i = 0; i != count; ++i)
            for (int k = 0; k != 4; ++k)
                sum[k] += c[4 * i + k];
        for (int k = 0; k != 4; ++k)
            words[k] = uint32_t(sum[k] % kPrime * kBias % kPrime);
    }
    uint32_t words[4];
};

/// The sums, reduced and without the bias.
template <class T>
inline void finish(V (&sums)[4], const Totals<T>& totals, const Excess& excess)
{
    for (int k = 0; k != 4; ++k)
    {
        sums[k] = totals.reduced(k);
        if constexpr (sizeof(T) == 2)
            sums[k] = sub(sums[k], splat(excess.words[k]));
    }
}

/// Coefficient vectors, lane i = element i, to elements: calls put(i, the 16 bytes of element i).
template <class Put>
inline void for_each_element(V (&coefficients)[4], Put put)
{
    transpose4(coefficients);
    // Block b of vector q is now element 4b + q.
    for (int b = 0; b != kLanes / 4; ++b)
        for (int q = 0; q != 4; ++q)
            put(4 * b + q, reinterpret_cast<const char*>(&coefficients[q]) + 16 * b);
}

template <class T>
void fold(uint32_t* out, const uint32_t* c, const T* v, size_t width, size_t rows)
{
    constexpr size_t kStrip = 64; // columns turned at a time
    const Excess excess(c, sizeof(T) == 2 ? width : 0);
    for (size_t first = 0; first < rows; first += kLanes)
    {
        const size_t lines = rows - first < kLanes ? rows - first : kLanes;
        Totals<T> totals;
        for (size_t left = 0; left < width; left += kStrip)
        {
            const size_t columns = width - left < kStrip ? width - left : kStrip;
            V turned[kStrip];
            for (size_t column = 0; column != columns; column += kLanes)
            {
                V block[kLanes]{};
                for (size_t line = 0; line != lines; ++line)
                    block[line] = load(v + (first + line) * width + left + column);
                transpose(block);
                for (int i = 0; i != kLanes; ++i)
                    turned[column + i] = block[i];
            }
            accumulate(totals, c + 4 * left, reinterpret_cast<const uint32_t*>(turned), kLanes, columns);
        }
        V sums[4];
        finish(sums, totals, excess);
        for_each_element(sums, [&](size_t i, const char* element) {
            if (i < lines)
                __builtin_memcpy(out + 4 * (first + i), element, 16);
        });
    }
}

template <class T>
void weigh(uint32_t* u, const uint32_t* c, const T* v, size_t width, size_t rows)
{
    constexpr size_t kTile = 128; // rows that stay in the first-level cache while all columns pass
    for (size_t first = 0; first < rows; first += kTile)
    {
        const size_t lines = rows - first < kTile ? rows - first : kTile;
        const Excess excess(c + 4 * first, sizeof(T) == 2 ? lines : 0);
        for (size_t column = 0; column != width; column += kLanes)
        {
            Totals<T> totals;
            accumulate(totals, c + 4 * first, v + first * width + column, width, lines);
            V sums[4];
            finish(sums, totals, excess);
            for_each_element(sums, [&](size_t i, const char* element) {
                uint32_t words[4];
                __builtin_memcpy(words, element, 16);
                for (size_t k = 0; k != 4; ++k)
                    u[4 * (column + i) + k] = scalar_add(u[4 * (column + i) + k], words[k]);
            });
        }
    }
}

} // namespace
