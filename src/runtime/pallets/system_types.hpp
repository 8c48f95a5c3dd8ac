#pragma once

#include "primitives/digest.hpp"
#include "runtime/frame/compose.hpp"

#include <string>

/// System's types and storage: what does not depend on the runtime that holds it.
namespace runtime::system {

using EventIndex = uint32_t;

/// Balances of an account, kept beside its nonce so that a transfer touches one entry for each party.
struct AccountData
{
    static constexpr std::string_view kPath = "pallet_balances::types::AccountData";
    /// `flags` of an account in the current layout.
    static constexpr u128 kNewLogic = u128{1} << 127;

    Balance free = 0;
    Balance reserved = 0;
    Balance frozen = 0; ///< of `free`, what may not leave
    u128 flags = kNewLogic;
    friend bool operator==(const AccountData&, const AccountData&) = default;
};

/// An account exists while it has balance, a nonce above 0, or a reference; a nonce is never reset.
struct AccountInfo
{
    static constexpr std::string_view kPath = "frame_system::AccountInfo";
    Nonce nonce = 0;
    uint32_t consumers = 0;   ///< pallets that need the account to stay
    uint32_t providers = 0;   ///< 1 while the account exists by its own means
    uint32_t sufficients = 0; ///< pallets that keep it alive, such as assets
    AccountData data;
    friend bool operator==(const AccountInfo&, const AccountInfo&) = default;
};

struct LastRuntimeUpgradeInfo
{
    static constexpr std::string_view kPath = "frame_system::LastRuntimeUpgradeInfo";
    Compact<uint32_t> spec_version;
    std::string spec_name;
};

struct CodeUpgradeAuthorization
{
    static constexpr std::string_view kPath = "frame_system::CodeUpgradeAuthorization";
    H256 code_hash;
    bool check_version = true;
};

/// Where in a block an event happened.
namespace phase {
struct ApplyExtrinsic
{
    uint32_t value = 0;
    friend bool operator==(const ApplyExtrinsic&, const ApplyExtrinsic&) = default;
};
struct Finalization
{
    friend bool operator==(const Finalization&, const Finalization&) = default;
};
struct Initialization
{
    friend bool operator==(const Initialization&, const Initialization&) = default;
};
} // namespace phase
struct Phase : scale::Variant<phase::ApplyExtrinsic, phase::Finalization, phase::Initialization>
{
    static constexpr std::string_view kPath = "frame_system::Phase";
    using Variant::Variant;
};

struct DispatchEventInfo
{
    static constexpr std::string_view kPath = "frame_system::DispatchEventInfo";
    static constexpr std::string_view kSpelling = "DispatchEventInfo";
    Weight weight;
    DispatchClass class_ = DispatchClass::normal;
    Pays pays_fee = Pays::yes;
    friend bool operator==(const DispatchEventInfo&, const DispatchEventInfo&) = default;
};

using Account = StorageMap<"System", "Account", Blake2_128Concat, AccountId, AccountInfo>;
using ExtrinsicCount = OptionalValue<"System", "ExtrinsicCount", uint32_t>;
using BlockWeight = StorageValue<"System", "BlockWeight", PerDispatchClass<Weight>>;
using AllExtrinsicsLen = OptionalValue<"System", "AllExtrinsicsLen", uint32_t>;
using BlockHash = StorageMap<"System", "BlockHash", Twox64Concat, BlockNumber, H256>;
using ExtrinsicData = StorageMap<"System", "ExtrinsicData", Twox64Concat, uint32_t, Bytes>;
using Number = StorageValue<"System", "Number", BlockNumber>;
using ParentHash = StorageValue<"System", "ParentHash", H256>;
using Digest = StorageValue<"System", "Digest", primitives::Digest>;
using EventCount = StorageValue<"System", "EventCount", EventIndex>;
using LastRuntimeUpgrade = OptionalValue<"System", "LastRuntimeUpgrade", LastRuntimeUpgradeInfo>;
using ExecutionPhase = OptionalValue<"System", "ExecutionPhase", Phase>;
using AuthorizedUpgrade = OptionalValue<"System", "AuthorizedUpgrade", CodeUpgradeAuthorization>;
/// Encoded events of the block; appended, never read by the runtime.
inline constexpr auto kEventsKey = storage_prefix("System", "Events");

/// Adds an item to the digest of the block under construction.
inline void deposit_log(const primitives::DigestItem& item) { Digest::append(item); }

/// Writes an event of any pallet of R into the block's list. Outside blocks (at genesis) there are none.
///
/// Cost  three reads or writes of small values and an append
template <class R, class E>
void deposit_event(const E& event)
{
    const auto phase = ExecutionPhase::get();
    if (!phase)
        return;
    scale::Writer record;
    scale::encode(*phase, record);
    record.put(ByteView{kEventPlace<R, E>});
    scale::encode(event, record);
    record.put(uint8_t{0}); // no topics
    host::append(kEventsKey, record.bytes());
    EventCount::mutate([](EventIndex& count) { ++count; });
}

/// Counts a pallet that needs `who` to stay; false if the account does not exist.
inline bool inc_consumers(const AccountId& who)
{
    return Account::mutate(who, [](AccountInfo& info) {
        const bool exists = info.providers + info.sufficients != 0;
        info.consumers += exists;
        return exists;
    });
}
inline void dec_consumers(const AccountId& who)
{
    Account::mutate(who, [](AccountInfo& info) { info.consumers -= info.consumers != 0; });
}

} // namespace runtime::system
