#pragma once

#include "runtime/pallets/balances_types.hpp"

/// Amounts on the move: between accounts, and between free and reserved.
namespace runtime::balances {

template <class R>
struct Ledger
{
    /// Moves `amount`; all of it or nothing.
    ///
    /// Errors  TokenError::funds_unavailable, TokenError::frozen, ArithmeticError::overflow
    static Result<> transfer(const AccountId& from, const AccountId& to, Balance amount)
    {
        if (from != to && amount != 0)
        {
            if (const auto taken = take(from, amount); !taken)
                return taken;
            if (const auto given = give(to, amount); !given)
                return given;
        }
        else if (const auto data = Account::get(from).data; spendable(data) < amount)
            return fail(data.free < amount ? TokenError::funds_unavailable : TokenError::frozen);
        system::deposit_event<R>(Transfer{from, to, amount});
        return {};
    }

    /// Takes from `who` without an event and without changing the issuance: the caller holds the amount from here on.
    static Result<> take(const AccountId& who, Balance amount)
    {
        return change(who, [&](AccountData& data) -> Result<> {
            if (spendable(data) < amount)
                return fail(data.free < amount ? TokenError::funds_unavailable : TokenError::frozen);
            data.free -= amount;
            return {};
        });
    }

    /// The reverse of take().
    static Result<> give(const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return {};
        return change(who, [&](AccountData& data) { return add(data.free, amount); });
    }

    /// New tokens; nothing changes if it fails.
    static Result<> mint(const AccountId& who, Balance amount)
    {
        auto total = TotalIssuance::get();
        if (__builtin_add_overflow(total, amount, &total))
            return fail(ArithmeticError::overflow);
        if (const auto given = give(who, amount); !given)
            return given;
        TotalIssuance::put(total);
        system::deposit_event<R>(Minted{who, amount});
        return {};
    }

    /// Destroys tokens.
    ///
    /// Errors  those of take()
    static Result<> burn(const AccountId& who, Balance amount)
    {
        if (const auto taken = take(who, amount); !taken)
            return taken;
        TotalIssuance::mutate([&](Balance& total) { total = saturating_sub(total, amount); });
        system::deposit_event<R>(Burned{who, amount});
        return {};
    }

    /// Takes `amount` of the issuance that the caller holds (after take() or a slash) out of existence.
    static void rescind(Balance amount)
    {
        TotalIssuance::mutate([&](Balance& total) { total = saturating_sub(total, amount); });
        system::deposit_event<R>(Rescinded{amount});
    }

    /// Takes up to `amount` of what is free, frozen or not, without changing the issuance; returns how much. Held and
    /// reserved balance is slashed by its own functions.
    static Balance slash(const AccountId& who, Balance amount)
    {
        const auto gone = change(who, [&](AccountData& data) {
            const auto available = std::min(amount, data.free);
            data.free -= available;
            return available;
        });
        system::deposit_event<R>(Slashed{who, gone});
        return gone;
    }

    /// True if reserve() would do it: what is left free is no less than what is frozen.
    static bool can_reserve(const AccountData& data, Balance amount)
    {
        return amount == 0 || (data.free >= amount && data.free - amount >= data.frozen);
    }

    /// Sets `amount` aside; it still belongs to `who`.
    ///
    /// Errors  Error::insufficient_balance
    static Result<> reserve(const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return {};
        const auto done = change(who, [&](AccountData& data) -> Result<> {
            if (!can_reserve(data, amount))
                return fail<R>(Error::insufficient_balance);
            data.free -= amount;
            return add(data.reserved, amount);
        });
        if (done)
            system::deposit_event<R>(Reserved{who, amount});
        return done;
    }

    /// Gives back up to `amount` of what is reserved; returns how much.
    ///
    /// Caller  reserved that much itself: named reserves and holds count as reserved too, and have their own functions
    static Balance unreserve(const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return 0;
        const auto moved = change(who, [&](AccountData& data) {
            // free + reserved never exceed the issuance, so the sum cannot overflow.
            const auto available = std::min(amount, data.reserved);
            data.reserved -= available;
            data.free += available;
            return available;
        });
        system::deposit_event<R>(Unreserved{who, moved});
        return moved;
    }

    /// Takes up to `amount` of what is reserved, without changing the issuance; returns how much.
    ///
    /// Caller  as for unreserve()
    static Balance slash_reserved(const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return 0;
        const auto gone = take_reserved(who, amount);
        system::deposit_event<R>(Slashed{who, gone});
        return gone;
    }

    /// Moves up to `amount` of what `from` has reserved to `to`; returns how much.
    ///
    /// Caller  as for unreserve()
    /// Errors  Error::dead_account: `to` does not exist; ArithmeticError::overflow. Nothing is moved then.
    static Result<Balance> repatriate_reserved(const AccountId& from, const AccountId& to, Balance amount,
                                               BalanceStatus status)
    {
        if (amount == 0)
            return Balance{0};
        if (from == to)
            return status == BalanceStatus::free ? unreserve(from, amount)
                                                 : std::min(amount, Account::get(from).data.reserved);
        const auto actual = std::min(amount, Account::get(from).data.reserved);
        if (const auto moved = move_reserved(from, to, actual, status); !moved)
            return std::unexpected(moved.error());
        system::deposit_event<R>(ReserveRepatriated{from, to, actual, status});
        return actual;
    }

    /// Marks tokens as not circulating, without touching any account.
    static void deactivate(Balance amount)
    {
        InactiveIssuance::mutate([&](Balance& all) { all = saturating_add(all, amount); });
    }
    static void reactivate(Balance amount)
    {
        InactiveIssuance::mutate([&](Balance& all) { all = saturating_sub(all, amount); });
    }

protected:
    static Result<> add(Balance& to, Balance amount)
    {
        if (__builtin_add_overflow(to, amount, &to))
            return fail(ArithmeticError::overflow);
        return {};
    }

    static Balance take_reserved(const AccountId& who, Balance amount)
    {
        return change(who, [&](AccountData& data) {
            const auto available = std::min(amount, data.reserved);
            data.reserved -= available;
            return available;
        });
    }

    /// Moves exactly `amount`, which `from` has reserved, to another account that exists.
    static Result<> move_reserved(const AccountId& from, const AccountId& to, Balance amount, BalanceStatus status)
    {
        if (!Account::contains(to))
            return fail<R>(Error::dead_account);
        const auto given = change(to, [&](AccountData& data) {
            return add(status == BalanceStatus::free ? data.free : data.reserved, amount);
        });
        if (given)
            take_reserved(from, amount);
        return given;
    }

    /// Reads, changes, writes one account; makes it on its first balance, removes it when nothing is left of it. It
    /// counts as a user of the account while anything is reserved or frozen. A `body` that fails changes nothing.
    static auto change(const AccountId& who, auto body)
    {
        const auto key = Account::key(who);
        auto info = detail::read<AccountInfo>(key).value_or(AccountInfo{});
        const bool existed = info.providers + info.sufficients != 0;
        const auto before = info.data;
        auto result = body(info.data);
        if constexpr (requires { result.error(); })
            if (!result)
                return result;
        if (info.data == before)
            return result;
        const bool used = before.reserved != 0 || before.frozen != 0;
        const bool uses = info.data.reserved != 0 || info.data.frozen != 0;
        if (!used && uses)
            ++info.consumers;
        if (used && !uses && info.consumers != 0)
            --info.consumers;
        const bool empty = info.data.free == 0 && !uses;
        if (!existed && !empty)
        {
            info.providers = 1;
            system::deposit_event<R>(system::NewAccount{who});
            system::deposit_event<R>(Endowed{who, info.data.free});
        }
        if (empty && info.nonce == 0 && info.consumers == 0 && info.sufficients == 0)
        {
            host::clear(key);
            if (existed)
                system::deposit_event<R>(system::KilledAccount{who});
            return result;
        }
        detail::write(key, info);
        return result;
    }
};

} // namespace runtime::balances
