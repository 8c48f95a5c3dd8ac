#pragma once

#include "runtime/pallets/assets_calls.hpp"
#include "runtime/pallets/balances.hpp"
#include "runtime/pallets/system_references.hpp"

/// How balances of assets move. Functions take the details of the asset, change them, and leave writing them to the
/// caller; accounts they write themselves.
///
/// Holds   supply = the sum of all balances; accounts, sufficients = as many as there are
namespace runtime::assets {

/// Under which the pallet reserves what it has in deposit: it gives back what is its own.
inline constexpr balances::Identifier kDeposits{'p', 'y', '/', 'a', 's', 's', 'e', 't'};

/// How an account is debited.
struct Debit
{
    bool keep_alive = false;  ///< the account stays
    bool best_effort = false; ///< less than wanted will do
};

template <class R>
struct Ledger
{
    using Token = balances::Pallet<R>;

    static Result<> ensure_live(const AssetDetails& details)
    {
        if (details.status != AssetStatus::live)
            return fail<R>(Error::asset_not_live);
        return {};
    }

    /// Adds `amount` to the balance of `who`, whose account is made if need be; the supply is the caller's.
    ///
    /// Errors  TokenError::blocked, ArithmeticError::overflow, TokenError::below_minimum, TokenError::cannot_create
    static Result<> increase(AssetId id, AssetDetails& details, const AccountId& who, Balance amount)
    {
        if (amount == 0)
            return {};
        auto account = Account::get(id, who);
        if (!account)
        {
            if (amount < details.min_balance)
                return fail(TokenError::below_minimum);
            const auto why = new_account(details, who);
            if (!why)
                return std::unexpected(why.error());
            account.emplace().reason = *why;
        }
        if (account->status == AccountStatus::blocked)
            return fail(TokenError::blocked);
        if (__builtin_add_overflow(account->balance, amount, &account->balance))
            return fail(ArithmeticError::overflow);
        Account::insert(id, who, *account);
        return {};
    }

    /// Takes `amount` from `who`, and the rest too where that is below the minimum; returns how much. The supply is
    /// the caller's. An account with nothing left goes, unless a deposit holds it.
    ///
    /// Errors  no_account, frozen, balance_low
    static Result<Balance> decrease(AssetId id, AssetDetails& details, const AccountId& who, Balance amount, Debit how)
    {
        auto account = Account::get(id, who);
        if (!account)
            return fail<R>(Error::no_account);
        const auto taken = debit_of(details, *account, amount, how);
        if (!taken)
            return taken;
        account->balance -= *taken;
        if (account->balance < details.min_balance && release(details, who, account->reason))
            Account::remove(id, who);
        else
            Account::insert(id, who, *account);
        return taken;
    }

    /// Moves `amount`, and the rest too where that is below the minimum.
    ///
    /// Errors  of decrease() and increase()
    static Result<> transfer(AssetId id, AssetDetails& details, const AccountId& from, const AccountId& to,
                             Balance amount, Debit how)
    {
        if (amount == 0)
            return {};
        const auto source = Account::get(id, from);
        if (!source)
            return fail<R>(Error::no_account);
        const auto moved = debit_of(details, *source, amount, how);
        if (!moved)
            return std::unexpected(moved.error());
        if (from != to)
        {
            if (const auto given = increase(id, details, to, *moved); !given)
                return given;
            if (const auto taken = decrease(id, details, from, *moved, how); !taken)
                return std::unexpected(taken.error());
        }
        system::deposit_event<R>(Transferred{id, from, to, *moved});
        return {};
    }

    /// Makes an account of `who` against a deposit.
    ///
    /// Errors  asset_not_live, already_exists, ArithmeticError::overflow, balances' insufficient_balance
    static Result<> touch(AssetId id, AssetDetails& details, const AccountId& who, const AccountId& depositor)
    {
        if (const auto live = ensure_live(details); !live)
            return live;
        if (Account::contains(id, who))
            return fail<R>(Error::already_exists);
        if (__builtin_add_overflow(details.accounts, 1u, &details.accounts))
            return fail(ArithmeticError::overflow);
        if (const auto reserved = Token::reserve_named(kDeposits, depositor, R::kAssetAccountDeposit); !reserved)
            return reserved;
        AssetAccount account;
        if (depositor == who)
            account.reason = reason::DepositHeld{R::kAssetAccountDeposit};
        else
            account.reason = reason::DepositFrom{depositor, R::kAssetAccountDeposit};
        Account::insert(id, who, account);
        system::deposit_event<R>(Touched{id, who, depositor});
        return {};
    }

    /// Removes an account with all that it holds and gives its deposit back.
    static void destroy(AssetId id, AssetDetails& details, const AccountId& who, const AssetAccount& account)
    {
        details.supply = saturating_sub(details.supply, account.balance);
        if (const auto* held = account.reason.template get<reason::DepositHeld>())
            Token::unreserve_named(kDeposits, who, held->value);
        if (const auto* from = account.reason.template get<reason::DepositFrom>())
            Token::unreserve_named(kDeposits, from->depositor, from->deposit);
        if (!release(details, who, account.reason))
            --details.accounts;
        Account::remove(id, who);
    }

    /// What `who` may send.
    ///
    /// Errors  asset_not_live, no_account, frozen
    static Result<Balance> reducible(AssetId id, const AssetDetails& details, const AccountId& who, bool keep_alive)
    {
        if (const auto live = ensure_live(details); !live)
            return std::unexpected(live.error());
        const auto account = Account::get(id, who);
        if (!account)
            return fail<R>(Error::no_account);
        return debit_of(details, *account, ~Balance{0}, {.keep_alive = keep_alive, .best_effort = true});
    }

private:
    static Result<Balance> debit_of(const AssetDetails& details, const AssetAccount& account, Balance amount, Debit how)
    {
        if (account.status != AccountStatus::liquid)
            return fail<R>(Error::frozen);
        const auto spare = how.keep_alive ? saturating_sub(account.balance, details.min_balance) : account.balance;
        const auto taken = std::min(spare, amount);
        if (taken < amount && !how.best_effort)
            return fail<R>(Error::balance_low);
        const bool dust = taken != 0 && account.balance - taken < details.min_balance;
        return dust ? account.balance : taken;
    }

    /// Counts a new account and finds what it may exist by.
    static Result<ExistenceReason> new_account(AssetDetails& details, const AccountId& who)
    {
        if (__builtin_add_overflow(details.accounts, 1u, &details.accounts))
            return fail(ArithmeticError::overflow);
        if (details.is_sufficient)
        {
            ++details.sufficients; // at most as many as accounts
            system::inc_sufficients<R>(who);
            return ExistenceReason{reason::Sufficient{}};
        }
        // One more must stay possible, so that strangers who send assets cannot use up all references.
        if (!system::can_accrue_consumers(who, 2) || !system::inc_consumers(who))
            return fail(TokenError::cannot_create);
        return ExistenceReason{reason::Consumer{}};
    }

    /// Gives back the reference that an account exists by; false if that is a deposit, which has to be asked for.
    static bool release(AssetDetails& details, const AccountId& who, const ExistenceReason& why)
    {
        if (why.template is<reason::DepositHeld>() || why.template is<reason::DepositFrom>())
            return false;
        if (why.template is<reason::Consumer>())
            system::release_consumer<R>(who);
        if (why.template is<reason::Sufficient>())
        {
            --details.sufficients;
            system::dec_sufficients<R>(who);
        }
        --details.accounts;
        return true;
    }
};

} // namespace runtime::assets
