#pragma once

#include "runtime/pallets/assets_classes.hpp"

/// Fungible assets that anybody may make: their balances, and who may move them.
///
/// Holds   the supply of an asset is the sum of its accounts' balances
/// Source  pallet_assets; layouts, numbers and names are its own. Stricter here: a minimum balance is never 0, a frozen
///         account gets no refund, the deposits follow the owner also when root changes him
namespace runtime::assets {

template <class R>
struct Pallet : Classes<R>
{
    static constexpr std::string_view kName = "Assets";
    static constexpr std::string_view kCrate = "pallet_assets";
    using Storage = List<Asset, Account, Approvals, Metadata>;
    using Call = AnyCall;
    using Event = AnyEvent;
    using Error = assets::Error;
    using Token = balances::Pallet<R>;
    using Classes<R>::dispatch;

    struct RemoveItemsLimit
    {
        static uint32_t value() { return kRemoveItemsMax; }
    };
    struct AssetDeposit
    {
        static Balance value() { return R::kAssetDeposit; }
    };
    struct AssetAccountDeposit
    {
        static Balance value() { return R::kAssetAccountDeposit; }
    };
    struct MetadataDepositBase
    {
        static Balance value() { return R::kMetadataDepositBase; }
    };
    struct MetadataDepositPerByte
    {
        static Balance value() { return R::kMetadataDepositPerByte; }
    };
    struct ApprovalDeposit
    {
        static Balance value() { return R::kApprovalDeposit; }
    };
    struct StringLimit
    {
        static uint32_t value() { return kTextMax; }
    };
    using Constants = List<RemoveItemsLimit, AssetDeposit, AssetAccountDeposit, MetadataDepositBase,
                           MetadataDepositPerByte, ApprovalDeposit, StringLimit>;

    static Weight weight(const DestroyAccounts& call) { return measured<R, Pallet>(call, kRemoveItemsMax); }
    static Weight weight(const DestroyApprovals& call) { return measured<R, Pallet>(call, kRemoveItemsMax); }
    static Weight weight(const SetMetadata& call) { return text_weight(call); }
    static Weight weight(const ForceSetMetadata& call) { return text_weight(call); }

    static Result<> dispatch(const Origin& origin, const Mint& call)
    {
        return edit_account(&AssetDetails::issuer, origin, call.id, call.beneficiary,
                            [&](AssetDetails& details, const AccountId& who) -> Result<> {
                                if (__builtin_add_overflow(details.supply, call.amount.value, &details.supply))
                                    return fail(ArithmeticError::overflow);
                                const auto given = Ledger<R>::increase(call.id, details, who, call.amount);
                                if (given)
                                    system::deposit_event<R>(Issued{call.id, who, call.amount});
                                return given;
                            });
    }

    static Result<> dispatch(const Origin& origin, const Burn& call)
    {
        return edit_account(&AssetDetails::admin, origin, call.id, call.who,
                            [&](AssetDetails& details, const AccountId& who) -> Result<> {
                                const auto taken =
                                    Ledger<R>::decrease(call.id, details, who, call.amount, {.best_effort = true});
                                if (!taken)
                                    return std::unexpected(taken.error());
                                details.supply -= *taken;
                                system::deposit_event<R>(Burned{call.id, who, *taken});
                                return {};
                            });
    }

    static Result<> dispatch(const Origin& origin, const Transfer& call)
    {
        return move(origin, call.id, call.target, call.amount, {});
    }
    static Result<> dispatch(const Origin& origin, const TransferKeepAlive& call)
    {
        return move(origin, call.id, call.target, call.amount, {.keep_alive = true});
    }

    static Result<> dispatch(const Origin& origin, const TransferAll& call)
    {
        const auto to = balances::lookup(call.dest);
        if (!to)
            return std::unexpected(to.error());
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            const auto amount = Ledger<R>::reducible(call.id, details, who, call.keep_alive);
            if (!amount)
                return std::unexpected(amount.error());
            return Ledger<R>::transfer(call.id, details, who, *to, *amount, {.keep_alive = call.keep_alive});
        });
    }

    static Result<> dispatch(const Origin& origin, const ForceTransfer& call)
    {
        const auto to = balances::lookup(call.dest);
        if (!to)
            return std::unexpected(to.error());
        return edit_account(&AssetDetails::admin, origin, call.id, call.source,
                            [&](AssetDetails& details, const AccountId& from) {
                                return Ledger<R>::transfer(call.id, details, from, *to, call.amount, {});
                            });
    }

    static Result<> dispatch(const Origin& origin, const Freeze& call)
    {
        return set_status(&AssetDetails::freezer, origin, call, AccountStatus::frozen, Frozen{});
    }
    static Result<> dispatch(const Origin& origin, const Thaw& call)
    {
        return set_status(&AssetDetails::admin, origin, call, AccountStatus::liquid, Thawed{});
    }
    static Result<> dispatch(const Origin& origin, const Block& call)
    {
        return set_status(&AssetDetails::freezer, origin, call, AccountStatus::blocked, Blocked{});
    }

    static Result<> dispatch(const Origin& origin, const ApproveTransfer& call)
    {
        const auto delegate = balances::lookup(call.delegate);
        if (!delegate)
            return std::unexpected(delegate.error());
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            if (const auto live = Ledger<R>::ensure_live(details); !live)
                return live;
            auto approval = Approvals::get(call.id, who, *delegate);
            if (!approval && __builtin_add_overflow(details.approvals, 1u, &details.approvals))
                return fail(ArithmeticError::overflow);
            auto next = approval.value_or(Approval{});
            if (next.deposit < R::kApprovalDeposit)
                if (const auto reserved = Token::reserve_named(kDeposits, who, R::kApprovalDeposit - next.deposit);
                    !reserved)
                    return reserved;
            next.deposit = std::max(next.deposit, R::kApprovalDeposit);
            next.amount = saturating_add(next.amount, call.amount.value);
            Approvals::insert(call.id, who, *delegate, next);
            system::deposit_event<R>(ApprovedTransfer{call.id, who, *delegate, call.amount});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const CancelApproval& call)
    {
        const auto delegate = balances::lookup(call.delegate);
        if (!delegate)
            return std::unexpected(delegate.error());
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            if (const auto live = Ledger<R>::ensure_live(details); !live)
                return live;
            return cancel(call.id, details, who, *delegate);
        });
    }

    static Result<> dispatch(const Origin& origin, const ForceCancelApproval& call)
    {
        const bool root = ensure_root(origin).has_value();
        const auto who = root ? AccountId{} : ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto owner = balances::lookup(call.owner);
        const auto delegate = balances::lookup(call.delegate);
        if (!owner || !delegate)
            return fail(dispatch_error::CannotLookup{});
        return edit<R>(call.id, [&](AssetDetails& details) -> Result<> {
            if (!root && details.admin != *who)
                return fail<R>(Error::no_permission);
            if (const auto live = Ledger<R>::ensure_live(details); !live)
                return live;
            return cancel(call.id, details, *owner, *delegate);
        });
    }

    static Result<> dispatch(const Origin& origin, const TransferApproved& call)
    {
        const auto owner = balances::lookup(call.owner);
        const auto to = balances::lookup(call.destination);
        if (!owner || !to)
            return fail(dispatch_error::CannotLookup{});
        return edit_signed<R>(origin, call.id, [&](const AccountId& delegate, AssetDetails& details) -> Result<> {
            if (const auto live = Ledger<R>::ensure_live(details); !live)
                return live;
            auto approval = Approvals::get(call.id, *owner, delegate);
            if (!approval || approval->amount < call.amount)
                return fail<R>(Error::unapproved);
            if (const auto moved = Ledger<R>::transfer(call.id, details, *owner, *to, call.amount, {}); !moved)
                return moved;
            approval->amount -= call.amount;
            if (approval->amount == 0)
                drop(call.id, details, *owner, delegate, *approval);
            else
                Approvals::insert(call.id, *owner, delegate, *approval);
            system::deposit_event<R>(TransferredApproved{call.id, *owner, delegate, *to, call.amount});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const Touch& call)
    {
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) {
            return Ledger<R>::touch(call.id, details, who, who);
        });
    }
    static Result<> dispatch(const Origin& origin, const TouchOther& call)
    {
        const auto other = balances::lookup(call.who);
        if (!other)
            return std::unexpected(other.error());
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) {
            return Ledger<R>::touch(call.id, details, *other, who);
        });
    }

    static Result<> dispatch(const Origin& origin, const Refund& call)
    {
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            const auto account = Account::get(call.id, who);
            if (!account || !(account->reason.template is<reason::Consumer>() ||
                              account->reason.template is<reason::DepositHeld>()))
                return fail<R>(Error::no_deposit);
            if (details.status == AssetStatus::destroying)
                return fail<R>(Error::incorrect_status);
            if (account->status != AccountStatus::liquid)
                return fail<R>(Error::frozen);
            if (account->balance != 0 && !call.allow_burn)
                return fail<R>(Error::would_burn);
            Ledger<R>::destroy(call.id, details, who, *account);
            if (account->balance != 0)
                system::deposit_event<R>(Burned{call.id, who, account->balance});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const RefundOther& call)
    {
        const auto other = balances::lookup(call.who);
        if (!other)
            return std::unexpected(other.error());
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            const auto account = Account::get(call.id, *other);
            const auto* from = account ? account->reason.template get<reason::DepositFrom>() : nullptr;
            if (from == nullptr)
                return fail<R>(Error::no_deposit);
            if (const auto live = Ledger<R>::ensure_live(details); !live)
                return live;
            if (account->status != AccountStatus::liquid)
                return fail<R>(Error::frozen);
            if (who != from->depositor && who != details.admin && who != *other)
                return fail<R>(Error::no_permission);
            if (account->balance != 0)
                return fail<R>(Error::would_burn);
            Ledger<R>::destroy(call.id, details, *other, *account);
            return {};
        });
    }

private:
    static Weight text_weight(const auto& call)
    {
        return measured<R, Pallet>(call, call.name.size() + call.symbol.size());
    }

    /// body(details, account) for a member of the team of a live asset, on the account that `address` names.
    static Result<> edit_account(AccountId AssetDetails::* member, const Origin& origin, AssetId id,
                                 const MultiAddress& address, auto body)
    {
        const auto who = balances::lookup(address);
        if (!who)
            return std::unexpected(who.error());
        return edit_as<R>(member, origin, id, [&](AssetDetails& details) { return body(details, *who); });
    }

    static Result<> move(const Origin& origin, AssetId id, const MultiAddress& target, Balance amount, Debit how)
    {
        const auto to = balances::lookup(target);
        if (!to)
            return std::unexpected(to.error());
        return edit_signed<R>(origin, id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            if (const auto live = Ledger<R>::ensure_live(details); !live)
                return live;
            return Ledger<R>::transfer(id, details, who, *to, amount, how);
        });
    }

    /// Accounts of a frozen asset may be frozen and thawed too.
    static Result<> set_status(AccountId AssetDetails::* member, const Origin& origin, const auto& call,
                               AccountStatus status, auto event)
    {
        const auto who = balances::lookup(call.who);
        if (!who)
            return std::unexpected(who.error());
        return edit_signed<R>(origin, call.id, [&](const AccountId& by, AssetDetails& details) -> Result<> {
            if (details.status == AssetStatus::destroying)
                return fail<R>(Error::incorrect_status);
            if (details.*member != by)
                return fail<R>(Error::no_permission);
            auto account = Account::get(call.id, *who);
            if (!account)
                return fail<R>(Error::no_account);
            account->status = status;
            Account::insert(call.id, *who, *account);
            event.asset_id = call.id;
            event.who = *who;
            system::deposit_event<R>(event);
            return {};
        });
    }

    static Result<> cancel(AssetId id, AssetDetails& details, const AccountId& owner, const AccountId& delegate)
    {
        const auto approval = Approvals::get(id, owner, delegate);
        if (!approval)
            return fail<R>(Error::unknown);
        drop(id, details, owner, delegate, *approval);
        system::deposit_event<R>(ApprovalCancelled{id, owner, delegate});
        return {};
    }

    static void drop(AssetId id, AssetDetails& details, const AccountId& owner, const AccountId& delegate,
                     const Approval& approval)
    {
        Token::unreserve_named(kDeposits, owner, approval.deposit);
        --details.approvals;
        Approvals::remove(id, owner, delegate);
    }
};

} // namespace runtime::assets
