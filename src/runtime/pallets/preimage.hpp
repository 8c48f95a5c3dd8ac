#pragma once

#include "runtime/pallets/preimage_types.hpp"

/// Bytes on chain under their hash. Users store them against a deposit on hold; the chain's own pallets request those
/// that they will need, and a requested preimage stays until nobody requests it.
///
/// Differs from pallet_preimage: a requested preimage is taken without fee once, not again and again; there is no
///         older layout to update
/// Source  pallet_preimage
namespace runtime::preimage {

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Preimage";
    static constexpr std::string_view kCrate = "pallet_preimage";
    using Storage = List<RequestStatusFor, PreimageFor>;
    using Call = scale::Variant<NotePreimage, UnnotePreimage, RequestPreimage, UnrequestPreimage, EnsureUpdated>;
    using Event = scale::Variant<Noted, Requested, Cleared>;
    using Error = preimage::Error;
    using HoldReason = preimage::HoldReason;

    static Weight weight(const NotePreimage& call) { return measured<R, Pallet>(call, call.bytes.size()); }
    static Weight weight(const EnsureUpdated& call) { return measured<R, Pallet>(call, call.hashes.size()); }

    /// Root stores for the chain: no deposit, and requested at once. Nobody pays for what is requested.
    static Outcome dispatch(const Origin& origin, const NotePreimage& call)
    {
        const auto by = signed_or_root(origin);
        if (!by)
            return std::unexpected(Failure{by.error()});
        if (call.bytes.size() > kSizeMax)
            return fail<R>(Error::too_big);
        const H256 hash{host::blake2_256(call.bytes)};
        const auto status =
            *by ? noted_by(**by, hash, uint32_t(call.bytes.size())) : noted_by_root(hash, uint32_t(call.bytes.size()));
        if (!status)
            return std::unexpected(Failure{status.error()});
        store(hash, call.bytes, *status);
        const bool paid_for = *by && status->template is<status::Unrequested>();
        return PostInfo{.actual_weight = std::nullopt, .pays_fee = paid_for ? Pays::yes : Pays::no};
    }

    static Result<> dispatch(const Origin& origin, const UnnotePreimage& call)
    {
        const auto by = signed_or_root(origin);
        if (!by)
            return std::unexpected(by.error());
        auto status = RequestStatusFor::get(call.hash);
        if (!status)
            return fail<R>(Error::not_noted);
        const auto owner = owner_of(*status);
        if (*by && (!owner || std::get<AccountId>(*owner) != **by))
            return fail<R>(Error::not_authorized);
        if (owner)
            give_back(*owner);
        if (const auto* unrequested = status->template get<status::Unrequested>())
        {
            clear(call.hash, unrequested->len);
            return {};
        }
        if (!owner)
            return unrequest(call.hash);
        // The chain still needs it; it is the chain's from here on.
        const auto& requested = *status->template get<status::Requested>();
        RequestStatusFor::insert(call.hash, status::Requested{std::nullopt, requested.count, requested.maybe_len});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const RequestPreimage& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        request(call.hash);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const UnrequestPreimage& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        return unrequest(call.hash);
    }

    /// Nothing on this chain is of an older layout, so nothing is free of charge.
    static Result<> dispatch(const Origin& origin, const EnsureUpdated& call)
    {
        if (const auto who = ensure_signed(origin); !who)
            return std::unexpected(who.error());
        if (call.hashes.empty())
            return fail<R>(Error::too_few);
        if (call.hashes.size() > kHashesMax)
            return fail<R>(Error::too_many);
        return {};
    }

    /// Asks for a preimage, once more if it was asked for already. Its owner may still get the deposit back.
    static void request(const H256& hash)
    {
        auto next = status::Requested{std::nullopt, 0, std::nullopt};
        if (const auto status = RequestStatusFor::get(hash))
        {
            if (const auto* requested = status->template get<status::Requested>())
                next = *requested;
            else if (const auto* unrequested = status->template get<status::Unrequested>())
                next = {unrequested->ticket, 0, unrequested->len};
        }
        next.count = saturating_add(next.count, 1);
        RequestStatusFor::insert(hash, next);
        if (next.count == 1)
            system::deposit_event<R>(Requested{hash});
    }

    /// Takes back one request; the last one clears what nobody owns.
    ///
    /// Errors  Error::not_requested
    static Result<> unrequest(const H256& hash)
    {
        const auto status = RequestStatusFor::get(hash);
        const auto* found = status ? status->template get<status::Requested>() : nullptr;
        if (found == nullptr)
            return fail<R>(Error::not_requested);
        if (found->count > 1)
            RequestStatusFor::insert(hash, status::Requested{found->maybe_ticket, found->count - 1, found->maybe_len});
        else if (!found->maybe_len)
            RequestStatusFor::remove(hash);
        else if (found->maybe_ticket)
            RequestStatusFor::insert(hash, status::Unrequested{*found->maybe_ticket, *found->maybe_len});
        else
            clear(hash, *found->maybe_len);
        return {};
    }

    static std::optional<uint32_t> length_of(const H256& hash)
    {
        const auto status = RequestStatusFor::get(hash);
        if (!status)
            return std::nullopt;
        if (const auto* unrequested = status->template get<status::Unrequested>())
            return unrequested->len;
        return status->template get<status::Requested>()->maybe_len;
    }

    /// `value` for storage: itself if it is short, else its hash, with its bytes stored and requested once.
    ///
    /// Errors  Exhausted: longer than kSizeMax
    template <class T>
    static Result<Bounded> bound(const T& value)
    {
        auto bytes = scale::encode(value);
        if (bytes.size() <= kInlineMax)
            return Bounded{bounded::Inline{*scale::BoundedVec<uint8_t, kInlineMax>::from(std::move(bytes))}};
        if (bytes.size() > kSizeMax)
            return fail(dispatch_error::Exhausted{});
        const H256 hash{host::blake2_256(bytes)};
        const auto length = uint32_t(bytes.size());
        request(hash);
        if (auto status = RequestStatusFor::get(hash); !length_of(hash))
        {
            status->template get<status::Requested>()->maybe_len = length;
            store(hash, bytes, *status);
        }
        return Bounded{bounded::Lookup{hash, length}};
    }

    /// What bound() stored, and how many bytes were looked up for it; nothing if they are missing or do not decode as
    /// a T nested at most `depth_max` deep.
    template <class T>
    static std::optional<std::pair<T, uint32_t>> peek(const Bounded& bounded, uint32_t depth_max)
    {
        const auto decoded = [&](ByteView bytes, uint32_t looked_up) -> std::optional<std::pair<T, uint32_t>> {
            scale::Reader reader{bytes, depth_max};
            T value;
            if (!scale::decode_into(reader, value) || reader.left() != 0)
                return std::nullopt;
            return std::pair{std::move(value), looked_up};
        };
        if (const auto* in_place = bounded.template get<bounded::Inline>())
            return decoded(in_place->value.items(), 0);
        const auto& hash = *bounded.lookup_hash();
        const auto length = bounded.lookup_len() ? bounded.lookup_len() : length_of(hash);
        if (!length)
            return std::nullopt;
        const auto bytes = PreimageFor::get({hash, *length});
        return bytes ? decoded(bytes->items(), *length) : std::nullopt;
    }

    /// The value is no longer needed: takes back the request that bound() made.
    static void drop(const Bounded& bounded)
    {
        if (const auto* hash = bounded.lookup_hash())
            if (const auto done = unrequest(*hash); !done)
                host::log(host::LogLevel::error, "preimage: dropped what nobody had requested");
    }

private:
    static Balance deposit_for(uint32_t length)
    {
        return saturating_add(R::kPreimageDepositBase, saturating_mul(R::kPreimageDepositPerByte, length));
    }

    /// Nothing for root.
    static Result<std::optional<AccountId>> signed_or_root(const Origin& origin)
    {
        if (ensure_root(origin))
            return std::nullopt;
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return std::optional{*who};
    }

    static std::optional<Owned> owner_of(const RequestStatus& status)
    {
        if (const auto* unrequested = status.get<status::Unrequested>())
            return unrequested->ticket;
        return status.get<status::Requested>()->maybe_ticket;
    }

    static void give_back(const Owned& owned)
    {
        balances::Pallet<R>::release(HoldReason::preimage, std::get<AccountId>(owned), std::get<Ticket>(owned).value);
    }

    /// The status after `who` brought the preimage.
    static Result<RequestStatus> noted_by(const AccountId& who, const H256& hash, uint32_t length)
    {
        if (const auto before = RequestStatusFor::get(hash))
        {
            const auto* requested = before->template get<status::Requested>();
            if (requested == nullptr || requested->maybe_len)
                return fail<R>(Error::already_noted);
            return RequestStatus{status::Requested{requested->maybe_ticket, requested->count, length}};
        }
        const auto deposit = deposit_for(length);
        if (const auto held = balances::Pallet<R>::hold(HoldReason::preimage, who, deposit); !held)
            return std::unexpected(held.error());
        return RequestStatus{status::Unrequested{{who, {deposit}}, length}};
    }

    static Result<RequestStatus> noted_by_root(const H256& hash, uint32_t length)
    {
        const auto before = RequestStatusFor::get(hash);
        if (!before)
            return RequestStatus{status::Requested{std::nullopt, 1, length}};
        if (const auto* requested = before->template get<status::Requested>())
            return RequestStatus{status::Requested{requested->maybe_ticket, requested->count, length}};
        return RequestStatus{status::Requested{owner_of(*before), 1, length}};
    }

    static void store(const H256& hash, const Bytes& bytes, const RequestStatus& status)
    {
        RequestStatusFor::insert(hash, status);
        // Under the size limit: callers look.
        PreimageFor::insert({hash, uint32_t(bytes.size())}, *scale::BoundedVec<uint8_t, kSizeMax>::from(bytes));
        system::deposit_event<R>(Noted{hash});
    }

    static void clear(const H256& hash, uint32_t length)
    {
        PreimageFor::remove({hash, length});
        RequestStatusFor::remove(hash);
        system::deposit_event<R>(Cleared{hash});
    }
};

} // namespace runtime::preimage
