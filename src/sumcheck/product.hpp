#pragma once

#include "sumcheck/channel.hpp"

#include "field/extension.hpp"

#include <vector>

namespace sumcheck {

/// weight · Σ_x left(x)·right(x), both of 2^s values.
template <class F>
struct InnerProduct
{
    F weight;
    std::vector<F> left, right;
};

/// Proves the sum of all inner products over shared challenges, shorter ones joining late (docs/specs/proof.md §6.3);
/// then sends left and right of each at the final point.
///
/// Shapes  at least one product; the point has S coordinates, S the largest s; a product of s bits ends at its last s
/// Cost    4 products an entry
template <class F>
std::vector<F> prove_products(std::vector<InnerProduct<F>> products, Channel<F>& channel);

extern template std::vector<field::F4> prove_products(std::vector<InnerProduct<field::F4>> products,
                                                      Channel<field::F4>& channel);

} // namespace sumcheck
