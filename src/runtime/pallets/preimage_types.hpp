#pragma once

#include "runtime/pallets/balances.hpp"

/// Calls, events, errors and storage of Preimage; Bounded, a value known by its bytes or by their hash.
///
/// Source  pallet_preimage and frame_support::traits::preimages, whose names, numbers and layouts these are
namespace runtime::preimage {

inline constexpr uint32_t kSizeMax = 4 * 1024 * 1024; ///< of one preimage
inline constexpr uint32_t kHashesMax = 1024;          ///< of one ensure_updated
inline constexpr uint32_t kInlineMax = 128;           ///< of a bounded value that is kept in place

/// What was held for a preimage.
struct Ticket
{
    static constexpr std::string_view kPath = "frame_support::traits::tokens::fungible::HoldConsideration";
    Balance value = 0;
    friend bool operator==(const Ticket&, const Ticket&) = default;
};
using Owned = std::tuple<AccountId, Ticket>;

namespace status {
/// Somebody stored it and may take it away.
struct Unrequested
{
    Owned ticket;
    uint32_t len = 0;
    friend bool operator==(const Unrequested&, const Unrequested&) = default;
};
/// The chain asks for it `count` times; it is here if its length is.
struct Requested
{
    std::optional<Owned> maybe_ticket;
    uint32_t count = 0;
    std::optional<uint32_t> maybe_len;
    friend bool operator==(const Requested&, const Requested&) = default;
};
} // namespace status
struct RequestStatus : scale::Variant<status::Unrequested, status::Requested>
{
    static constexpr std::string_view kPath = "pallet_preimage::RequestStatus";
    using Variant::Variant;
};

using RequestStatusFor = OptionalMap<"Preimage", "RequestStatusFor", Identity, H256, RequestStatus>;
/// By hash and length: who names a length that is not the preimage's finds nothing.
using PreimageFor =
    OptionalMap<"Preimage", "PreimageFor", Identity, std::tuple<H256, uint32_t>, scale::BoundedVec<uint8_t, kSizeMax>>;

struct NotePreimage
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs = "Register a preimage on-chain.";
    Bytes bytes;
};
struct UnnotePreimage
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "Clear an unrequested preimage from the runtime storage.";
    H256 hash;
};
struct RequestPreimage
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs =
        "Request a preimage be uploaded to the chain without paying any fees or deposits.";
    H256 hash;
};
struct UnrequestPreimage
{
    static constexpr uint8_t kIndex = 3;
    static constexpr std::string_view kDocs = "Clear a previously made request for a preimage.";
    H256 hash;
};
struct EnsureUpdated
{
    static constexpr uint8_t kIndex = 4;
    static constexpr std::string_view kDocs = "Ensure that the bulk of pre-images is upgraded.";
    std::vector<H256> hashes;
};

struct Noted
{
    H256 hash;
};
struct Requested
{
    H256 hash;
};
struct Cleared
{
    H256 hash;
};

enum class Error : uint8_t
{
    too_big,
    already_noted,
    not_authorized,
    not_noted,
    requested,
    not_requested,
    too_many,
    too_few,
};
constexpr std::string_view path_of(Error) { return "pallet_preimage::pallet::Error"; }

enum class HoldReason : uint8_t
{
    preimage,
};
constexpr std::string_view path_of(HoldReason) { return "pallet_preimage::pallet::HoldReason"; }

namespace bounded {
/// A hash alone, as old chains stored it; this one only reads it.
struct Legacy
{
    H256 hash;
    friend bool operator==(const Legacy&, const Legacy&) = default;
};
struct Inline
{
    scale::BoundedVec<uint8_t, kInlineMax> value;
    friend bool operator==(const Inline&, const Inline&) = default;
};
struct Lookup
{
    H256 hash;
    uint32_t len = 0;
    friend bool operator==(const Lookup&, const Lookup&) = default;
};
} // namespace bounded
/// An encoded value of bounded size in storage, whatever its own size.
struct Bounded : scale::Variant<bounded::Legacy, bounded::Inline, bounded::Lookup>
{
    static constexpr std::string_view kPath = "frame_support::traits::preimages::Bounded";
    using Variant::Variant;

    /// Where the bytes are, if not here.
    const H256* lookup_hash() const
    {
        if (const auto* lookup = get<bounded::Lookup>())
            return &lookup->hash;
        const auto* legacy = get<bounded::Legacy>();
        return legacy == nullptr ? nullptr : &legacy->hash;
    }
    /// How many bytes are elsewhere, as far as this says it.
    std::optional<uint32_t> lookup_len() const
    {
        const auto* lookup = get<bounded::Lookup>();
        return lookup == nullptr ? std::nullopt : std::optional{lookup->len};
    }
};

} // namespace runtime::preimage
