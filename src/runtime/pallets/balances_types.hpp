#pragma once

#include "runtime/frame/reason.hpp"
#include "runtime/pallets/system.hpp"

/// Calls, events, errors and storage of Balances.
///
/// Source  pallet_balances, whose names, numbers and layouts these are
namespace runtime::balances {

using system::Account;
using system::AccountData;
using system::AccountInfo;

using Identifier = std::array<uint8_t, 8>; ///< of a lock or a named reserve

inline constexpr uint32_t kLocksMax = 50;    ///< of one account, as in all four
inline constexpr uint32_t kReservesMax = 50; ///< named ones
inline constexpr uint32_t kHoldsMax = 32;
inline constexpr uint32_t kFreezesMax = 32;

/// What a lock is in force for. This chain pays fees from unlocked balance whatever the reasons say.
enum class Reasons : uint8_t
{
    fee,
    misc,
    all,
};
constexpr std::string_view path_of(Reasons) { return "pallet_balances::types::Reasons"; }

struct BalanceLock
{
    static constexpr std::string_view kPath = "pallet_balances::types::BalanceLock";
    Identifier id{};
    Balance amount = 0; ///< below which the balance may not fall
    Reasons reasons = Reasons::all;
    friend bool operator==(const BalanceLock&, const BalanceLock&) = default;
};
struct ReserveData
{
    static constexpr std::string_view kPath = "pallet_balances::types::ReserveData";
    Identifier id{};
    Balance amount = 0;
    friend bool operator==(const ReserveData&, const ReserveData&) = default;
};
/// An amount held or frozen for a reason.
template <class Id>
struct IdAmount
{
    static constexpr std::string_view kPath = "frame_support::traits::tokens::misc::IdAmount";
    Id id;
    Balance amount = 0;
    friend bool operator==(const IdAmount&, const IdAmount&) = default;
};

enum class AdjustmentDirection : uint8_t
{
    increase,
    decrease,
};
constexpr std::string_view path_of(AdjustmentDirection) { return "pallet_balances::types::AdjustmentDirection"; }

/// Where repatriated balance arrives.
enum class BalanceStatus : uint8_t
{
    free,
    reserved,
};
constexpr std::string_view path_of(BalanceStatus) { return "frame_support::traits::tokens::misc::BalanceStatus"; }

using LockList = scale::BoundedVec<BalanceLock, kLocksMax>;
using ReserveList = scale::BoundedVec<ReserveData, kReservesMax>;
template <class R>
using HoldList = scale::BoundedVec<IdAmount<HoldReason<R>>, kHoldsMax>;
template <class R>
using FreezeList = scale::BoundedVec<IdAmount<FreezeReason<R>>, kFreezesMax>;

using TotalIssuance = StorageValue<"Balances", "TotalIssuance", Balance>;
/// Of the total, what does not count as circulating.
using InactiveIssuance = StorageValue<"Balances", "InactiveIssuance", Balance>;
using Locks = StorageMap<"Balances", "Locks", Blake2_128Concat, AccountId, LockList>;
using Reserves = StorageMap<"Balances", "Reserves", Blake2_128Concat, AccountId, ReserveList>;
template <class R>
using Holds = StorageMap<"Balances", "Holds", Blake2_128Concat, AccountId, HoldList<R>>;
template <class R>
using Freezes = StorageMap<"Balances", "Freezes", Blake2_128Concat, AccountId, FreezeList<R>>;

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
struct UpgradeAccounts
{
    static constexpr uint8_t kIndex = 6;
    static constexpr std::string_view kDocs = "Upgrade the given accounts to the current layout.";
    std::vector<AccountId> who;
};
struct ForceSetBalance
{
    static constexpr uint8_t kIndex = 8;
    static constexpr std::string_view kDocs = "Set the regular balance of a given account.";
    MultiAddress who;
    Compact<Balance> new_free;
};
struct ForceAdjustTotalIssuance
{
    static constexpr uint8_t kIndex = 9;
    static constexpr std::string_view kDocs = "Adjust the total issuance in a saturating way.";
    AdjustmentDirection direction = AdjustmentDirection::increase;
    Compact<Balance> delta;
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
struct ReserveRepatriated
{
    static constexpr uint8_t kIndex = 6;
    AccountId from;
    AccountId to;
    Balance amount = 0;
    BalanceStatus destination_status = BalanceStatus::free;
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
struct Minted
{
    static constexpr uint8_t kIndex = 10;
    AccountId who;
    Balance amount = 0;
};
struct Burned
{
    static constexpr uint8_t kIndex = 11;
    AccountId who;
    Balance amount = 0;
};
struct Upgraded
{
    static constexpr uint8_t kIndex = 14;
    AccountId who;
};
struct Rescinded
{
    static constexpr uint8_t kIndex = 16;
    Balance amount = 0;
};
struct Locked
{
    static constexpr uint8_t kIndex = 17;
    AccountId who;
    Balance amount = 0;
};
struct Unlocked
{
    static constexpr uint8_t kIndex = 18;
    AccountId who;
    Balance amount = 0;
};
struct Frozen
{
    static constexpr uint8_t kIndex = 19;
    AccountId who;
    Balance amount = 0;
};
struct Thawed
{
    static constexpr uint8_t kIndex = 20;
    AccountId who;
    Balance amount = 0;
};
struct TotalIssuanceForced
{
    static constexpr uint8_t kIndex = 21;
    Balance old = 0;
    Balance new_ = 0;
};
template <class R>
struct Held
{
    static constexpr uint8_t kIndex = 22;
    HoldReason<R> reason;
    AccountId who;
    Balance amount = 0;
};
template <class R>
struct BurnedHeld
{
    static constexpr uint8_t kIndex = 23;
    HoldReason<R> reason;
    AccountId who;
    Balance amount = 0;
};
template <class R>
struct TransferOnHold
{
    static constexpr uint8_t kIndex = 24;
    HoldReason<R> reason;
    AccountId source;
    AccountId dest;
    Balance amount = 0;
};
template <class R>
struct TransferAndHold
{
    static constexpr uint8_t kIndex = 25;
    HoldReason<R> reason;
    AccountId source;
    AccountId dest;
    Balance transferred = 0;
};
template <class R>
struct Released
{
    static constexpr uint8_t kIndex = 26;
    HoldReason<R> reason;
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
    existing_vesting_schedule,
    dead_account,
    too_many_reserves,
    too_many_holds,
    too_many_freezes,
    issuance_deactivated,
    delta_zero,
};
constexpr std::string_view path_of(Error) { return "pallet_balances::pallet::Error"; }

/// What may leave by transfer or fee: free, less what is frozen and not covered by the reserved part.
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

} // namespace runtime::balances
