#pragma once

#include "sumcheck/channel.hpp"

#include "field/extension.hpp"

#include <vector>

namespace sumcheck {

/// A vector of 2ᵛ fractions p/q.
template <class F>
struct Fractions
{
    std::vector<F> p, q;
};

/// Proves Σ p/q = 0 over 2ᵛ leaves by layers of the fraction tree, to one evaluation of p and q at a random point.
/// Messages and challenges as docs/specs/proof.md §6.2 steps 1 and 2.
///
/// Shapes  leaves: 2ᵛ of each, v ≥ 2; result: the point, v coordinates, most significant first
/// Memory  the leaves and as much again
/// Cost    3 products a node to build, 10 to prove
template <class F>
std::vector<F> prove_fractions(Fractions<F> leaves, Channel<F>& channel);

extern template std::vector<field::F4> prove_fractions(Fractions<field::F4> leaves, Channel<field::F4>& channel);

} // namespace sumcheck
