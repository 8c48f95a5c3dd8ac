#pragma once

#include "primitives/keys.hpp"
#include "runtime/frame/compose.hpp"
#include "runtime/pallets/system_types.hpp"

/// Sessions: who validates, with which keys. A session ends with its epoch; keys set now serve from the session after
/// next.
///
/// Source  pallet_session, whose storage names and layouts these are
namespace runtime::session {

struct KeyTypeId
{
    static constexpr std::string_view kPath = "sp_core::crypto::KeyTypeId";
    std::array<uint8_t, 4> value{};
    friend bool operator==(const KeyTypeId&, const KeyTypeId&) = default;
};
inline constexpr KeyTypeId kGrandpaKey{{'g', 'r', 'a', 'n'}};
inline constexpr KeyTypeId kBabeKey{{'b', 'a', 'b', 'e'}};

struct SessionKeys
{
    static constexpr std::string_view kPath = "zkp_runtime::SessionKeys";
    primitives::Ed25519Public grandpa;
    primitives::Sr25519Public babe;
    friend bool operator==(const SessionKeys&, const SessionKeys&) = default;

    /// Each key as it is owned: its kind and bytes.
    std::array<std::pair<KeyTypeId, Bytes>, 2> keys() const
    {
        return {{{kGrandpaKey, Bytes(grandpa.bytes.begin(), grandpa.bytes.end())},
                 {kBabeKey, Bytes(babe.bytes.begin(), babe.bytes.end())}}};
    }
};

using Queued = std::vector<std::pair<AccountId, SessionKeys>>;

using Validators = StorageValue<"Session", "Validators", std::vector<AccountId>>;
using CurrentIndex = StorageValue<"Session", "CurrentIndex", SessionIndex>;
using QueuedChanged = StorageValue<"Session", "QueuedChanged", bool>;
using QueuedKeys = StorageValue<"Session", "QueuedKeys", Queued>;
using NextKeys = OptionalMap<"Session", "NextKeys", Twox64Concat, AccountId, SessionKeys>;
using KeyOwner = OptionalMap<"Session", "KeyOwner", Twox64Concat, std::pair<KeyTypeId, Bytes>, AccountId>;

struct SetKeys
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs = "Sets the session key(s) of the function caller to `keys`.";
    SessionKeys keys;
    Bytes proof;
};
struct PurgeKeys
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "Removes any session key(s) of the function caller.";
};

struct NewSession
{
    SessionIndex session_index = 0;
};

enum class Error : uint8_t
{
    invalid_proof,
    no_associated_validator_id,
    duplicated_key,
    no_keys,
    no_account,
};
constexpr std::string_view path_of(Error) { return "pallet_session::pallet::Error"; }

/// R gives should_end_session(block), new_session(index) → the validators of that session or nothing for the same, and
/// on_new_session(changed, validators, queued, index).
template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Session";
    static constexpr std::string_view kCrate = "pallet_session";
    using Storage = List<Validators, CurrentIndex, QueuedChanged, QueuedKeys, NextKeys, KeyOwner>;
    using Call = scale::Variant<SetKeys, PurgeKeys>;
    using Event = scale::Variant<NewSession>;
    using Error = session::Error;

    static Result<> dispatch(const Origin& origin, const SetKeys& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        if (!NextKeys::contains(*who) && !system::inc_consumers(*who))
            return fail<R>(Error::no_account);
        return set_keys(*who, call.keys);
    }

    static Result<> dispatch(const Origin& origin, const PurgeKeys&)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto keys = NextKeys::take(*who);
        if (!keys)
            return fail<R>(Error::no_keys);
        for (const auto& key : keys->keys())
            KeyOwner::remove(key);
        system::dec_consumers(*who);
        return {};
    }

    static Weight on_initialize(BlockNumber now)
    {
        if (!R::should_end_session(now))
            return {};
        return hook<R, "Session.rotate">(rotate());
    }

    /// Registers keys that nobody else has.
    static Result<> set_keys(const AccountId& who, const SessionKeys& keys)
    {
        for (const auto& key : keys.keys())
            if (const auto owner = KeyOwner::get(key); owner && *owner != who)
                return fail<R>(Error::duplicated_key);
        if (const auto old = NextKeys::get(who))
            for (const auto& key : old->keys())
                KeyOwner::remove(key);
        for (const auto& key : keys.keys())
            KeyOwner::insert(key, who);
        NextKeys::insert(who, keys);
        return {};
    }

    /// The first sessions, from genesis.
    static void set_genesis_validators(const Queued& validators)
    {
        std::vector<AccountId> accounts;
        for (const auto& [who, keys] : validators)
        {
            accounts.push_back(who);
            if (!set_keys(who, keys))
                host::panic("session: a key is given twice in the genesis");
            system::Account::mutate(who, [](system::AccountInfo& info) {
                ++info.consumers;
                info.providers = 1;
            });
        }
        Validators::put(accounts);
        QueuedKeys::put(validators);
    }

private:
    /// Returns how many validators are queued.
    static size_t rotate()
    {
        const auto changed = QueuedChanged::get();
        const auto current = QueuedKeys::get();
        std::vector<AccountId> validators;
        for (const auto& [who, keys] : current)
            validators.push_back(who);
        Validators::put(validators);
        const auto index = CurrentIndex::mutate([](SessionIndex& i) { return ++i; });

        const auto elected = R::new_session(index + 1);
        const auto queued = keyed(elected ? *elected : validators);
        QueuedKeys::put(queued);
        QueuedChanged::put(elected.has_value() || queued != current);
        system::deposit_event<R>(NewSession{index});
        R::on_new_session(changed, current, queued, index);
        return queued.size();
    }

    /// Those who have keys, with them.
    static Queued keyed(const std::vector<AccountId>& validators)
    {
        Queued queued;
        for (const auto& who : validators)
            if (const auto keys = NextKeys::get(who))
                queued.emplace_back(who, *keys);
        return queued;
    }
};

} // namespace runtime::session
