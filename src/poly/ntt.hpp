#pragma once

#include "field/koalabear.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

/// Reed-Solomon encoding of many columns at once, by number-theoretic transforms.
///
/// A matrix of n rows is row-major. Its width is a multiple of 16; four F4 columns are sixteen KoalaBear columns,
/// because every factor of the transform lies in KoalaBear.
namespace poly {

using field::KoalaBear;

inline constexpr size_t kWidthStep = 16;

/// The point that row k of a code word of length 2^log_n belongs to: 3·ω^bitrev(k), ω the primitive 2^log_n-th root.
/// The points are a coset of the n-th roots of unity and so never 0.
KoalaBear position_point(size_t k, uint32_t log_n);

/// Evaluates every column, read as a polynomial (row i = coefficient of xⁱ), at all n points.
///
/// Shapes   coefficients: rows × width, rows ≤ n; out: n × width, row k at position_point(k, log2 n);
///          n: a power of two ≤ 2²⁴; width: a multiple of kWidthStep; no overlap
/// Cost     n·width·log2(rows)/2 multiplications on all threads; 128 KiB per thread
void encode(std::span<const KoalaBear> coefficients, size_t rows, size_t width, size_t n, std::span<KoalaBear> out);

/// The inverse: replaces the n rows of values by n rows of coefficients. One thread, for tests and small sizes.
void interpolate(std::span<KoalaBear> values, size_t width, size_t n);

} // namespace poly
