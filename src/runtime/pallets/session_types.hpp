#pragma once

#include "primitives/keys.hpp"
#include "runtime/frame/compose.hpp"
#include "runtime/pallets/system_types.hpp"

/// What Session keeps: seats and their keys.
///
/// Seat  one key set of weight 1 in BABE and in GRANDPA. A validator holds as many as were allotted to it, at most as
///       many as it registered key sets.
namespace runtime::session {

struct KeyTypeId
{
    static constexpr std::string_view kPath = "sp_core::crypto::KeyTypeId";
    std::array<uint8_t, 4> value{};
    friend auto operator<=>(const KeyTypeId&, const KeyTypeId&) = default;
};
inline constexpr KeyTypeId kGrandpaKey{{'g', 'r', 'a', 'n'}};
inline constexpr KeyTypeId kBabeKey{{'b', 'a', 'b', 'e'}};
inline constexpr KeyTypeId kAuthorityDiscoveryKey{{'a', 'u', 'd', 'i'}};

/// An sr25519 key by which others find a validator's address.
struct AuthorityDiscoveryId
{
    static constexpr std::string_view kPath = "sp_authority_discovery::app::Public";
    std::array<uint8_t, 32> bytes{};
    friend auto operator<=>(const AuthorityDiscoveryId&, const AuthorityDiscoveryId&) = default;
};

/// A key as it is owned: its kind and bytes.
using OwnedKey = std::pair<KeyTypeId, Bytes>;

/// The keys of one seat.
struct SessionKeys
{
    static constexpr std::string_view kPath = "zkp_runtime::SessionKeys";
    primitives::Ed25519Public grandpa;
    primitives::Sr25519Public babe;
    AuthorityDiscoveryId authority_discovery;
    friend bool operator==(const SessionKeys&, const SessionKeys&) = default;

    std::array<OwnedKey, 3> keys() const
    {
        const auto owned = [](KeyTypeId type, const auto& key) {
            return OwnedKey{type, Bytes(key.bytes.begin(), key.bytes.end())};
        };
        return {owned(kGrandpaKey, grandpa), owned(kBabeKey, babe), owned(kAuthorityDiscoveryKey, authority_discovery)};
    }
};

/// A signature by each key of a seat, in their order, over statement_of_ownership(owner).
///
/// Source  polkadot-sdk's proof of possession; RFC-0048
struct PossessionProof
{
    primitives::Ed25519Signature grandpa;
    primitives::Sr25519Signature babe;
    primitives::Sr25519Signature authority_discovery;
};
inline constexpr size_t kPossessionProofBytes = 3 * 64;

/// What a key signs to belong to `owner`: "POP_" and the account. No other signature of these keys has this form: votes
/// are 53 bytes and begin with a small number, seals sign 32 bytes.
inline Bytes statement_of_ownership(const AccountId& owner)
{
    Bytes statement{'P', 'O', 'P', '_'};
    statement.insert(statement.end(), owner.bytes.begin(), owner.bytes.end());
    return statement;
}

/// True if each key of the seat signed for `owner`.
///
/// Cost  three verifications by the host
inline bool possesses(const AccountId& owner, const SessionKeys& keys, const PossessionProof& proof)
{
    const auto statement = statement_of_ownership(owner);
    return host::ed25519_verify(proof.grandpa.bytes, statement, keys.grandpa.bytes) &&
           host::sr25519_verify(proof.babe.bytes, statement, keys.babe.bytes) &&
           host::sr25519_verify(proof.authority_discovery.bytes, statement, keys.authority_discovery.bytes);
}

/// How many seats an account is to hold.
struct Allotment
{
    AccountId who;
    uint32_t seats = 0;
    friend bool operator==(const Allotment&, const Allotment&) = default;
};

/// Seats that one account may register keys for.
inline constexpr uint32_t kSeatsPerAccountMax = 128;
/// Seats of a session.
inline constexpr uint32_t kSeatsMax = 1000;

/// One entry for each seat: its owner and its keys.
using Queued = std::vector<std::pair<AccountId, SessionKeys>>;
using KeySets = std::vector<SessionKeys>;

using Validators = StorageValue<"Session", "Validators", std::vector<AccountId>>;
using CurrentIndex = StorageValue<"Session", "CurrentIndex", SessionIndex>;
using QueuedChanged = StorageValue<"Session", "QueuedChanged", bool>;
using QueuedKeys = StorageValue<"Session", "QueuedKeys", Queued>;
/// The keys of an account's first seat, where clients look for them; those of its other seats.
using NextKeys = OptionalMap<"Session", "NextKeys", Twox64Concat, AccountId, SessionKeys>;
using FurtherKeys = StorageMap<"Session", "FurtherKeys", Twox64Concat, AccountId,
                               scale::BoundedVec<SessionKeys, kSeatsPerAccountMax - 1>>;
using KeyOwner = OptionalMap<"Session", "KeyOwner", Twox64Concat, OwnedKey, AccountId>;
/// What was last allotted. It stays when keys are missing: seats come back with the keys.
using Allocation = StorageValue<"Session", "Allocation", std::vector<Allotment>>;

struct SetKeys
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs =
        "Sets the session keys of the function caller's one seat to `keys`; `proof` is a signature by each key over "
        "\"POP_\" and the account.";
    SessionKeys keys;
    Bytes proof;
};
struct PurgeKeys
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "Removes any session key(s) of the function caller.";
};
/// Numbered apart from Substrate's calls.
struct SetSeatKeys
{
    static constexpr uint8_t kIndex = 16;
    static constexpr std::string_view kDocs =
        "Sets the session keys of the function caller's seats to `keys`; `proof` is, one after the other, the proof of "
        "each set as in `set_keys`.";
    scale::BoundedVec<SessionKeys, kSeatsPerAccountMax> keys;
    Bytes proof;
};

struct NewSession
{
    SessionIndex session_index = 0;
};
/// `who` was allotted seats for which it has no keys; nobody holds them.
struct SeatsWithoutKeys
{
    static constexpr uint8_t kIndex = 16;
    AccountId who;
    uint32_t seats = 0;
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

} // namespace runtime::session
