#pragma once

#include "seats/mix.hpp"

namespace seats {

/// What two thirds of would be hard to verify are too many: a justification carries a vote of 132 bytes for each.
inline constexpr uint32_t kSeatsMax = 128;
/// A released chain has no fewer: the share that a seat stands for would be coarse.
inline constexpr uint32_t kReleasedSeatsMin = 64;
/// On a released chain a seat less for everybody but one moves little: at most a validator for so many seats.
inline constexpr uint32_t kReleasedSeatsPerElected = 4;
/// The published churn: a tenth of the validators.
inline constexpr uint32_t kReleasedChurnMax = 100'000'000;

/// What a chain fixes at genesis or by governance.
struct Rules
{
    Mix mix;
    uint32_t seats = 100;
    uint32_t elected_max = 25;        ///< validators that hold seats
    uint32_t churn = 100'000'000;     ///< share of the seats that may change hands in one era, in billionths
    uint32_t freshness = 125'000'000; ///< what the latest era counts in the averages of scores, in billionths
    friend bool operator==(const Rules&, const Rules&) = default;
};

/// Why a chain cannot have such rules.
enum class RulesRefusal : uint8_t
{
    mix,         ///< check(mix) says why
    seats,       ///< none, or more than kSeatsMax
    elected_max, ///< none, or more than seats
    churn,       ///< none, or more than all
    freshness,   ///< none, or more than one
};

/// Errors  in the order of the fields
constexpr std::expected<void, RulesRefusal> check(const Rules& rules)
{
    const auto share = [](uint32_t billionths) { return billionths != 0 && billionths <= kBillion; };
    if (!check(rules.mix))
        return std::unexpected(RulesRefusal::mix);
    if (rules.seats == 0 || rules.seats > kSeatsMax)
        return std::unexpected(RulesRefusal::seats);
    if (rules.elected_max == 0 || rules.elected_max > rules.seats)
        return std::unexpected(RulesRefusal::elected_max);
    if (!share(rules.churn))
        return std::unexpected(RulesRefusal::churn);
    if (!share(rules.freshness))
        return std::unexpected(RulesRefusal::freshness);
    return {};
}

/// Does a released chain have such rules? Development chains need not.
constexpr bool released(const Rules& rules)
{
    return check(rules) && rules.seats >= kReleasedSeatsMin &&
           rules.elected_max <= rules.seats / kReleasedSeatsPerElected && rules.churn <= kReleasedChurnMax;
}

/// How many seats may change hands in one era: at least one, or nothing ever would.
constexpr uint32_t moves_max(const Rules& rules)
{
    return std::max<uint32_t>(1, uint32_t(uint64_t{rules.seats} * rules.churn / kBillion));
}

} // namespace seats
