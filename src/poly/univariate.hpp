#pragma once

#include "field/field.hpp"

#include <cstddef>
#include <span>

namespace poly {

/// Σ coefficients[i]·xⁱ, by Horner's rule. F is any field that K embeds in.
template <field::Field F, class K>
constexpr F evaluate_univariate(std::span<const K> coefficients, F x)
{
    F value;
    for (size_t i = coefficients.size(); i-- != 0;)
        value = value * x + F{coefficients[i]};
    return value;
}

} // namespace poly
