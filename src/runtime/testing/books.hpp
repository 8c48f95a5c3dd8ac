#pragma once

#include "runtime/native/call.hpp"
#include "runtime/pallets/balances.hpp"
#include "runtime/pallets/transaction_payment.hpp"
#include "runtime/testing/memory.hpp"

namespace runtime::testing {

/// What is wrong with the books of R's Balances; empty if nothing is:
///     the issuance is all that accounts have, and the fees that wait for the block's author;
///     what an account has reserved covers its named reserves and holds;
///     frozen is its largest lock or freeze; an account with anything reserved or frozen counts as used.
template <class R>
std::string fault_in_books(Memory& state)
{
    const native::Enter enter{state};
    Balance sum = transaction_payment::CollectedFees::get();
    const auto& prefix = system::Account::prefix;
    for (const auto& [key, value] : state.top)
    {
        if (key.size() < prefix.size() || !std::ranges::equal(prefix, ByteView{key}.first(prefix.size())))
            continue;
        const auto who = scale::decode<AccountId>(ByteView{key}.last(32)).value();
        const auto info = scale::decode<system::AccountInfo>(ByteView{value}).value();
        if (__builtin_add_overflow(sum, info.data.free, &sum) || __builtin_add_overflow(sum, info.data.reserved, &sum))
            return "the accounts together have more than 128 bits";
        Balance named = 0;
        for (const auto& one : balances::Reserves::get(who))
            named += one.amount;
        for (const auto& one : balances::Holds<R>::get(who))
            named += one.amount;
        if (named > info.data.reserved)
            return "an account's reserves and holds exceed what it has reserved";
        Balance frozen = 0;
        for (const auto& one : balances::Locks::get(who))
            frozen = std::max(frozen, one.amount);
        for (const auto& one : balances::Freezes<R>::get(who))
            frozen = std::max(frozen, one.amount);
        if (frozen != info.data.frozen)
            return "an account's frozen amount is not its largest lock or freeze";
        if ((info.data.reserved != 0 || info.data.frozen != 0) && info.consumers == 0)
            return "an account with something reserved or frozen may be removed";
    }
    return sum == balances::TotalIssuance::get() ? "" : "the issuance is not the sum of the accounts";
}

} // namespace runtime::testing
