#pragma once

#include "seats/rules.hpp"
#include "seats/weight.hpp"

namespace seats {

/// A validator and how many seats it has.
struct Holder
{
    AccountId32 account;
    uint32_t seats = 0;
    friend bool operator==(const Holder&, const Holder&) = default;
};

/// Who has seats: at least one each, sorted by account, each once.
using Allocation = std::vector<Holder>;

constexpr uint32_t total_of(std::span<const Holder> allocation)
{
    uint32_t total = 0;
    for (const auto& holder : allocation)
        total += holder.seats;
    return total;
}

/// A claim and how many seats it has so far.
struct Bid
{
    Claim claim;
    uint32_t seats = 0;
};

/// Whether a's quotient with `of_a` seats is below b's with `of_b`; among equal ones the later account is below.
///
/// Caller  1 ≤ of_a, of_b ≤ 2¹⁶; weights ≤ kWeightOne < 2¹¹⁰
constexpr bool below(const Claim& a, uint32_t of_a, const Claim& b, uint32_t of_b)
{
    const u128 left = a.weight * of_b, right = b.weight * of_a;
    return left != right ? left < right : b.account < a.account;
}

/// Elects the `elected_max` heaviest claims that have a weight and a key; of equal ones the first accounts.
constexpr std::vector<Bid> elect(std::span<const Claim> claims, uint32_t elected_max)
{
    std::vector<Bid> bids;
    for (const auto& claim : claims)
        if (claim.weight != 0 && claim.keys != 0)
            bids.push_back({claim});
    const auto heavier = [](const Bid& a, const Bid& b) { return below(b.claim, 1, a.claim, 1); };
    const auto kept = std::min<size_t>(bids.size(), elected_max);
    std::ranges::partial_sort(bids, bids.begin() + std::ptrdiff_t(kept), heavier);
    bids.resize(kept);
    return bids;
}

/// D'Hondt: seat after seat goes to the largest quotient W / (seats so far + 1), no validator above its keys. There is
/// no floor: whoever gets no seat is not elected.
///
/// Caller   accounts are distinct; seats ≤ kSeatsMax; weights ≤ kWeightOne
/// Returns  an allocation of min(seats, keys of the elected) seats; empty if no claim has both weight and keys
/// Holds    where no keys are short: nobody has less than its quota rounded down, and a group of the elected with m
///          others has at most  (seats + m)·W(group) / W
/// Cost     O(claims·log(elected_max) + seats·log(elected_max))
/// Source   docs/specs/consensus.md, Seats and weights
constexpr Allocation apportion(std::span<const Claim> claims, uint32_t seats, uint32_t elected_max)
{
    base::invariant(seats <= kSeatsMax);
    auto bids = elect(claims, elected_max);
    const auto next_below = [](const Bid& a, const Bid& b) {
        return below(a.claim, a.seats + 1, b.claim, b.seats + 1);
    };
    std::ranges::make_heap(bids, next_below);

    Allocation allocation;
    auto rest = std::span(bids); // those below their keys, as a heap; the others lie behind it
    for (uint32_t given = 0; given != seats && !rest.empty(); ++given)
    {
        std::ranges::pop_heap(rest, next_below);
        auto& bid = rest.back();
        if (++bid.seats == bid.claim.keys)
            rest = rest.first(rest.size() - 1);
        else
            std::ranges::push_heap(rest, next_below);
    }
    for (const auto& bid : bids)
        if (bid.seats != 0)
            allocation.push_back({bid.claim.account, bid.seats});
    std::ranges::sort(allocation, {}, &Holder::account);
    return allocation;
}

} // namespace seats
