#pragma once

#include "runtime/pallets/assets_types.hpp"

/// Calls and events of the Assets pallet, in the order of their numbers.
///
/// Source  pallet_assets, whose calls and events these are
namespace runtime::assets {

using Id = Compact<AssetId>; ///< as calls give it

struct Create
{
    static constexpr std::string_view kDocs = "Issue a new class of fungible assets from a public origin.";
    Id id;
    MultiAddress admin;
    Balance min_balance = 0;
};
struct ForceCreate
{
    static constexpr std::string_view kDocs = "Issue a new class of fungible assets from a privileged origin.";
    Id id;
    MultiAddress owner;
    bool is_sufficient = false;
    Compact<Balance> min_balance;
};
struct StartDestroy
{
    static constexpr std::string_view kDocs = "Start the process of destroying a fungible asset class.";
    Id id;
};
struct DestroyAccounts
{
    static constexpr std::string_view kDocs =
        "Destroy accounts of an asset that is being destroyed, as many as one call may.";
    Id id;
};
struct DestroyApprovals
{
    static constexpr std::string_view kDocs =
        "Destroy approvals of an asset that is being destroyed, as many as one call may.";
    Id id;
};
struct FinishDestroy
{
    static constexpr std::string_view kDocs = "Complete destroying an asset and return its deposits.";
    Id id;
};
struct Mint
{
    static constexpr std::string_view kDocs = "Mint assets of a particular class.";
    Id id;
    MultiAddress beneficiary;
    Compact<Balance> amount;
};
struct Burn
{
    static constexpr std::string_view kDocs = "Reduce the balance of `who` by as much as possible up to `amount`.";
    Id id;
    MultiAddress who;
    Compact<Balance> amount;
};
struct Transfer
{
    static constexpr std::string_view kDocs = "Move some assets from the sender account to another.";
    Id id;
    MultiAddress target;
    Compact<Balance> amount;
};
struct TransferKeepAlive
{
    static constexpr std::string_view kDocs = "As `transfer`, keeping the sender's account alive.";
    Id id;
    MultiAddress target;
    Compact<Balance> amount;
};
struct ForceTransfer
{
    static constexpr std::string_view kDocs = "Move some assets from one account to another, by the admin.";
    Id id;
    MultiAddress source;
    MultiAddress dest;
    Compact<Balance> amount;
};
struct Freeze
{
    static constexpr std::string_view kDocs = "Disallow transfers from an account.";
    Id id;
    MultiAddress who;
};
struct Thaw
{
    static constexpr std::string_view kDocs = "Allow transfers to and from an account again.";
    Id id;
    MultiAddress who;
};
struct FreezeAsset
{
    static constexpr std::string_view kDocs = "Disallow unprivileged transfers of the asset class.";
    Id id;
};
struct ThawAsset
{
    static constexpr std::string_view kDocs = "Allow unprivileged transfers of the asset class again.";
    Id id;
};
struct TransferOwnership
{
    static constexpr std::string_view kDocs = "Change the owner of an asset; the deposits go with it.";
    Id id;
    MultiAddress owner;
};
struct SetTeam
{
    static constexpr std::string_view kDocs = "Change the issuer, admin and freezer of an asset.";
    Id id;
    MultiAddress issuer;
    MultiAddress admin;
    MultiAddress freezer;
};
struct SetMetadata
{
    static constexpr std::string_view kDocs = "Set the metadata of an asset.";
    Id id;
    Bytes name;
    Bytes symbol;
    uint8_t decimals = 0;
};
struct ClearMetadata
{
    static constexpr std::string_view kDocs = "Clear the metadata of an asset.";
    Id id;
};
struct ForceSetMetadata
{
    static constexpr std::string_view kDocs = "Force the metadata of an asset to some value; leaves the deposit alone.";
    Id id;
    Bytes name;
    Bytes symbol;
    uint8_t decimals = 0;
    bool is_frozen = false;
};
struct ForceClearMetadata
{
    static constexpr std::string_view kDocs = "Clear the metadata of an asset, by root.";
    Id id;
};
struct ForceAssetStatus
{
    static constexpr std::string_view kDocs = "Alter the attributes of a given asset, by root.";
    Id id;
    MultiAddress owner;
    MultiAddress issuer;
    MultiAddress admin;
    MultiAddress freezer;
    Compact<Balance> min_balance;
    bool is_sufficient = false;
    bool is_frozen = false;
};
struct ApproveTransfer
{
    static constexpr std::string_view kDocs = "Let a delegate move up to `amount` more of the sender's assets.";
    Id id;
    MultiAddress delegate;
    Compact<Balance> amount;
};
struct CancelApproval
{
    static constexpr std::string_view kDocs = "Cancel all that was approved for a delegate.";
    Id id;
    MultiAddress delegate;
};
struct ForceCancelApproval
{
    static constexpr std::string_view kDocs = "Cancel all that an owner approved for a delegate, by root or the admin.";
    Id id;
    MultiAddress owner;
    MultiAddress delegate;
};
struct TransferApproved
{
    static constexpr std::string_view kDocs = "Move assets of an owner who approved of it.";
    Id id;
    MultiAddress owner;
    MultiAddress destination;
    Compact<Balance> amount;
};
struct Touch
{
    static constexpr std::string_view kDocs = "Create an account of the asset for the sender, against a deposit.";
    Id id;
};
struct Refund
{
    static constexpr std::string_view kDocs =
        "Return the deposit or the consumer reference of the sender's account of the asset.";
    Id id;
    bool allow_burn = false;
};
struct SetMinBalance
{
    static constexpr std::string_view kDocs = "Set the minimum balance of an asset.";
    Id id;
    Balance min_balance = 0;
};
struct TouchOther
{
    static constexpr std::string_view kDocs =
        "Create an account of the asset for `who`, against a deposit of the sender.";
    Id id;
    MultiAddress who;
};
struct RefundOther
{
    static constexpr std::string_view kDocs = "Return the deposit that somebody placed for an account of the asset.";
    Id id;
    MultiAddress who;
};
struct Block
{
    static constexpr std::string_view kDocs = "Disallow transfers to and from an account.";
    Id id;
    MultiAddress who;
};
struct TransferAll
{
    static constexpr std::string_view kDocs = "Transfer the entire transferable balance of the sender.";
    Id id;
    MultiAddress dest;
    bool keep_alive = false;
};

struct Created
{
    AssetId asset_id = 0;
    AccountId creator;
    AccountId owner;
};
struct Issued
{
    AssetId asset_id = 0;
    AccountId owner;
    Balance amount = 0;
};
struct Transferred
{
    AssetId asset_id = 0;
    AccountId from;
    AccountId to;
    Balance amount = 0;
};
struct Burned
{
    AssetId asset_id = 0;
    AccountId owner;
    Balance balance = 0;
};
struct TeamChanged
{
    AssetId asset_id = 0;
    AccountId issuer;
    AccountId admin;
    AccountId freezer;
};
struct OwnerChanged
{
    AssetId asset_id = 0;
    AccountId owner;
};
struct Frozen
{
    AssetId asset_id = 0;
    AccountId who;
};
struct Thawed
{
    AssetId asset_id = 0;
    AccountId who;
};
struct AssetFrozen
{
    AssetId asset_id = 0;
};
struct AssetThawed
{
    AssetId asset_id = 0;
};
struct AccountsDestroyed
{
    AssetId asset_id = 0;
    uint32_t accounts_destroyed = 0;
    uint32_t accounts_remaining = 0;
};
struct ApprovalsDestroyed
{
    AssetId asset_id = 0;
    uint32_t approvals_destroyed = 0;
    uint32_t approvals_remaining = 0;
};
struct DestructionStarted
{
    AssetId asset_id = 0;
};
struct Destroyed
{
    AssetId asset_id = 0;
};
struct ForceCreated
{
    AssetId asset_id = 0;
    AccountId owner;
};
struct MetadataSet
{
    AssetId asset_id = 0;
    Bytes name;
    Bytes symbol;
    uint8_t decimals = 0;
    bool is_frozen = false;
};
struct MetadataCleared
{
    AssetId asset_id = 0;
};
struct ApprovedTransfer
{
    AssetId asset_id = 0;
    AccountId source;
    AccountId delegate;
    Balance amount = 0;
};
struct ApprovalCancelled
{
    AssetId asset_id = 0;
    AccountId owner;
    AccountId delegate;
};
struct TransferredApproved
{
    AssetId asset_id = 0;
    AccountId owner;
    AccountId delegate;
    AccountId destination;
    Balance amount = 0;
};
struct AssetStatusChanged
{
    AssetId asset_id = 0;
};
struct AssetMinBalanceChanged
{
    AssetId asset_id = 0;
    Balance new_min_balance = 0;
};
struct Touched
{
    AssetId asset_id = 0;
    AccountId who;
    AccountId depositor;
};
struct Blocked
{
    AssetId asset_id = 0;
    AccountId who;
};

using AnyCall =
    scale::Variant<Create, ForceCreate, StartDestroy, DestroyAccounts, DestroyApprovals, FinishDestroy, Mint, Burn,
                   Transfer, TransferKeepAlive, ForceTransfer, Freeze, Thaw, FreezeAsset, ThawAsset, TransferOwnership,
                   SetTeam, SetMetadata, ClearMetadata, ForceSetMetadata, ForceClearMetadata, ForceAssetStatus,
                   ApproveTransfer, CancelApproval, ForceCancelApproval, TransferApproved, Touch, Refund, SetMinBalance,
                   TouchOther, RefundOther, Block, TransferAll>;
using AnyEvent =
    scale::Variant<Created, Issued, Transferred, Burned, TeamChanged, OwnerChanged, Frozen, Thawed, AssetFrozen,
                   AssetThawed, AccountsDestroyed, ApprovalsDestroyed, DestructionStarted, Destroyed, ForceCreated,
                   MetadataSet, MetadataCleared, ApprovedTransfer, ApprovalCancelled, TransferredApproved,
                   AssetStatusChanged, AssetMinBalanceChanged, Touched, Blocked>;

} // namespace runtime::assets
