#pragma once

#include "runtime/frame/compose.hpp"
#include "runtime/pallets/system.hpp"

/// The token. The existential deposit is 0: an account may hold any amount, and stays while its nonce is above 0.
///
/// Holds   TotalIssuance = the sum of free and reserved over all accounts, and of fees collected but not yet paid out
/// Source  pallet_balances, whose calls, events and layouts these are
namespace runtime::balances {

using system::Account;
using system::AccountData;
using system::AccountInfo;

using TotalIssuance = StorageValue<"Balances", "TotalIssuance", Balance>;

struct TransferAllowDeath
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs = "Transfer some liquid free balance to another account.";
    MultiAddress dest;
    Compact<Balance> value_;
};
struct ForceTransfer
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs = "As `transfer_allow_death`, but the source account may be specified.";
    MultiAddress source;
    MultiAddress dest;
    Compact<Balance> value_;
};
struct TransferKeepAlive
{
    static constexpr uint8_t kIndex = 3;
    static constexpr std::string_view kDocs = "As `transfer_allow_death`; the sender's account always stays.";
    MultiAddress dest;
    Compact<Balance> value_;
};
struct TransferAll
{
    static constexpr uint8_t kIndex = 4;
    static constexpr std::string_view kDocs = "Transfer the entire transferable balance from the caller account.";
    MultiAddress dest;
    bool keep_alive = false;
};
struct ForceUnreserve
{
    static constexpr uint8_t kIndex = 5;
    static constexpr std::string_view kDocs = "Unreserve some balance from a user by force.";
    MultiAddress who;
    Balance amount = 0;
};
struct ForceSetBalance
{
    static constexpr uint8_t kIndex = 8;
    static constexpr std::string_view kDocs = "Set the regular balance of a given account.";
    MultiAddress who;
    Compact<Balance> new_free;
};
struct Burn
{
    static constexpr uint8_t kIndex = 10;
    static constexpr std::string_view kDocs = "Burn the specified liquid free balance from the origin account.";
    Compact<Balance> value_;
    bool keep_alive = false;
};

struct Endowed
{
    static constexpr uint8_t kIndex = 0;
    AccountId account;
    Balance free_balance = 0;
};
struct Transfer
{
    static constexpr uint8_t kIndex = 2;
    AccountId from;
    AccountId to;
    Balance amount = 0;
};
struct BalanceSet
{
    static constexpr uint8_t kIndex = 3;
    AccountId who;
    Balance free = 0;
};
struct Reserved
{
    static constexpr uint8_t kIndex = 4;
    AccountId who;
    Balance amount = 0;
};
struct Unreserved
{
    static constexpr uint8_t kIndex = 5;
    AccountId who;
    Balance amount = 0;
};
struct Deposit
{
    static constexpr uint8_t kIndex = 7;
    AccountId who;
    Balance amount = 0;
};
struct Withdraw
{
    static constexpr uint8_t kIndex = 8;
    AccountId who;
    Balance amount = 0;
};
struct Slashed
{
    static constexpr uint8_t kIndex = 9;
    AccountId who;
    Balance amount = 0;
};
struct Burned
{
    static constexpr uint8_t kIndex = 11;
    AccountId who;
    Balance amount = 0;
};

enum class Error : uint8_t
{
    vesting_balance,
    liquidity_restrictions,
    insufficient_balance,
    existential_deposit,
    expendability,
};
constexpr std::string_view path_of(Error) { return "pallet_balances::pallet::Error"; }

/// What may leave: free, less what is frozen and not covered by the reserved part.
constexpr Balance spendable(const AccountData& data)
{
    return saturating_sub(data.free, saturating_sub(data.frozen, data.reserved));
}

/// The account that an address names.
inline Result<AccountId> lookup(const MultiAddress& address)
{
    if (const auto* id = address.get<primitives::address::Id>())
        return id->account;
    return fail(dispatch_error::CannotLookup{});
}

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Balances";
    static constexpr std::string_view kCrate = "pallet_balances";
    using Storage = List<TotalIssuance>;
    using Call = scale::Variant<TransferAllowDeath, ForceTransfer, TransferKeepAlive, TransferAll, ForceUnreserve,
                                ForceSetBalance, Burn>;
    using Event =
        scale::Variant<Endowed, Transfer, BalanceSet, Reserved, Unreserved, Deposit, Withdraw, Slashed, Burned>;
    using Error = balances::Error;

    struct ExistentialDeposit
    {
        static Balance value() { return 0; }
    };
    using Constants = List<ExistentialDeposit>;

    static Weight weight(const TransferAllowDeath&) { return weigh(20'000'000, 1, 1); }
    static Weight weight(const ForceTransfer&) { return weigh(20'000'000, 2, 2); }
    static Weight weight(const TransferKeepAlive&) { return weigh(20'000'000, 1, 1); }
    static Weight weight(const TransferAll&) { return weigh(22'000'000, 1, 1); }
    static Weight weight(const ForceUnreserve&) { return weigh(15'000'000, 1, 1); }
    static Weight weight(const ForceSetBalance&) { return weigh(17'000'000, 2, 2); }
    static Weight weight(const Burn&) { return weigh(15'000'000, 1, 1); }

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
        return transfer(*from, *to, call.value_);
    }

    static Result<> dispatch(const Origin& origin, const TransferAll& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return transfer_from(origin, call.dest, spendable(Account::get(*who).data));
    }

    static Result<> dispatch(const Origin& origin, const ForceUnreserve& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto who = lookup(call.who);
        if (!who)
            return std::unexpected(who.error());
        unreserve(*who, call.amount);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const ForceSetBalance& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto who = lookup(call.who);
        if (!who)
            return std::unexpected(who.error());
        const auto before =
            change(*who, [&](AccountData& data) { return std::exchange(data.free, call.new_free.value); });
        TotalIssuance::mutate(
            [&](Balance& total) { total = saturating_sub(saturating_add(total, call.new_free.value), before); });
        system::deposit_event<R>(BalanceSet{*who, call.new_free});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const Burn& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        if (const auto taken = take(*who, call.value_); !taken)
            return taken;
        TotalIssuance::mutate([&](Balance& total) { total = saturating_sub(total, call.value_.value); });
        system::deposit_event<R>(Burned{*who, call.value_});
        return {};
    }

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
        return change(who, [&](AccountData& data) -> Result<> {
            if (__builtin_add_overflow(data.free, amount, &data.free))
                return fail(ArithmeticError::overflow);
            return {};
        });
    }

    /// New tokens.
    static Result<> mint(const AccountId& who, Balance amount)
    {
        auto total = TotalIssuance::get();
        if (__builtin_add_overflow(total, amount, &total))
            return fail(ArithmeticError::overflow);
        TotalIssuance::put(total);
        if (const auto given = give(who, amount); !given)
            return given;
        system::deposit_event<R>(Deposit{who, amount});
        return {};
    }

    /// Sets `amount` aside; it still belongs to `who`.
    static Result<> reserve(const AccountId& who, Balance amount)
    {
        const auto done = change(who, [&](AccountData& data) -> Result<> {
            if (spendable(data) < amount)
                return fail<R>(Error::insufficient_balance);
            data.free -= amount;
            data.reserved += amount;
            return {};
        });
        if (done)
            system::deposit_event<R>(Reserved{who, amount});
        return done;
    }

    /// Gives back up to `amount` of what is reserved; returns how much.
    static Balance unreserve(const AccountId& who, Balance amount)
    {
        const auto moved = change(who, [&](AccountData& data) {
            const auto available = std::min(amount, data.reserved);
            data.reserved -= available;
            data.free += available;
            return available;
        });
        system::deposit_event<R>(Unreserved{who, moved});
        return moved;
    }

    /// Takes up to `amount` of what is reserved, without changing the issuance; returns how much.
    static Balance slash_reserved(const AccountId& who, Balance amount)
    {
        const auto gone = change(who, [&](AccountData& data) {
            const auto available = std::min(amount, data.reserved);
            data.reserved -= available;
            return available;
        });
        system::deposit_event<R>(Slashed{who, gone});
        return gone;
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
        return transfer(*who, *to, amount);
    }

    /// Reads, changes, writes one account; makes it on its first balance, removes it when nothing is left of it.
    static auto change(const AccountId& who, auto body)
    {
        const auto key = Account::key(who);
        auto info = detail::read<AccountInfo>(key).value_or(AccountInfo{});
        const bool existed = info.providers + info.sufficients != 0;
        const auto before = info.data;
        auto result = body(info.data);
        if (info.data == before)
            return result;
        const bool empty = info.data.free == 0 && info.data.reserved == 0;
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
