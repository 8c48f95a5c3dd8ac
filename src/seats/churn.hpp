#pragma once

#include "seats/apportion.hpp"

#include <optional>

namespace seats {

/// On the way from one allocation to another: who has seats, who shall have.
struct Course
{
    Claim claim;
    uint32_t seats = 0, target = 0;
};

/// Everyone that has seats or shall have some, sorted by account, with the claims of now; without a claim: weight 0.
///
/// Caller  claims, present and target are each sorted by account, each account once
constexpr std::vector<Course> courses(std::span<const Claim> claims, std::span<const Holder> present,
                                      std::span<const Holder> target)
{
    std::vector<Course> result;
    result.reserve(present.size() + target.size());
    auto claim = claims.begin();
    while (!present.empty() || !target.empty())
    {
        const bool has = !present.empty() && (target.empty() || present[0].account <= target[0].account);
        const bool shall = !target.empty() && (present.empty() || target[0].account <= present[0].account);
        const auto& account = has ? present[0].account : target[0].account;
        while (claim != claims.end() && claim->account < account)
            ++claim;
        const bool claims_some = claim != claims.end() && claim->account == account;
        result.push_back(
            {claims_some ? *claim : Claim{account, 0, 0}, has ? present[0].seats : 0, shall ? target[0].seats : 0});
        present = present.subspan(has ? 1 : 0);
        target = target.subspan(shall ? 1 : 0);
    }
    return result;
}

/// Moves one seat: to the strongest claim among those that shall have more, from the weakest among those that shall
/// have less.
struct Mover
{
    std::span<Course> courses;

    constexpr void give()
    {
        Course* best = nullptr;
        for (auto& course : courses)
            if (course.seats < course.target &&
                (best == nullptr || below(best->claim, best->seats + 1, course.claim, course.seats + 1)))
                best = &course;
        base::invariant(best != nullptr);
        ++best->seats;
    }

    constexpr void take()
    {
        Course* worst = nullptr;
        for (auto& course : courses)
            if (course.seats > course.target &&
                (worst == nullptr || below(course.claim, course.seats, worst->claim, worst->seats)))
                worst = &course;
        base::invariant(worst != nullptr);
        --worst->seats;
    }
};

/// The allocation of the next era: from `present` towards `target`, with at most `moves` seats in other hands.
///
/// Seats that nothing stands behind any more (no claim, no weight, no key) go at once and are given on at once,
/// whatever `moves` says, and count as moves. Without present seats the target is taken whole. Where the number of
/// seats grows or shrinks, each seat more or less is a move.
///
/// Caller  claims, present and target are each sorted by account, each account once; target = apportion(claims, …) has
///         a seat; present and target have at most 2·kSeatsMax seats each
/// Holds   a validator's seats stay between what it had and what it shall have; `target` is reached after
///         ⌈distance / moves⌉ eras if it stays; at least one seat
/// Cost    O((moves + seats that go)·(holders of both))
constexpr Allocation step(std::span<const Claim> claims, std::span<const Holder> present,
                          std::span<const Holder> target, uint32_t moves)
{
    auto all = courses(claims, present, target);
    const uint32_t had = total_of(present), wanted = total_of(target);
    base::invariant(wanted != 0);

    uint32_t total = 0;
    for (auto& course : all)
    {
        course.seats = course.claim.weight == 0 ? 0 : std::min(course.seats, course.claim.keys);
        total += course.seats;
    }
    const uint32_t gone = had - total;

    Mover mover{all};
    for (const auto full = had == 0 ? wanted : std::min(had, wanted); total < full; ++total)
        mover.give();
    for (uint32_t moved = gone; moved < moves; ++moved)
    {
        const bool there = std::ranges::all_of(all, [](const Course& one) { return one.seats == one.target; });
        if (there)
            break;
        if (total <= wanted)
            mover.give();
        if (total >= wanted)
            mover.take();
        total = total < wanted ? total + 1 : total > wanted ? total - 1 : total;
    }

    Allocation next;
    for (const auto& course : all)
        if (course.seats != 0)
            next.push_back({course.claim.account, course.seats});
    return next;
}

} // namespace seats
