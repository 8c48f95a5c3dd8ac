#pragma once

#include "base/invariant.hpp"
#include "scale/codec.hpp"
#include "seats/mix.hpp"

#include <span>

namespace seats {

using scale::u128;

/// A share of the network's total, in millionths of a millionth.
using Share = uint64_t;
inline constexpr Share kOne = 1'000'000'000'000;

/// What the network did in an average era, in raw units: an idle era must not make a little work a large share.
struct Pace
{
    u128 work = 0, space = 0;
    friend bool operator==(const Pace&, const Pace&) = default;
};

/// A validator's scores: of the era that ends, in raw units, and its averaged shares.
struct Record
{
    uint64_t era_work = 0, era_space = 0;
    Share work = 0, space = 0;
    friend bool operator==(const Record&, const Record&) = default;
};

/// before + (latest − before)·freshness, rounded down.
///
/// Caller  before, latest < 2⁹⁸; freshness ≤ kBillion
/// Holds   for any set of pairs, the sum of the results is at most the average of the sums
constexpr u128 average(u128 before, u128 latest, uint32_t freshness)
{
    base::invariant(freshness <= kBillion && (before | latest) >> 98 == 0);
    return (before * (kBillion - freshness) + latest * freshness) / kBillion;
}

/// What a raw score is of an era's total, or of the pace if that is more, rounded down; 0 of nothing.
constexpr Share share_of(uint64_t raw, u128 total, u128 pace)
{
    const auto whole = std::max(total, pace);
    return whole == 0 ? 0 : Share(u128{raw} * kOne / whole);
}

/// The pace after an era with this total: the average, but at most twice the pace before, unless that is 0. Else one
/// era of bought work would make everybody else's count for little in many eras to come.
constexpr u128 next_pace(u128 pace, u128 total, uint32_t freshness)
{
    const auto next = average(pace, total, freshness);
    return pace == 0 ? next : std::min(next, 2 * pace);
}

/// Ends an era: shares take the era's scores up, the pace its totals, and the era's scores return to 0.
///
/// An era counts `freshness` at most, however much was done in it: renting all the world's work for one era gives that
/// share, not more. Where less was done than on average, the missing part counts for nobody, and the weight of it
/// returns to stake (weigh).
///
/// Shapes  records: every candidate, those without a score too; fewer than 2³²
/// Holds   the shares of all records sum to at most kOne if they did before
constexpr void close_era(std::span<Record> records, Pace& pace, uint32_t freshness)
{
    Pace total;
    for (const auto& record : records)
    {
        total.work += record.era_work;
        total.space += record.era_space;
    }
    for (auto& record : records)
    {
        record.work = Share(average(record.work, share_of(record.era_work, total.work, pace.work), freshness));
        record.space = Share(average(record.space, share_of(record.era_space, total.space, pace.space), freshness));
        record.era_work = record.era_space = 0;
    }
    pace = {next_pace(pace.work, total.work, freshness), next_pace(pace.space, total.space, freshness)};
}

} // namespace seats
