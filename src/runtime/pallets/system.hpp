#pragma once

#include "primitives/storage_key.hpp"
#include "primitives/version.hpp"
#include "runtime/frame/limits.hpp"
#include "runtime/pallets/system_types.hpp"

/// Accounts, block bookkeeping, events, the runtime's own code.
namespace runtime::system {

/// Nothing happens; for notes that only the block body keeps.
struct Remark
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs = "Make some on-chain remark.";
    Bytes remark;
};
struct SetHeapPages
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "Set the number of pages in the WebAssembly environment's heap.";
    uint64_t pages = 0;
};
struct SetCode
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs = "Set the new runtime code.";
    Bytes code;
};
struct SetCodeWithoutChecks
{
    static constexpr uint8_t kIndex = 3;
    static constexpr std::string_view kDocs = "Set the new runtime code without doing any checks of the given `code`.";
    Bytes code;
};
struct SetStorage
{
    static constexpr uint8_t kIndex = 4;
    static constexpr std::string_view kDocs = "Set some items of storage.";
    std::vector<std::pair<Bytes, Bytes>> items;
};
struct KillStorage
{
    static constexpr uint8_t kIndex = 5;
    static constexpr std::string_view kDocs = "Kill some items from storage.";
    std::vector<Bytes> keys;
};
struct KillPrefix
{
    static constexpr uint8_t kIndex = 6;
    static constexpr std::string_view kDocs = "Kill all storage items with a key that starts with the given prefix.";
    Bytes prefix;
    uint32_t subkeys = 0;
};
struct RemarkWithEvent
{
    static constexpr uint8_t kIndex = 7;
    static constexpr std::string_view kDocs = "Make some on-chain remark and emit event.";
    Bytes remark;
};
struct AuthorizeUpgrade
{
    static constexpr uint8_t kIndex = 9;
    static constexpr std::string_view kDocs = "Authorize an upgrade to a given `code_hash` for the runtime.";
    H256 code_hash;
};
struct AuthorizeUpgradeWithoutChecks
{
    static constexpr uint8_t kIndex = 10;
    static constexpr std::string_view kDocs = "Authorize an upgrade to a given `code_hash`, whatever its version.";
    H256 code_hash;
};
struct ApplyAuthorizedUpgrade
{
    static constexpr uint8_t kIndex = 11;
    static constexpr std::string_view kDocs = "Provide the preimage (runtime binary) of an authorized upgrade.";
    Bytes code;
};

struct ExtrinsicSuccess
{
    DispatchEventInfo dispatch_info;
};
struct ExtrinsicFailed
{
    DispatchError dispatch_error;
    DispatchEventInfo dispatch_info;
};
struct CodeUpdated
{
};
struct NewAccount
{
    AccountId account;
};
struct KilledAccount
{
    AccountId account;
};
struct Remarked
{
    AccountId sender;
    H256 hash;
};
struct UpgradeAuthorized
{
    H256 code_hash;
    bool check_version = true;
};

enum class Error : uint8_t
{
    invalid_spec_name,
    spec_version_needs_to_increase,
    failed_to_extract_runtime_version,
    non_default_composite,
    non_zero_ref_count,
    call_filtered,
    multi_block_migrations_ongoing,
    nothing_authorized,
    unauthorized,
};
constexpr std::string_view path_of(Error) { return "frame_system::pallet::Error"; }

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "System";
    static constexpr std::string_view kCrate = "frame_system";

    using Call =
        scale::Variant<Remark, SetHeapPages, SetCode, SetCodeWithoutChecks, SetStorage, KillStorage, KillPrefix,
                       RemarkWithEvent, AuthorizeUpgrade, AuthorizeUpgradeWithoutChecks, ApplyAuthorizedUpgrade>;
    using Event = scale::Variant<ExtrinsicSuccess, ExtrinsicFailed, CodeUpdated, NewAccount, KilledAccount, Remarked,
                                 UpgradeAuthorized>;
    using Error = system::Error;
    /// Events are listed by the runtime's description: their type is the runtime's.
    using Storage = List<Account, ExtrinsicCount, BlockWeight, AllExtrinsicsLen, BlockHash, ExtrinsicData, Number,
                         ParentHash, Digest, EventCount, LastRuntimeUpgrade, ExecutionPhase, AuthorizedUpgrade>;

    struct BlockWeights
    {
        static auto value() { return R::kBlockWeights; }
    };
    struct BlockLength
    {
        static auto value() { return R::kBlockLength; }
    };
    struct BlockHashCount
    {
        static BlockNumber value() { return R::kBlockHashCount; }
    };
    struct DbWeight
    {
        static RuntimeDbWeight value() { return R::kDbWeight; }
    };
    struct Version
    {
        static primitives::RuntimeVersion value() { return R::version(); }
    };
    struct SS58Prefix
    {
        static uint16_t value() { return R::kSs58Prefix; }
    };
    using Constants = List<BlockWeights, BlockLength, BlockHashCount, DbWeight, Version, SS58Prefix>;

    static Weight weight(const Remark& call) { return measured<R, Pallet>(call, call.remark.size()); }
    static Weight weight(const RemarkWithEvent& call) { return measured<R, Pallet>(call, call.remark.size()); }
    static DispatchInfo info(const SetHeapPages& call) { return operational(call); }
    static DispatchInfo info(const SetCode& call) { return operational(call); }
    static DispatchInfo info(const SetCodeWithoutChecks& call) { return operational(call); }
    static DispatchInfo info(const SetStorage& call) { return operational(call, call.items.size()); }
    static DispatchInfo info(const KillStorage& call) { return operational(call, call.keys.size()); }
    static DispatchInfo info(const KillPrefix& call) { return operational(call, call.subkeys); }
    static DispatchInfo info(const AuthorizeUpgrade& call) { return operational(call); }
    static DispatchInfo info(const AuthorizeUpgradeWithoutChecks& call) { return operational(call); }
    static DispatchInfo info(const ApplyAuthorizedUpgrade& call) { return operational(call); }

    static Result<> dispatch(const Origin&, const Remark&) { return {}; }

    static Result<> dispatch(const Origin& origin, const RemarkWithEvent& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        deposit_event<R>(Remarked{*who, {host::blake2_256(call.remark)}});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const SetHeapPages& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        host::set(base::view(primitives::well_known::kHeapPages), scale::encode(call.pages));
        deposit_log(primitives::digest::RuntimeEnvironmentUpdated{});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const SetCode& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        if (const auto good = check_code(call.code); !good)
            return good;
        set_code(call.code);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const SetCodeWithoutChecks& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        set_code(call.code);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const SetStorage& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        for (const auto& [key, value] : call.items)
            host::set(key, value);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const KillStorage& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        for (const auto& key : call.keys)
            host::clear(key);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const KillPrefix& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        host::clear_prefix(call.prefix, call.subkeys);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const AuthorizeUpgrade& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        authorize(call.code_hash, true);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const AuthorizeUpgradeWithoutChecks& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        authorize(call.code_hash, false);
        return {};
    }

    /// Anybody may bring the code: its hash was authorised. Pays nothing if it is the one.
    static Outcome dispatch(const Origin&, const ApplyAuthorizedUpgrade& call)
    {
        const auto authorized = AuthorizedUpgrade::get();
        if (!authorized)
            return fail<R>(Error::nothing_authorized);
        if (authorized->code_hash.value != host::blake2_256(call.code))
            return fail<R>(Error::unauthorized);
        if (authorized->check_version)
            if (const auto good = check_code(call.code); !good)
                return std::unexpected(Failure{good.error()});
        set_code(call.code);
        AuthorizedUpgrade::kill();
        return PostInfo{.actual_weight = std::nullopt, .pays_fee = Pays::no};
    }

    /// New code is of this chain and newer than this.
    static Result<> check_code(ByteView code)
    {
        const auto raw = host::runtime_version(code);
        const auto found = raw ? scale::decode<primitives::RuntimeVersion>(*raw)
                               : std::unexpected(scale::Error{scale::Fault::end_of_input, 0});
        if (!found)
            return fail<R>(Error::failed_to_extract_runtime_version);
        const auto current = R::version();
        if (found->spec_name != current.spec_name)
            return fail<R>(Error::invalid_spec_name);
        if (found->spec_version <= current.spec_version)
            return fail<R>(Error::spec_version_needs_to_increase);
        return {};
    }

    /// Takes effect with the next block.
    static void set_code(ByteView code)
    {
        host::set(base::view(primitives::well_known::kCode), code);
        deposit_log(primitives::digest::RuntimeEnvironmentUpdated{});
        deposit_event<R>(CodeUpdated{});
    }

    static void authorize(const H256& code_hash, bool check_version)
    {
        AuthorizedUpgrade::put({code_hash, check_version});
        deposit_event<R>(UpgradeAuthorized{code_hash, check_version});
    }

private:
    static DispatchInfo operational(const auto& call, uint64_t count = 0)
    {
        return {measured<R, Pallet>(call, count), DispatchClass::operational};
    }
};

} // namespace runtime::system
