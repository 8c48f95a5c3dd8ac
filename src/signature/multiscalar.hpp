#pragma once

#include "signature/curve.hpp"
#include "signature/scalar.hpp"

#include <span>

namespace signature {

struct Term
{
    Scalar scalar;
    Point point;
};

/// base·B + Σ scalarᵢ·pointᵢ.
///
/// Cost    doublings 27 µs together; then 12 µs a term, 6 µs where the scalar is below 2¹²⁸; 1.5 KB a term
/// Source  Straus, Addition chains of vectors, 1964; non-adjacent forms of width 5, of width 8 for B
Point multiscalar(const Scalar& base, std::span<const Term> terms);

} // namespace signature
