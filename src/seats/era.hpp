#pragma once

#include "seats/churn.hpp"

namespace seats {

/// More candidates than this are refused: the whole computation is one hook's work.
inline constexpr size_t kCandidatesMax = 4096;

/// The end of an era.
struct Outcome
{
    Allocation allocation; ///< of the next era
    Allocation target;     ///< where it goes if nothing changes
    bool changed = false;  ///< from the present one: an equal set of keys is not announced again
};

/// Why there is no allocation. The present one then stays.
enum class Refusal : uint8_t
{
    too_many,  ///< more than kCandidatesMax candidates
    duplicate, ///< an account twice
    nobody,    ///< no candidate has both stake and a key
};

/// Weighs, apportions and moves: all that happens to seats when an era ends. The order of candidates does not matter.
///
/// Caller  check(rules); present is empty (a chain begins) or an earlier outcome's
/// Errors  too_many, duplicate, nobody, in this order
/// Cost    O(n·log n + seats·log n + moves·seats)
constexpr std::expected<Outcome, Refusal> allot(std::span<const Candidate> candidates, std::span<const Holder> present,
                                                const Rules& rules)
{
    base::invariant(check(rules).has_value());
    if (candidates.size() > kCandidatesMax)
        return std::unexpected(Refusal::too_many);
    auto claims = weigh(candidates, rules.mix);
    std::ranges::sort(claims, {}, &Claim::account);
    if (std::ranges::adjacent_find(claims, {}, &Claim::account) != claims.end())
        return std::unexpected(Refusal::duplicate);

    Outcome outcome;
    outcome.target = apportion(claims, rules.seats, rules.elected_max);
    if (outcome.target.empty())
        return std::unexpected(Refusal::nobody);
    outcome.allocation = step(claims, present, outcome.target, moves_max(rules));
    outcome.changed = !std::ranges::equal(outcome.allocation, present);
    return outcome;
}

} // namespace seats
