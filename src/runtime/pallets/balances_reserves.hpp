#pragma once

#include "runtime/pallets/balances_ledger.hpp"

/// Reserves with a name: several pallets may reserve of one account and each finds its own part again. What one
/// account has reserved is the sum of its named reserves, its holds and the rest, which has no name.
namespace runtime::balances {

template <class R>
struct NamedReserves : Ledger<R>
{
    static Balance reserved_as(const Identifier& id, const AccountId& who)
    {
        for (const auto& one : Reserves::get(who))
            if (one.id == id)
                return one.amount;
        return 0;
    }

    /// Errors  Error::insufficient_balance, Error::too_many_reserves
    static Result<> reserve_named(const Identifier& id, const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return {};
        auto list = Reserves::get(who);
        const auto found = std::ranges::find(list, id, &ReserveData::id);
        const bool is_new = found == list.end();
        if (!is_new)
            found->amount = saturating_add(found->amount, amount);
        else if (!list.try_push({id, amount}))
            return fail<R>(Error::too_many_reserves);
        if (const auto done = Ledger<R>::reserve(who, amount); !done)
            return done;
        Reserves::insert(who, list);
        return {};
    }

    /// Gives back up to `amount` of what is reserved under `id`; returns how much.
    static Balance unreserve_named(const Identifier& id, const AccountId& who, Balance amount)
    {
        return Ledger<R>::unreserve(who, forget(id, who, amount));
    }

    /// Takes up to `amount` of what is reserved under `id`, without changing the issuance; returns how much.
    static Balance slash_reserved_named(const Identifier& id, const AccountId& who, Balance amount)
    {
        return Ledger<R>::slash_reserved(who, forget(id, who, amount));
    }

    /// Moves up to `amount` of what `from` has reserved under `id` to `to`, where it is free or reserved under the
    /// same name; returns how much.
    ///
    /// Errors  those of repatriate_reserved(), Error::too_many_reserves; nothing is moved then
    static Result<Balance> repatriate_reserved_named(const Identifier& id, const AccountId& from, const AccountId& to,
                                                     Balance amount, BalanceStatus status)
    {
        const auto actual = std::min(amount, reserved_as(id, from));
        if (actual == 0 || (from == to && status == BalanceStatus::reserved))
            return actual;
        if (from == to)
            return unreserve_named(id, from, actual);
        auto theirs = Reserves::get(to);
        if (status == BalanceStatus::reserved)
        {
            const auto found = std::ranges::find(theirs, id, &ReserveData::id);
            if (found != theirs.end())
                found->amount = saturating_add(found->amount, actual);
            else if (!theirs.try_push({id, actual}))
                return fail<R>(Error::too_many_reserves);
        }
        const auto moved = Ledger<R>::repatriate_reserved(from, to, actual, status);
        if (!moved)
            return moved;
        forget(id, from, actual);
        if (status == BalanceStatus::reserved)
            Reserves::insert(to, theirs);
        return actual;
    }

private:
    /// Strikes up to `amount` off the list; returns how much.
    static Balance forget(const Identifier& id, const AccountId& who, Balance amount)
    {
        auto list = Reserves::get(who);
        const auto found = std::ranges::find(list, id, &ReserveData::id);
        if (found == list.end())
            return 0;
        const auto actual = std::min(amount, found->amount);
        found->amount -= actual;
        if (found->amount == 0)
            list.erase(size_t(found - list.begin()));
        if (list.empty())
            Reserves::remove(who);
        else
            Reserves::insert(who, list);
        return actual;
    }
};

} // namespace runtime::balances
