#pragma once

#include "runtime/frame/storage.hpp"
#include "runtime/frame/types.hpp"
#include "runtime/meta/derive.hpp"

#include <variant>

/// What the Assets pallet keeps: classes of fungible assets, who holds how much, who may spend for whom.
///
/// Source  pallet_assets
namespace runtime::assets {

using AssetId = uint32_t;

inline constexpr uint32_t kTextMax = 50;         ///< bytes of a name or a symbol
inline constexpr uint32_t kRemoveItemsMax = 500; ///< accounts or approvals that one call destroys

enum class AssetStatus : uint8_t
{
    live,
    frozen,     ///< nobody but the admin moves anything
    destroying, ///< never live again
};
constexpr std::string_view path_of(AssetStatus) { return "pallet_assets::types::AssetStatus"; }

/// A class of assets.
struct AssetDetails
{
    static constexpr std::string_view kPath = "pallet_assets::types::AssetDetails";
    AccountId owner;            ///< changes the team, destroys the class; holds its deposit
    AccountId issuer;           ///< mints
    AccountId admin;            ///< thaws, burns, transfers from anybody
    AccountId freezer;          ///< freezes and blocks
    Balance supply = 0;         ///< the sum of all balances
    Balance deposit = 0;        ///< reserved of the owner
    Balance min_balance = 1;    ///< an account with less goes; above 0
    bool is_sufficient = false; ///< holding it is reason enough for an account to exist
    uint32_t accounts = 0;
    uint32_t sufficients = 0; ///< of the accounts, those that exist by this asset
    uint32_t approvals = 0;
    AssetStatus status = AssetStatus::live;
    friend bool operator==(const AssetDetails&, const AssetDetails&) = default;
};

/// Why an account of an asset may exist.
namespace reason {
/// It counts as a consumer of the system account.
struct Consumer
{
    friend bool operator==(const Consumer&, const Consumer&) = default;
};
/// The asset is sufficient.
struct Sufficient
{
    friend bool operator==(const Sufficient&, const Sufficient&) = default;
};
/// The holder has reserved so much.
struct DepositHeld
{
    Balance value = 0;
    friend bool operator==(const DepositHeld&, const DepositHeld&) = default;
};
struct DepositRefunded
{
    friend bool operator==(const DepositRefunded&, const DepositRefunded&) = default;
};
/// Somebody else has reserved so much.
struct DepositFrom
{
    AccountId depositor;
    Balance deposit = 0;
    friend bool operator==(const DepositFrom&, const DepositFrom&) = default;
};
} // namespace reason

struct ExistenceReason : scale::Variant<reason::Consumer, reason::Sufficient, reason::DepositHeld,
                                        reason::DepositRefunded, reason::DepositFrom>
{
    static constexpr std::string_view kPath = "pallet_assets::types::ExistenceReason";
    using Variant::Variant;
};

enum class AccountStatus : uint8_t
{
    liquid,
    frozen,  ///< may not send
    blocked, ///< may neither send nor receive
};
constexpr std::string_view path_of(AccountStatus) { return "pallet_assets::types::AccountStatus"; }

/// What one account holds of one asset.
struct AssetAccount
{
    static constexpr std::string_view kPath = "pallet_assets::types::AssetAccount";
    Balance balance = 0;
    AccountStatus status = AccountStatus::liquid;
    ExistenceReason reason;
    std::tuple<> extra; ///< clients expect the field
    friend bool operator==(const AssetAccount&, const AssetAccount&) = default;
};

struct Approval
{
    static constexpr std::string_view kPath = "pallet_assets::types::Approval";
    Balance amount = 0;  ///< that the delegate may still move
    Balance deposit = 0; ///< reserved of the owner
};

using Label = scale::BoundedVec<uint8_t, kTextMax>;

struct AssetMetadata
{
    static constexpr std::string_view kPath = "pallet_assets::types::AssetMetadata";
    Balance deposit = 0; ///< reserved of the owner
    Label name;
    Label symbol;
    uint8_t decimals = 0;
    bool is_frozen = false; ///< only root changes it
};

using Asset = OptionalMap<"Assets", "Asset", Blake2_128Concat, AssetId, AssetDetails>;
using Account =
    OptionalDoubleMap<"Assets", "Account", Blake2_128Concat, AssetId, Blake2_128Concat, AccountId, AssetAccount>;
/// By asset, owner, delegate.
using Approvals = OptionalMapOf<"Assets", "Approvals", Approval, Key<Blake2_128Concat, AssetId>,
                                Key<Blake2_128Concat, AccountId>, Key<Blake2_128Concat, AccountId>>;
using Metadata = StorageMap<"Assets", "Metadata", Blake2_128Concat, AssetId, AssetMetadata>;

enum class Error : uint8_t
{
    balance_low,
    no_account,
    no_permission,
    unknown,
    frozen,
    in_use,
    bad_witness,
    min_balance_zero,
    unavailable_consumer,
    bad_metadata,
    unapproved,
    would_die,
    already_exists,
    no_deposit,
    would_burn,
    live_asset,
    asset_not_live,
    incorrect_status,
    not_frozen,
    incomplete_deposit_transfer = 25,
};
constexpr std::string_view path_of(Error) { return "pallet_assets::pallet::Error"; }

} // namespace runtime::assets

namespace runtime::meta {

template <>
inline constexpr bool kNamelessFields<assets::reason::DepositFrom> = true;

} // namespace runtime::meta
