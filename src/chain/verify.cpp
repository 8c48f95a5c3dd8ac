#include "chain/verify.hpp"

#include "chain/threshold.hpp"
#include "signature/sr25519.hpp"
#include "signature/vrf.hpp"

#include <bit>

namespace chain {
namespace {

namespace babe = primitives::babe;
namespace digest = primitives::digest;
namespace sr25519 = signature::sr25519;

std::unexpected<HeaderError> refused(HeaderRefusal why) { return std::unexpected(HeaderError{why, std::nullopt}); }

/// The sealed header in its two parts, and what it claims.
struct Parts
{
    Header unsealed;
    std::array<uint8_t, 64> seal;
    babe::PreDigest claim;
};

std::expected<Parts, HeaderError> take_apart(const Header& header)
{
    auto unsealed = primitives::unseal(header);
    Parts parts;
    if (!unsealed || unsealed->seal.engine != primitives::kBabeEngine ||
        unsealed->seal.data.size() != parts.seal.size())
        return refused(HeaderRefusal::seal);
    std::ranges::copy(unsealed->seal.data, parts.seal.begin());
    parts.unsealed = std::move(unsealed->header);
    for (const auto& log : parts.unsealed.digest.logs)
        if (log.is<digest::Seal>())
            return refused(HeaderRefusal::seal);
    auto claim = claim_of(parts.unsealed);
    if (!claim)
        return std::unexpected(claim.error());
    parts.claim = *claim;
    return parts;
}

bool allowed(const babe::PreDigest& claim, babe::AllowedSlots slots)
{
    using enum babe::AllowedSlots;
    return claim.is<babe::Primary>() || (claim.is<babe::SecondaryPlain>() && slots == PrimaryAndSecondaryPlainSlots) ||
           (claim.is<babe::SecondaryVrf>() && slots == PrimaryAndSecondaryVRFSlots);
}

/// The VRF's output belongs to the authority, the slot and the epoch, and wins where it has to.
std::expected<void, HeaderError> check_vrf(const babe::PreDigest& claim, const Epoch& epoch)
{
    const auto* vrf = claim.vrf();
    if (vrf == nullptr)
        return {};
    const auto& author = epoch.authorities[claim.authority_index()];
    const auto value = sr25519::vrf_verify(author.id.bytes,
                                           sr25519::babe_transcript(epoch.randomness, claim.slot(), epoch.epoch_index),
                                           {.output = vrf->output, .proof = vrf->proof});
    if (!value)
        return refused(HeaderRefusal::vrf);
    if (claim.is<babe::Primary>() && std::bit_cast<scale::u128>(sr25519::babe_score(*value)) >=
                                         primary_threshold(epoch.config.c, epoch.authorities, claim.authority_index()))
        return refused(HeaderRefusal::not_won);
    return {};
}

std::expected<void, HeaderError> check_claim(const Parts& parts, const Epoch& epoch)
{
    const auto& claim = parts.claim;
    if (claim.authority_index() >= epoch.authorities.size())
        return refused(HeaderRefusal::authority);
    if (!allowed(claim, epoch.config.allowed_slots))
        return refused(HeaderRefusal::kind_not_allowed);
    if (!claim.is<babe::Primary>() &&
        claim.authority_index() != secondary_author(epoch.randomness, claim.slot(), epoch.authorities.size()))
        return refused(HeaderRefusal::not_the_turn);
    const auto& author = epoch.authorities[claim.authority_index()].id;
    const auto sealed = primitives::hash_of(parts.unsealed);
    if (!sr25519::verify(base::ByteView(sealed), parts.seal, author.bytes))
        return refused(HeaderRefusal::signature);
    return check_vrf(claim, epoch);
}

bool environment_once(const Header& header)
{
    size_t count = 0;
    for (const auto& log : header.digest.logs)
        count += log.is<digest::RuntimeEnvironmentUpdated>();
    return count <= 1;
}

} // namespace

std::expected<babe::PreDigest, HeaderError> claim_of(const Header& header)
{
    const auto* data = primitives::only_item<digest::PreRuntime>(header.digest, primitives::kBabeEngine);
    if (data == nullptr)
        return refused(HeaderRefusal::pre_digest);
    auto claim = scale::decode<babe::PreDigest>(base::ByteView(*data));
    if (!claim)
        return refused(HeaderRefusal::pre_digest);
    return *claim;
}

std::expected<Verified, HeaderError> verify_header(const Header& header, const Parent& parent, Slot now)
{
    if (header.parent_hash != parent.id.hash || uint64_t{header.number.value} != uint64_t{parent.id.number} + 1)
        return refused(HeaderRefusal::parent);
    const auto parts = take_apart(header);
    if (!parts)
        return std::unexpected(parts.error());
    const auto slot = parts->claim.slot();
    if (parent.slot && slot <= *parent.slot)
        return refused(HeaderRefusal::slot_order);
    if (slot > now && slot - now > kSlotsAhead)
        return refused(HeaderRefusal::slot_in_future);
    if (!environment_once(parts->unsealed))
        return refused(HeaderRefusal::environment);
    auto epochs = parent.epochs.after(parts->unsealed, slot);
    if (!epochs)
        return std::unexpected(HeaderError{HeaderRefusal::epoch, epochs.error()});
    const auto& epoch = *epochs->current();
    if (const auto checked = check_claim(*parts, epoch); !checked)
        return std::unexpected(checked.error());
    return Verified{.id = {primitives::hash_of(header), header.number.value},
                    .slot = slot,
                    .primary = parts->claim.is<babe::Primary>(),
                    .author = epoch.authorities[parts->claim.authority_index()].id,
                    .epochs = std::move(*epochs)};
}

std::optional<babe::EquivocationProof> EquivocationWatch::note(const Verified& verified, const Header& header)
{
    const auto newest = seen_.empty() ? verified.slot : std::max(seen_.rbegin()->first.first, verified.slot);
    while (!seen_.empty() && seen_.begin()->first.first + kSlotsKept < newest)
        seen_.erase(seen_.begin());
    if (verified.slot + kSlotsKept < newest)
        return std::nullopt;
    const auto [place, fresh] = seen_.try_emplace({verified.slot, verified.author}, header);
    if (fresh || primitives::hash_of(place->second) == verified.id.hash)
        return std::nullopt;
    return babe::EquivocationProof{verified.author, verified.slot, place->second, header};
}

} // namespace chain
