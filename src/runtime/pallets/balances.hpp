#pragma once

#include "runtime/pallets/balances_locks.hpp"

/// The token. The existential deposit is 0: an account may hold any amount, and stays while its nonce is above 0 or
/// anything is reserved, held or frozen. What other pallets call is in Ledger (amounts on the move, reserves),
/// NamedReserves, HeldBalances and Restrictions (locks, freezes), each built on the one before.
///
/// Holds   TotalIssuance = the sum of free and reserved over all accounts, and of fees collected but not yet paid out,
///         until root forces it; reserved = named reserves + holds + the rest; frozen = the largest lock or freeze
/// Source  pallet_balances, whose calls, events and layouts these are
namespace runtime::balances {

template <class R>
struct Pallet : Restrictions<R>
{
    static constexpr std::string_view kName = "Balances";
    static constexpr std::string_view kCrate = "pallet_balances";
    using Storage = List<TotalIssuance, InactiveIssuance, Locks, Reserves, Holds<R>, Freezes<R>>;
    using Call = scale::Variant<TransferAllowDeath, ForceTransfer, TransferKeepAlive, TransferAll, ForceUnreserve,
                                UpgradeAccounts, ForceSetBalance, ForceAdjustTotalIssuance, Burn>;
    using Event =
        scale::Variant<Endowed, Transfer, BalanceSet, Reserved, Unreserved, ReserveRepatriated, Deposit, Withdraw,
                       Slashed, Minted, Burned, Upgraded, Rescinded, Locked, Unlocked, Frozen, Thawed,
                       TotalIssuanceForced, Held<R>, BurnedHeld<R>, TransferOnHold<R>, TransferAndHold<R>, Released<R>>;
    using Error = balances::Error;

    struct ExistentialDeposit
    {
        static Balance value() { return 0; }
    };
    struct MaxLocks
    {
        static uint32_t value() { return kLocksMax; }
    };
    struct MaxReserves
    {
        static uint32_t value() { return kReservesMax; }
    };
    struct MaxFreezes
    {
        static uint32_t value() { return kFreezesMax; }
    };
    using Constants = List<ExistentialDeposit, MaxLocks, MaxReserves, MaxFreezes>;

    static Weight weight(const UpgradeAccounts& call) { return measured<R, Pallet>(call, call.who.size()); }

    static Result<> dispatch(const Origin& origin, const TransferAllowDeath& call)
    {
        return transfer_from(origin, call.dest, call.value_);
    }
    static Result<> dispatch(const Origin& origin, const TransferKeepAlive& call)
    {
        return transfer_from(origin, call.dest, call.value_);
    }

    static Result<> dispatch(const Origin& origin, const ForceTransfer& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto from = lookup(call.source);
        const auto to = lookup(call.dest);
        if (!from || !to)
            return fail(dispatch_error::CannotLookup{});
        return Ledger<R>::transfer(*from, *to, call.value_);
    }

    static Result<> dispatch(const Origin& origin, const TransferAll& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return transfer_from(origin, call.dest, spendable(Account::get(*who).data));
    }

    /// Named reserves and holds stay: their pallets count on them.
    static Result<> dispatch(const Origin& origin, const ForceUnreserve& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto who = lookup(call.who);
        if (!who)
            return std::unexpected(who.error());
        Ledger<R>::unreserve(*who, std::min(call.amount, HeldBalances<R>::anonymous_reserve(*who)));
        return {};
    }

    /// Free of charge if nearly all accounts needed it.
    static Outcome dispatch(const Origin& origin, const UpgradeAccounts& call)
    {
        if (const auto who = ensure_signed(origin); !who)
            return std::unexpected(Failure{who.error()});
        size_t upgraded = 0;
        for (const auto& one : call.who)
            upgraded += ensure_upgraded(one);
        const bool useful = !call.who.empty() && upgraded * 10 >= call.who.size() * 9;
        return PostInfo{.actual_weight = std::nullopt, .pays_fee = useful ? Pays::no : Pays::yes};
    }

    static Result<> dispatch(const Origin& origin, const ForceSetBalance& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto who = lookup(call.who);
        if (!who)
            return std::unexpected(who.error());
        const auto free = call.new_free.value;
        const auto others = saturating_sub(TotalIssuance::get(), Account::get(*who).data.free);
        Balance total = 0;
        if (__builtin_add_overflow(others, free, &total))
            return fail(ArithmeticError::overflow);
        Ledger<R>::change(*who, [&](AccountData& data) { return std::exchange(data.free, free); });
        TotalIssuance::put(total);
        system::deposit_event<R>(BalanceSet{*who, free});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const ForceAdjustTotalIssuance& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        if (call.delta.value == 0)
            return fail<R>(Error::delta_zero);
        const auto old = TotalIssuance::get();
        const auto now = call.direction == AdjustmentDirection::increase ? saturating_add(old, call.delta.value)
                                                                         : saturating_sub(old, call.delta.value);
        if (InactiveIssuance::get() > now)
            return fail<R>(Error::issuance_deactivated);
        TotalIssuance::put(now);
        system::deposit_event<R>(TotalIssuanceForced{old, now});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const Burn& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return Ledger<R>::burn(*who, call.value_);
    }

private:
    static Result<> transfer_from(const Origin& origin, const MultiAddress& dest, Balance amount)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto to = lookup(dest);
        if (!to)
            return std::unexpected(to.error());
        return Ledger<R>::transfer(*who, *to, amount);
    }

    /// Brings an account of the layout before holds to the current one; false if it is there already.
    static bool ensure_upgraded(const AccountId& who)
    {
        auto info = Account::find(who);
        if (!info || (info->data.flags & AccountData::kNewLogic) != 0)
            return false;
        info->data.flags |= AccountData::kNewLogic;
        if (info->data.reserved != 0 || info->data.frozen != 0)
            ++info->consumers;
        Account::insert(who, *info);
        system::deposit_event<R>(Upgraded{who});
        return true;
    }
};

} // namespace runtime::balances
