#pragma once

#include "seats/era.hpp"

#include <algorithm>

/// Small worlds for tests.
namespace seats::testing {

/// splitmix64: the same numbers everywhere.
class Random
{
public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t next()
    {
        uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    /// From 0 to bound − 1.
    uint64_t below(uint64_t bound) { return next() % bound; }
    /// From 0 to 1.
    double unit() { return double(next() >> 11) * 0x1p-53; }
    u128 wide() { return u128{next()} << 64 | next(); }

private:
    uint64_t state_;
};

/// Accounts in the order of their numbers.
inline AccountId32 account(uint32_t number)
{
    AccountId32 result;
    for (size_t i = 0; i != 4; ++i)
        result.bytes[i] = uint8_t(number >> (24 - 8 * i));
    return result;
}

/// Claims of accounts 0, 1, … with keys for every seat.
inline std::vector<Claim> claims_of(std::span<const uint64_t> weights)
{
    std::vector<Claim> claims;
    for (const auto weight : weights)
        claims.push_back({account(uint32_t(claims.size())), weight, kSeatsMax});
    return claims;
}

inline uint32_t seats_of(std::span<const Holder> allocation, const AccountId32& who)
{
    const auto found = std::ranges::find(allocation, who, &Holder::account);
    return found == allocation.end() ? 0 : found->seats;
}

/// D'Hondt by its definition: of all quotients of all validators the `seats` largest.
inline Allocation by_all_quotients(std::vector<Claim> claims, uint32_t seats, uint32_t elected_max)
{
    std::erase_if(claims, [](const Claim& claim) { return claim.weight == 0 || claim.keys == 0; });
    std::ranges::sort(claims, [](const Claim& a, const Claim& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.account < b.account;
    });
    claims.resize(std::min<size_t>(claims.size(), elected_max));

    struct Quotient
    {
        const Claim* claim;
        uint32_t divisor;
    };
    std::vector<Quotient> quotients;
    for (const auto& claim : claims)
        for (uint32_t divisor = 1; divisor <= std::min(claim.keys, seats); ++divisor)
            quotients.push_back({&claim, divisor});
    std::ranges::sort(quotients, [](const Quotient& a, const Quotient& b) {
        const u128 left = a.claim->weight * b.divisor, right = b.claim->weight * a.divisor;
        return left != right ? left > right : a.claim->account < b.claim->account;
    });
    quotients.resize(std::min<size_t>(quotients.size(), seats));

    Allocation allocation;
    for (const auto& claim : claims)
    {
        const auto won = std::ranges::count(quotients, claim.account,
                                            [](const Quotient& quotient) { return quotient.claim->account; });
        if (won != 0)
            allocation.push_back({claim.account, uint32_t(won)});
    }
    std::ranges::sort(allocation, {}, &Holder::account);
    return allocation;
}

} // namespace seats::testing
