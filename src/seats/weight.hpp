#pragma once

#include "primitives/keys.hpp"
#include "seats/score.hpp"

#include <bit>
#include <vector>

namespace seats {

using primitives::AccountId32;

/// A validator that asks for seats at the end of an era.
struct Candidate
{
    AccountId32 account;
    u128 stake = 0;            ///< planck, its own and its nominators'
    Share work = 0, space = 0; ///< averaged, from its Record
    uint32_t keys = 0;         ///< key pairs that it registered: it gets no more seats
};

/// What weigh() makes of a candidate.
struct Claim
{
    AccountId32 account;
    u128 weight = 0;
    uint32_t keys = 0;
    friend bool operator==(const Claim&, const Claim&) = default;
};

/// The weight of a network: that of all claims together, but for what shares lose by rounding.
inline constexpr u128 kWeightOne = u128{kBillion} * kOne * kOne;

/// Stakes as shares of their sum, which may exceed 128 bits.
class Stakes
{
public:
    /// At most 2³² of them.
    constexpr void add(u128 stake) { high_ += __builtin_add_overflow(low_, stake, &low_) ? 1 : 0; }

    /// stake / sum, rounded down; 0 of nothing. The shares of all stakes that were added sum to at most kOne; each is
    /// less than 2 / kOne too small.
    constexpr Share share(u128 stake) const
    {
        // Only 88 bits of the sum are used, so that the product with kOne < 2⁴⁰ fits.
        const int width = high_ != 0 ? 128 + int(std::bit_width(high_)) : bit_width(low_);
        const int shift = std::max(0, width - kBits);
        const u128 sum = low_ >> shift | (high_ != 0 ? u128{high_} << (128 - shift) : 0);
        return sum == 0 ? 0 : Share((stake >> shift) * kOne / sum);
    }

private:
    static constexpr int kBits = 88;
    static constexpr int bit_width(u128 value)
    {
        const auto upper = uint64_t(value >> 64);
        return int(upper != 0 ? 64 + std::bit_width(upper) : std::bit_width(uint64_t(value)));
    }

    u128 low_ = 0;
    uint32_t high_ = 0;
};

/// Each candidate's weight, in the order given:
///
///     sᵢ, pᵢ, qᵢ   shares of stake, work, space          p̄ᵢ = min(pᵢ, sᵢ)    q̄ᵢ = min(qᵢ, sᵢ)
///     Wᵢ = α·p̄ᵢ + β·q̄ᵢ + (γ + α·(1 − Σp̄) + β·(1 − Σq̄))·sᵢ
///
/// Work and space count up to the stake behind them; what does not count returns to stake. A candidate without keys is
/// none: it weighs nothing and its stake is in no total.
///
/// Caller  mix sums to one; fewer than 2³² candidates
/// Holds   no rounding but that of shares:  kWeightOne·(1 − 2·candidates / kOne) < Σ Wᵢ ≤ kWeightOne  unless all are 0
/// Source  docs/specs/consensus.md, Seats and weights
constexpr std::vector<Claim> weigh(std::span<const Candidate> candidates, const Mix& mix)
{
    Stakes stakes;
    for (const auto& candidate : candidates)
        stakes.add(candidate.keys != 0 ? candidate.stake : 0);
    const auto stake_of = [&](const Candidate& candidate) {
        return candidate.keys != 0 ? stakes.share(candidate.stake) : 0;
    };

    u128 counted = 0; // α·Σp̄ + β·Σq̄
    for (const auto& candidate : candidates)
    {
        const auto stake = stake_of(candidate);
        counted +=
            u128{mix.alpha} * std::min(candidate.work, stake) + u128{mix.beta} * std::min(candidate.space, stake);
    }
    const u128 of_stake = u128{kBillion} * kOne - counted;

    std::vector<Claim> claims;
    claims.reserve(candidates.size());
    for (const auto& candidate : candidates)
    {
        const auto stake = stake_of(candidate);
        const u128 own =
            u128{mix.alpha} * std::min(candidate.work, stake) + u128{mix.beta} * std::min(candidate.space, stake);
        claims.push_back({candidate.account, own * kOne + of_stake * stake, candidate.keys});
    }
    return claims;
}

} // namespace seats
