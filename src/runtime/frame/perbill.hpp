#pragma once

#include "runtime/frame/types.hpp"

#include <algorithm>

namespace runtime {

/// A fraction from 0 to 1 in billionths. All arithmetic rounds down.
///
/// Source  sp_arithmetic::Perbill
struct Perbill
{
    static constexpr std::string_view kPath = "sp_arithmetic::per_things::Perbill";
    static constexpr uint32_t kOne = 1'000'000'000;
    uint32_t value = 0;
    friend constexpr auto operator<=>(const Perbill&, const Perbill&) = default;

    static constexpr Perbill one() { return {kOne}; }
    static constexpr Perbill percent(uint32_t percent) { return {std::min(percent, 100u) * (kOne / 100)}; }
    /// part / whole; one where the part is the larger, as if the whole were 1 where it is 0.
    static constexpr Perbill of(uint64_t part, uint64_t whole)
    {
        whole = std::max<uint64_t>(whole, 1);
        return {uint32_t(u128{std::min(part, whole)} * kOne / whole)};
    }
    friend constexpr Perbill operator*(Perbill a, Perbill b) { return {uint32_t(uint64_t{a.value} * b.value / kOne)}; }
};

} // namespace runtime
