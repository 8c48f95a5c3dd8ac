#pragma once

#include "runtime/pallets/balances_reserves.hpp"

/// Holds: reserved balance with a typed reason. Freezes do not stand in their way, so a frozen amount may be held.
namespace runtime::balances {

template <class R>
struct HeldBalances : NamedReserves<R>
{
    using Why = HoldReason<R>;

    static Balance on_hold(const Why& why, const AccountId& who)
    {
        for (const auto& one : Holds<R>::get(who))
            if (one.id == why)
                return one.amount;
        return 0;
    }

    /// Errors  TokenError::funds_unavailable, Error::too_many_holds
    static Result<> hold(const Why& why, const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return {};
        if (const auto room = note(why, who, amount); !room)
            return room;
        const auto done = Ledger<R>::change(who, [&](AccountData& data) -> Result<> {
            if (data.free < amount)
                return fail(TokenError::funds_unavailable);
            data.free -= amount;
            return Ledger<R>::add(data.reserved, amount);
        });
        if (!done)
        {
            forget(why, who, amount);
            return done;
        }
        system::deposit_event<R>(Held<R>{why, who, amount});
        return {};
    }

    /// Frees up to `amount` of what is held for `why`; returns how much.
    static Balance release(const Why& why, const AccountId& who, Balance amount)
    {
        const auto actual = forget(why, who, amount);
        if (actual == 0)
            return 0;
        // Somebody else's unreserve may have eaten what backed the hold.
        Balance freed = 0;
        Ledger<R>::change(who, [&](AccountData& data) {
            freed = std::min(actual, data.reserved);
            data.reserved -= freed;
            data.free += freed;
            return true;
        });
        system::deposit_event<R>(Released<R>{why, who, freed});
        return freed;
    }
    static Balance release_all(const Why& why, const AccountId& who) { return release(why, who, ~Balance{0}); }

    /// Destroys up to `amount` of what is held for `why`; returns how much.
    static Balance burn_held(const Why& why, const AccountId& who, Balance amount)
    {
        const auto actual = Ledger<R>::take_reserved(who, forget(why, who, amount));
        if (actual == 0)
            return 0;
        TotalIssuance::mutate([&](Balance& total) { total = saturating_sub(total, actual); });
        system::deposit_event<R>(BurnedHeld<R>{why, who, actual});
        return actual;
    }

    /// Takes up to `amount` of what is held for `why`, without changing the issuance; returns how much.
    static Balance slash_held(const Why& why, const AccountId& who, Balance amount)
    {
        return Ledger<R>::slash_reserved(who, forget(why, who, amount));
    }

    /// Moves up to `amount` of what `from` has on hold for `why` to `to`, where it is free or held for the same
    /// reason; returns how much.
    ///
    /// Errors  Error::dead_account, Error::too_many_holds; nothing is moved then
    static Result<Balance> transfer_on_hold(const Why& why, const AccountId& from, const AccountId& to, Balance amount,
                                            BalanceStatus status)
    {
        const auto actual = std::min(amount, on_hold(why, from));
        if (actual == 0 || (from == to && status == BalanceStatus::reserved))
            return actual;
        if (from == to)
            return release(why, from, actual);
        const bool held = status == BalanceStatus::reserved;
        if (held)
            if (const auto room = note(why, to, actual); !room)
                return std::unexpected(room.error());
        if (const auto moved = Ledger<R>::move_reserved(from, to, actual, status); !moved)
        {
            if (held)
                forget(why, to, actual);
            return std::unexpected(moved.error());
        }
        forget(why, from, actual);
        system::deposit_event<R>(TransferOnHold<R>{why, from, to, actual});
        return actual;
    }

    /// Moves `amount` of what `from` may spend to `to`, where it is held for `why`.
    ///
    /// Errors  those of take(), Error::too_many_holds; nothing is moved then
    static Result<> transfer_and_hold(const Why& why, const AccountId& from, const AccountId& to, Balance amount)
    {
        if (amount == 0)
            return {};
        if (const auto room = note(why, to, amount); !room)
            return room;
        if (const auto taken = Ledger<R>::take(from, amount); !taken)
        {
            forget(why, to, amount);
            return taken;
        }
        // The issuance bounds every sum: what was just taken fits.
        Ledger<R>::change(to, [&](AccountData& data) { return Ledger<R>::add(data.reserved, amount); });
        system::deposit_event<R>(TransferAndHold<R>{why, from, to, amount});
        return {};
    }

    /// Of what `who` has reserved, the part without name or reason.
    static Balance anonymous_reserve(const AccountId& who)
    {
        auto rest = Account::get(who).data.reserved;
        for (const auto& one : Reserves::get(who))
            rest = saturating_sub(rest, one.amount);
        for (const auto& one : Holds<R>::get(who))
            rest = saturating_sub(rest, one.amount);
        return rest;
    }

private:
    /// Adds to the list.
    static Result<> note(const Why& why, const AccountId& who, Balance amount)
    {
        auto list = Holds<R>::get(who);
        const auto found = std::ranges::find(list, why, &IdAmount<Why>::id);
        if (found != list.end())
        {
            if (const auto added = Ledger<R>::add(found->amount, amount); !added)
                return fail(TokenError::funds_unavailable); // more than there can be
        }
        else if (!list.try_push({why, amount}))
            return fail<R>(Error::too_many_holds);
        Holds<R>::insert(who, list);
        return {};
    }

    /// Strikes up to `amount` off the list; returns how much.
    static Balance forget(const Why& why, const AccountId& who, Balance amount)
    {
        auto list = Holds<R>::get(who);
        const auto found = std::ranges::find(list, why, &IdAmount<Why>::id);
        if (found == list.end())
            return 0;
        const auto actual = std::min(amount, found->amount);
        found->amount -= actual;
        if (found->amount == 0)
            list.erase(size_t(found - list.begin()));
        if (list.empty())
            Holds<R>::remove(who);
        else
            Holds<R>::insert(who, list);
        return actual;
    }
};

} // namespace runtime::balances
