#pragma once

#include "commit/weight.hpp"

#include <vector>

namespace commit {

/// Rounds that are sent under pads. With ⟨w,v⟩ + ⟨u,ξ⟩ = c before a round, and p̂ = p + ξ sent in it, the same holds
/// after it with
///     c ← c·r + p̂(0)·(1−2r) + p̂(∞)·(r²−r),   u ← u·r ‖ (1−2r) ‖ (r²−r),
/// since p(r) = p(0)·(1−2r) + p(∞)·(r²−r) + r·⟨w,v⟩.
struct PadWeights
{
    std::vector<F> u;

    void bind(F r)
    {
        for (auto& x : u)
            x *= r;
        u.push_back(F::one() - r - r);
        u.push_back(r * r - r);
    }
};

inline F bind_constant(F c, F at_zero, F at_infinity, F r)
{
    return c * r + at_zero * (F::one() - r - r) + at_infinity * (r * r - r);
}

/// 2^−exponent: the share that a source keeps after joining so many rounds late.
inline F halved(uint32_t exponent) { return F{K{(K::kModulus + 1) / 2}.pow(exponent)}; }

} // namespace commit
