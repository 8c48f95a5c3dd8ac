#pragma once

#include "runtime/pallets/binomial.hpp"
#include "runtime/pallets/offences.hpp"

/// Who makes no blocks. There are no heartbeats: the blocks on the chain are the evidence.
///
/// Rule     a validator with u of U seats that made x of a session's n blocks is unresponsive if an honest one, whose
///          blocks are each on the chain with chance u ÷ U, would have made x or fewer with chance below 2⁻³⁰
///          (design: job protocol, Offences). Only blocks count, not slots: a stall of the whole network, slots without
///          authors and forks leave n small and accuse nobody.
/// Spared   a sole validator, whom nothing can be held against; and everybody where the silent hold more than a third
///          of the seats: then the network is split, and the absent cannot be told from those cut off
/// Reach    a session can show it of those with about 21 ÷ n of the seats or more: 3 of 128 within 1,200 blocks. One
///          seat of many is too little to tell in one session.
namespace runtime::liveness {

/// Unlikely is below 2⁻³⁰.
inline constexpr uint32_t kChanceBits = 30;

/// Blocks of the session that runs, by author.
using AuthoredBlocks = StorageMap<"Liveness", "AuthoredBlocks", Twox64Concat, AccountId, uint32_t>;

/// More than a third of a session's seats were silent; nobody was reported.
struct TooManySilent
{
    SessionIndex session = 0;
    uint32_t seats = 0;
};

/// Far above what any session has.
inline constexpr uint32_t kBlocksMax = 1 << 20;

/// Seats of each owner, whose seats lie together.
using Holdings = std::vector<offences::Offender>;

inline Holdings holdings_of(const std::vector<AccountId>& seats)
{
    Holdings all;
    for (const auto& who : seats)
        if (!all.empty() && all.back().first == who)
            ++all.back().second;
        else
            all.emplace_back(who, 1);
    return all;
}

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Liveness";
    static constexpr std::string_view kCrate = "pallet_liveness";
    using Storage = List<AuthoredBlocks>;
    using Event = scale::Variant<TooManySilent>;

    static void note_author(const AccountId& who)
    {
        AuthoredBlocks::mutate(who, [](uint32_t& count) { ++count; });
    }

    /// Counts the session that ends, begins anew, reports who was silent.
    static void on_end_session(SessionIndex session)
    {
        const auto seats = session::Validators::get();
        const auto holdings = holdings_of(seats);
        std::vector<uint32_t> made;
        uint32_t blocks = 0;
        for (const auto& [who, held] : holdings)
        {
            made.push_back(AuthoredBlocks::take(who).value_or(0));
            blocks += made.back();
        }
        if (blocks > kBlocksMax)
            return;
        report(session, uint32_t(seats.size()), silent(holdings, made, blocks, uint32_t(seats.size())));
    }

private:
    static Holdings silent(const Holdings& holdings, const std::vector<uint32_t>& made, uint32_t blocks, uint32_t seats)
    {
        Holdings found;
        for (size_t i = 0; i != holdings.size(); ++i)
            if (const auto held = holdings[i].second;
                held < seats && binomial::is_unlikely(made[i], blocks, held, seats, kChanceBits))
                found.push_back(holdings[i]);
        return found;
    }

    static void report(SessionIndex session, uint32_t seats, const Holdings& silent)
    {
        uint32_t held = 0;
        for (const auto& [who, count] : silent)
            held += count;
        if (held == 0)
            return;
        if (3 * held > seats)
            return system::deposit_event<R>(TooManySilent{session, held});
        (void)offences::Pallet<R>::file({.kind = offences::kUnresponsive,
                                         .time_slot = scale::encode(session),
                                         .session = session,
                                         .seats = seats,
                                         .offenders = silent,
                                         .reporter = std::nullopt,
                                         .fraction = offences::unresponsive_fraction});
    }
};

} // namespace runtime::liveness
