#pragma once

#include "runtime/frame/iterate.hpp"
#include "runtime/pallets/assets_ledger.hpp"

/// Classes of assets: made, run by their teams, described, destroyed.
namespace runtime::assets {

/// body(details) on the asset `id`, which is written back if body agrees.
///
/// Errors  unknown, then body's
template <class R>
Result<> edit(AssetId id, auto body)
{
    auto details = Asset::get(id);
    if (!details)
        return fail<R>(Error::unknown);
    const Result<> done = body(*details);
    if (done)
        Asset::insert(id, *details);
    return done;
}

/// body(who, details) for the account that signed.
template <class R>
Result<> edit_signed(const Origin& origin, AssetId id, auto body)
{
    const auto who = ensure_signed(origin);
    if (!who)
        return std::unexpected(who.error());
    return edit<R>(id, [&](AssetDetails& details) { return body(*who, details); });
}

/// body(details) for a member of the team of a live asset.
template <class R>
Result<> edit_as(AccountId AssetDetails::* member, const Origin& origin, AssetId id, auto body)
{
    return edit_signed<R>(origin, id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
        if (const auto live = Ledger<R>::ensure_live(details); !live)
            return live;
        if (details.*member != who)
            return fail<R>(Error::no_permission);
        return body(details);
    });
}

template <class R>
Result<> edit_as_root(const Origin& origin, AssetId id, auto body)
{
    if (const auto root = ensure_root(origin); !root)
        return root;
    return edit<R>(id, body);
}

template <class R>
struct Pallet;

template <class R>
struct Classes
{
    using Token = balances::Pallet<R>;

    static Result<> dispatch(const Origin& origin, const Create& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto admin = balances::lookup(call.admin);
        if (!admin)
            return std::unexpected(admin.error());
        if (const auto made = make(call.id, *who, *admin, call.min_balance, false, R::kAssetDeposit); !made)
            return made;
        system::deposit_event<R>(Created{call.id, *who, *admin});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const ForceCreate& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto owner = balances::lookup(call.owner);
        if (!owner)
            return std::unexpected(owner.error());
        if (const auto made = make(call.id, *owner, *owner, call.min_balance, call.is_sufficient, 0); !made)
            return made;
        system::deposit_event<R>(ForceCreated{call.id, *owner});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const StartDestroy& call)
    {
        const bool root = ensure_root(origin).has_value();
        const auto who = root ? AccountId{} : ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return edit<R>(call.id, [&](AssetDetails& details) -> Result<> {
            if (!root && details.owner != *who)
                return fail<R>(Error::no_permission);
            details.status = AssetStatus::destroying;
            system::deposit_event<R>(DestructionStarted{call.id});
            return {};
        });
    }

    static Outcome dispatch(const Origin& origin, const DestroyAccounts& call)
    {
        uint32_t gone = 0;
        return after(call, gone, edit_destroying(origin, call.id, [&](AssetDetails& details) {
                         const auto prefix = prefix_under<Account, Blake2_128Concat>(call.id.value);
                         for (const auto& key : keys_under(prefix, kRemoveItemsMax))
                         {
                             const auto who = account_in(key, prefix.size());
                             Ledger<R>::destroy(call.id, details, who, *Account::get(call.id, who));
                             ++gone;
                         }
                         system::deposit_event<R>(AccountsDestroyed{call.id, gone, details.accounts});
                     }));
    }

    static Outcome dispatch(const Origin& origin, const DestroyApprovals& call)
    {
        uint32_t gone = 0;
        return after(call, gone, edit_destroying(origin, call.id, [&](AssetDetails& details) {
                         const auto prefix = prefix_under<Approvals, Blake2_128Concat>(call.id.value);
                         for (const auto& key : keys_under(prefix, kRemoveItemsMax))
                         {
                             const auto owner = account_in(key, prefix.size());
                             const auto delegate = account_in(key, prefix.size() + kAccountKeyBytes);
                             Token::unreserve_named(kDeposits, owner,
                                                    Approvals::take(call.id, owner, delegate)->deposit);
                             --details.approvals;
                             ++gone;
                         }
                         system::deposit_event<R>(ApprovalsDestroyed{call.id, gone, details.approvals});
                     }));
    }

    static Result<> dispatch(const Origin& origin, const FinishDestroy& call)
    {
        const auto done = edit_destroying(origin, call.id, [](AssetDetails&) {});
        if (!done)
            return done;
        const auto details = *Asset::get(call.id);
        if (details.accounts != 0 || details.approvals != 0)
            return fail<R>(Error::in_use);
        const auto metadata = Metadata::take(call.id).value_or(AssetMetadata{});
        give_back(details.owner, saturating_add(details.deposit, metadata.deposit));
        Asset::remove(call.id);
        system::deposit_event<R>(Destroyed{call.id});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const FreezeAsset& call)
    {
        return edit_as<R>(&AssetDetails::freezer, origin, call.id, [&](AssetDetails& details) -> Result<> {
            details.status = AssetStatus::frozen;
            system::deposit_event<R>(AssetFrozen{call.id});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const ThawAsset& call)
    {
        return edit_signed<R>(origin, call.id, [&](const AccountId& who, AssetDetails& details) -> Result<> {
            if (details.admin != who)
                return fail<R>(Error::no_permission);
            if (details.status != AssetStatus::frozen)
                return fail<R>(Error::not_frozen);
            details.status = AssetStatus::live;
            system::deposit_event<R>(AssetThawed{call.id});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const TransferOwnership& call)
    {
        const auto owner = balances::lookup(call.owner);
        if (!owner)
            return std::unexpected(owner.error());
        return edit_as<R>(&AssetDetails::owner, origin, call.id, [&](AssetDetails& details) -> Result<> {
            if (details.owner == *owner)
                return {};
            if (const auto moved = set_owner(call.id, details, *owner); !moved)
                return moved;
            system::deposit_event<R>(OwnerChanged{call.id, *owner});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const SetTeam& call)
    {
        return edit_as<R>(&AssetDetails::owner, origin, call.id, [&](AssetDetails& details) -> Result<> {
            if (const auto set = set_team(details, call); !set)
                return set;
            system::deposit_event<R>(TeamChanged{call.id, details.issuer, details.admin, details.freezer});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const ForceAssetStatus& call)
    {
        const auto owner = balances::lookup(call.owner);
        if (!owner)
            return std::unexpected(owner.error());
        return edit_as_root<R>(origin, call.id, [&](AssetDetails& details) -> Result<> {
            if (details.status == AssetStatus::destroying)
                return fail<R>(Error::asset_not_live);
            if (call.min_balance == Balance{0})
                return fail<R>(Error::min_balance_zero);
            if (const auto set = set_team(details, call); !set)
                return set;
            if (const auto moved = set_owner(call.id, details, *owner); !moved)
                return moved;
            details.min_balance = call.min_balance;
            details.is_sufficient = call.is_sufficient;
            details.status = call.is_frozen ? AssetStatus::frozen : AssetStatus::live;
            system::deposit_event<R>(AssetStatusChanged{call.id});
            return {};
        });
    }

    /// Only down, or while nobody holds the asset; never for a sufficient asset, whose minimum is root's.
    static Result<> dispatch(const Origin& origin, const SetMinBalance& call)
    {
        return edit_as<R>(&AssetDetails::owner, origin, call.id, [&](AssetDetails& details) -> Result<> {
            if (details.is_sufficient || (call.min_balance >= details.min_balance && details.accounts != 0))
                return fail<R>(Error::no_permission);
            if (call.min_balance == 0)
                return fail<R>(Error::min_balance_zero);
            details.min_balance = call.min_balance;
            system::deposit_event<R>(AssetMinBalanceChanged{call.id, call.min_balance});
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const SetMetadata& call)
    {
        return edit_as<R>(&AssetDetails::owner, origin, call.id, [&](AssetDetails& details) -> Result<> {
            const auto old = Metadata::get(call.id);
            if (old.is_frozen)
                return fail<R>(Error::no_permission);
            const auto bytes = saturating_mul(R::kMetadataDepositPerByte, call.name.size() + call.symbol.size());
            const auto deposit = saturating_add(R::kMetadataDepositBase, bytes);
            if (const auto set = set_metadata(call, deposit, false); !set)
                return set;
            if (deposit > old.deposit)
                return Token::reserve_named(kDeposits, details.owner, deposit - old.deposit);
            give_back(details.owner, old.deposit - deposit);
            return {};
        });
    }

    static Result<> dispatch(const Origin& origin, const ForceSetMetadata& call)
    {
        return edit_as_root<R>(origin, call.id, [&](AssetDetails&) {
            return set_metadata(call, Metadata::get(call.id).deposit, call.is_frozen);
        });
    }

    static Result<> dispatch(const Origin& origin, const ClearMetadata& call)
    {
        return edit_as<R>(&AssetDetails::owner, origin, call.id,
                          [&](AssetDetails& details) { return clear_metadata(call.id, details, false); });
    }

    static Result<> dispatch(const Origin& origin, const ForceClearMetadata& call)
    {
        return edit_as_root<R>(origin, call.id,
                               [&](AssetDetails& details) { return clear_metadata(call.id, details, true); });
    }

private:
    static constexpr size_t kAccountKeyBytes = Blake2_128Concat::hash_bytes + 32;

    static AccountId account_in(const Bytes& key, size_t at)
    {
        AccountId who;
        std::ranges::copy(ByteView{key}.subspan(at + Blake2_128Concat::hash_bytes, 32), who.bytes.begin());
        return who;
    }

    static Result<> make(AssetId id, const AccountId& owner, const AccountId& team, Balance min_balance,
                         bool sufficient, Balance deposit)
    {
        if (Asset::contains(id))
            return fail<R>(Error::in_use);
        if (min_balance == 0)
            return fail<R>(Error::min_balance_zero);
        if (deposit != 0)
            if (const auto reserved = Token::reserve_named(kDeposits, owner, deposit); !reserved)
                return reserved;
        Asset::insert(id, {.owner = owner,
                           .issuer = team,
                           .admin = team,
                           .freezer = team,
                           .deposit = deposit,
                           .min_balance = min_balance,
                           .is_sufficient = sufficient});
        return {};
    }

    /// Anybody who signs may help to destroy what is being destroyed.
    static Result<> edit_destroying(const Origin& origin, AssetId id, auto body)
    {
        return edit_signed<R>(origin, id, [&](const AccountId&, AssetDetails& details) -> Result<> {
            if (details.status != AssetStatus::destroying)
                return fail<R>(Error::incorrect_status);
            body(details);
            return {};
        });
    }

    /// Weighs what was destroyed, not what might have been.
    static Outcome after(const auto& call, const uint32_t& items, const Result<>& done)
    {
        if (!done)
            return std::unexpected(Failure{done.error()});
        return PostInfo{measured<R, Pallet<R>>(call, items)};
    }

    static Result<> set_team(AssetDetails& details, const auto& call)
    {
        const auto issuer = balances::lookup(call.issuer);
        const auto admin = balances::lookup(call.admin);
        const auto freezer = balances::lookup(call.freezer);
        if (!issuer || !admin || !freezer)
            return fail(dispatch_error::CannotLookup{});
        details.issuer = *issuer;
        details.admin = *admin;
        details.freezer = *freezer;
        return {};
    }

    static Result<> set_metadata(const auto& call, Balance deposit, bool frozen)
    {
        auto name = Label::from(call.name);
        auto symbol = Label::from(call.symbol);
        if (!name || !symbol)
            return fail<R>(Error::bad_metadata);
        Metadata::insert(call.id, {deposit, std::move(*name), std::move(*symbol), call.decimals, frozen});
        system::deposit_event<R>(MetadataSet{call.id, call.name, call.symbol, call.decimals, frozen});
        return {};
    }

    static Result<> clear_metadata(AssetId id, const AssetDetails& details, bool by_force)
    {
        const auto metadata = Metadata::take(id);
        if (!metadata)
            return fail<R>(Error::unknown);
        if (metadata->is_frozen && !by_force)
            return fail<R>(Error::no_permission);
        give_back(details.owner, metadata->deposit);
        system::deposit_event<R>(MetadataCleared{id});
        return {};
    }

    static void give_back(const AccountId& who, Balance deposit)
    {
        if (deposit != 0)
            Token::unreserve_named(kDeposits, who, deposit);
    }

    /// The deposits of the class and of its description go to the new owner.
    static Result<> set_owner(AssetId id, AssetDetails& details, const AccountId& owner)
    {
        const auto deposit = saturating_add(details.deposit, Metadata::get(id).deposit);
        if (owner != details.owner && deposit != 0)
        {
            const auto moved = Token::repatriate_reserved_named(kDeposits, details.owner, owner, deposit,
                                                                balances::BalanceStatus::reserved);
            if (!moved)
                return std::unexpected(moved.error());
            if (*moved != deposit)
                return fail<R>(Error::incomplete_deposit_transfer);
        }
        details.owner = owner;
        return {};
    }
};

} // namespace runtime::assets
