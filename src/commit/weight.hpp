#pragma once

#include "field/extension.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

/// Linear functionals on long vectors, kept as products of short factors. docs/specs/proof.md, section 1.
namespace commit {

using K = field::KoalaBear;
using F = field::F4;

/// A product of one pair (u, w) for each bit, most significant first: u where the bit is 0, w where it is 1.
struct BitFactor
{
    std::vector<std::array<F, 2>> bits;
};

/// Any function of b bits: 2^b values.
struct DenseFactor
{
    std::vector<F> values;
};

using Factor = std::variant<BitFactor, DenseFactor>;

/// Entry offset + i of the vector has weight coefficient · Πⱼ factorⱼ[iⱼ], where the bits of i are split among the
/// factors, most significant first. All other entries have weight 0.
///
/// Shapes  offset: a multiple of the block's size, 2^log_size; no factor has 0 bits
struct Weight
{
    F coefficient;
    uint64_t offset = 0;
    std::vector<Factor> factors;
};

uint32_t log_size(const Factor& factor);
uint32_t log_size(const Weight& weight);

/// Whether the block lies within the first `entries` entries.
bool within(const Weight& weight, uint64_t entries);

/// eq(point, ·): pairs (1 − zᵢ, zᵢ).
BitFactor eq_factor(std::span<const F> point);

/// 1, x, x², …, x^(2^bits − 1).
BitFactor powers_factor(F x, uint32_t bits);

/// Binds the |r| least significant index bits of the vector, r[0] the most significant of them: the new weight at
/// row i is Σ_j eq(r, j)·weight[i·2^|r| + j]. Bits below the block come from its offset.
///
/// Cost  one product for each bit of a BitFactor or of the offset, 2^b for a dense factor
void fold_low(Weight& weight, std::span<const F> r);

/// The values of factors[first], factors[first+1], … multiplied out: 2^Σbits elements, times `scale`.
///
/// Cost  1 + o(1) products an element
std::vector<F> multiply_out(std::span<const Factor> factors, F scale);

/// Adds the weight's entries to a dense vector that contains its block.
///
/// Cost  one product an entry; entries under a zero of the leading factors are skipped
void expand(const Weight& weight, std::span<F> into);

} // namespace commit
