#pragma once

#include "runtime/pallets/balances_holds.hpp"

/// Locks and freezes: parts of a balance that may not leave. They overlap: the largest counts, not the sum. Freezes
/// are locks with a typed reason.
namespace runtime::balances {

template <class R>
struct Restrictions : HeldBalances<R>
{
    using WhyFrozen = FreezeReason<R>;

    static Balance locked_as(const Identifier& id, const AccountId& who)
    {
        for (const auto& one : Locks::get(who))
            if (one.id == id)
                return one.amount;
        return 0;
    }

    /// Makes the lock `id`, or sets it anew. An amount of 0 removes it.
    ///
    /// Errors  Exhausted: more than kLocksMax locks
    static Result<> set_lock(const Identifier& id, const AccountId& who, Balance amount, Reasons reasons)
    {
        auto list = Locks::get(who);
        const auto found = std::ranges::find(list, id, &BalanceLock::id);
        if (found == list.end())
        {
            if (amount == 0)
                return {};
            if (!list.try_push({id, amount, reasons}))
                return fail(dispatch_error::Exhausted{});
        }
        else if (amount == 0)
            list.erase(size_t(found - list.begin()));
        else
            *found = {id, amount, reasons};
        store_locks(who, list);
        return {};
    }

    /// As set_lock(), but never lowers the amount or drops a reason.
    static Result<> extend_lock(const Identifier& id, const AccountId& who, Balance amount, Reasons reasons)
    {
        for (const auto& one : Locks::get(who))
            if (one.id == id)
                return set_lock(id, who, std::max(amount, one.amount), one.reasons == reasons ? reasons : Reasons::all);
        return set_lock(id, who, amount, reasons);
    }

    static void remove_lock(const Identifier& id, const AccountId& who)
    {
        auto list = Locks::get(who);
        const auto found = std::ranges::find(list, id, &BalanceLock::id);
        if (found == list.end())
            return;
        list.erase(size_t(found - list.begin()));
        store_locks(who, list);
    }

    static Balance frozen_for(const WhyFrozen& why, const AccountId& who)
    {
        for (const auto& one : Freezes<R>::get(who))
            if (one.id == why)
                return one.amount;
        return 0;
    }

    /// Freezes `amount` for `why`, whatever was frozen for it before. An amount of 0 thaws.
    ///
    /// Errors  Error::too_many_freezes
    static Result<> set_freeze(const WhyFrozen& why, const AccountId& who, Balance amount)
    {
        auto list = Freezes<R>::get(who);
        const auto found = std::ranges::find(list, why, &IdAmount<WhyFrozen>::id);
        if (found != list.end() && amount != 0)
            found->amount = amount;
        else if (found != list.end())
            list.erase(size_t(found - list.begin()));
        else if (amount == 0)
            return {};
        else if (!list.try_push({why, amount}))
            return fail<R>(Error::too_many_freezes);
        if (list.empty())
            Freezes<R>::remove(who);
        else
            Freezes<R>::insert(who, list);
        refreeze<Frozen, Thawed>(who, Locks::get(who), list);
        return {};
    }

    /// As set_freeze(), but never lowers the amount.
    static Result<> extend_freeze(const WhyFrozen& why, const AccountId& who, Balance amount)
    {
        return set_freeze(why, who, std::max(amount, frozen_for(why, who)));
    }

    static Result<> thaw(const WhyFrozen& why, const AccountId& who) { return set_freeze(why, who, 0); }

private:
    static void store_locks(const AccountId& who, const LockList& list)
    {
        if (list.empty())
            Locks::remove(who);
        else
            Locks::insert(who, list);
        refreeze<Locked, Unlocked>(who, list, Freezes<R>::get(who));
    }

    /// Brings the account's `frozen` up to the lists, and says by how much it changed.
    template <class More, class Less>
    static void refreeze(const AccountId& who, const LockList& locks, const FreezeList<R>& freezes)
    {
        Balance most = 0;
        for (const auto& one : locks)
            most = std::max(most, one.amount);
        for (const auto& one : freezes)
            most = std::max(most, one.amount);
        const auto before = Ledger<R>::change(who, [&](AccountData& data) { return std::exchange(data.frozen, most); });
        if (most > before)
            system::deposit_event<R>(More{who, most - before});
        else if (most < before)
            system::deposit_event<R>(Less{who, before - most});
    }
};

} // namespace runtime::balances
