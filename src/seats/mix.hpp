#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>

/// Seats: how validators' stake, work and space become keys of weight 1 that write and finalise blocks. Integers alone;
/// the same source is part of the runtime.
namespace seats {

/// A billionth: the unit of what governance sets.
inline constexpr uint32_t kBillion = 1'000'000'000;

/// How much work (PoI), space (PoSp) and stake weigh:  W = α·PoI + β·PoSp + γ·Stake, in billionths.
struct Mix
{
    uint32_t alpha = 300'000'000, beta = 300'000'000, gamma = 400'000'000;
    friend bool operator==(const Mix&, const Mix&) = default;
};

/// The published reasons ask for α > 0.25 and β > 0.25; with γ ≥ 0.4 the least stake that blocks finality stays 22.7 %,
/// the least that decides it 51.6 %, whoever holds the work and the space. γ < 0.5, α < 0.35 and β < 0.35 follow.
///
/// Source  docs/specs/consensus.md, Seats and weights
inline constexpr uint32_t kWorkAbove = 250'000'000, kSpaceAbove = 250'000'000, kStakeMin = 400'000'000;
/// By how much one decision may move each of them.
inline constexpr uint32_t kMixStepMax = 50'000'000;

/// Why governance may not set a mix.
enum class MixRefusal : uint8_t
{
    sum,        ///< α + β + γ is not one
    work_low,   ///< α ≤ 0.25
    space_low,  ///< β ≤ 0.25
    stake_low,  ///< γ < 0.4
    step_large, ///< one of the three moves by more than 0.05
};

/// Errors  sum, work_low, space_low, stake_low, in this order
constexpr std::expected<void, MixRefusal> check(const Mix& mix)
{
    if (uint64_t{mix.alpha} + mix.beta + mix.gamma != kBillion)
        return std::unexpected(MixRefusal::sum);
    if (mix.alpha <= kWorkAbove)
        return std::unexpected(MixRefusal::work_low);
    if (mix.beta <= kSpaceAbove)
        return std::unexpected(MixRefusal::space_low);
    if (mix.gamma < kStakeMin)
        return std::unexpected(MixRefusal::stake_low);
    return {};
}

/// May governance go from one mix to another in one decision?
///
/// Errors  those of check(next), then step_large
constexpr std::expected<void, MixRefusal> check_change(const Mix& now, const Mix& next)
{
    if (const auto checked = check(next); !checked)
        return checked;
    const auto far = [](uint32_t a, uint32_t b) { return std::max(a, b) - std::min(a, b) > kMixStepMax; };
    if (far(now.alpha, next.alpha) || far(now.beta, next.beta) || far(now.gamma, next.gamma))
        return std::unexpected(MixRefusal::step_large);
    return {};
}

} // namespace seats
