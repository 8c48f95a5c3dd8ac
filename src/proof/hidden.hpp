#pragma once

#include "circuit/view.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace proof {

using circuit::Store;
using commit::F;
using commit::K;

/// A value that the prover knows and the verifier knows up to one-time pads: constant + Σ coefficient·pad.
struct Hidden
{
    F constant = F::zero();
    std::vector<std::pair<uint32_t, F>> pads;

    Hidden() = default;
    explicit Hidden(F value) : constant(value) {}
    /// A message received as m̂ = m + pad.
    static Hidden message(F masked, uint32_t pad)
    {
        Hidden hidden(masked);
        hidden.pads.emplace_back(pad, -F::one());
        return hidden;
    }

    Hidden& operator+=(const Hidden& other)
    {
        constant = constant + other.constant;
        pads.insert(pads.end(), other.pads.begin(), other.pads.end());
        return *this;
    }
    friend Hidden operator+(Hidden a, const Hidden& b) { return a += b; }
    friend Hidden operator*(Hidden a, F scale)
    {
        a.constant = a.constant * scale;
        for (auto& [pad, coefficient] : a.pads)
            coefficient = coefficient * scale;
        return a;
    }
    friend Hidden operator-(const Hidden& a, const Hidden& b) { return a + b * -F::one(); }
};

/// Σ weights·columns + Σ coefficient·pad = constant.
struct Equation
{
    std::string_view name; ///< for tests that name the broken one
    uint32_t index = 0;    ///< which layer, relation or product
    std::vector<std::pair<Store, commit::Weight>> weights;
    std::vector<std::pair<uint32_t, F>> pads;
    F constant = F::zero();

    /// Adds scale·value to the left side.
    void add(const Hidden& value, F scale = F::one())
    {
        constant = constant - value.constant * scale;
        for (const auto& [pad, coefficient] : value.pads)
            pads.emplace_back(pad, coefficient * scale);
    }
};

} // namespace proof
