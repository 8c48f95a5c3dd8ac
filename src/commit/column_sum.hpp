#pragma once

#include "commit/weight.hpp"

#include <span>
#include <vector>

namespace commit {

/// A sumcheck of Σ w·v along the column bits of two matrices, most significant bit first. docs/specs/proof.md,
/// section 7 step 1.
class ColumnSum
{
public:
    /// The round's polynomial p: p(1) follows from the running claim.
    struct Round
    {
        F at_zero;
        F at_infinity; ///< the leading coefficient
    };

    /// Shapes  w, v: rows × 2^log_columns, row-major
    ColumnSum(std::span<const F> w, std::span<const F> v, uint32_t log_columns);

    /// Σ w·v.
    F total() const;

    /// Caller  at least one column bit is open
    /// Cost    w.size() products, parallel
    Round round() const;

    /// Binds the open column bit of the highest significance to r.
    void bind(F r);

    /// Once all bits are bound: one entry a row.
    std::vector<F> take_w() { return std::move(w_); }
    std::vector<F> take_v() { return std::move(v_); }

private:
    // Column-major, so that the open bit is the top bit of the index.
    std::vector<F> w_, v_;
};

} // namespace commit
