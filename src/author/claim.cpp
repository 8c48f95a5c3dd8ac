#include "author/claim.hpp"

#include "chain/threshold.hpp"
#include "signature/vrf.hpp"

#include <bit>

namespace author {
namespace {

namespace babe = primitives::babe;
namespace sr25519 = signature::sr25519;

babe::VrfSignature prove(const sr25519::Keypair& pair, const sr25519::VrfInOut& value, crypto::Entropy& entropy)
{
    const auto made = sr25519::vrf_prove(pair, value, entropy);
    return {.output = made.output, .proof = made.proof};
}

std::optional<Claim> claim_primary(Slot slot, const Epoch& epoch, uint32_t index, const WithKey& with_key,
                                   crypto::Entropy& entropy)
{
    std::optional<Claim> claim;
    const auto& key = epoch.authorities[index].id;
    with_key(key, [&](const sr25519::Keypair& pair) {
        const auto value =
            sr25519::vrf_evaluate(pair, sr25519::babe_transcript(epoch.randomness, slot, epoch.epoch_index));
        if (std::bit_cast<scale::u128>(sr25519::babe_score(value)) <
            chain::primary_threshold(epoch.config.c, epoch.authorities, index))
            claim = Claim{babe::Primary{index, slot, prove(pair, value, entropy)}, key};
    });
    return claim;
}

std::optional<Claim> claim_secondary(Slot slot, const Epoch& epoch, const WithKey& with_key, crypto::Entropy& entropy)
{
    using enum babe::AllowedSlots;
    if (epoch.config.allowed_slots == PrimarySlots || epoch.authorities.empty())
        return std::nullopt;
    const auto index = chain::secondary_author(epoch.randomness, slot, epoch.authorities.size());
    const auto& key = epoch.authorities[index].id;
    std::optional<Claim> claim;
    with_key(key, [&](const sr25519::Keypair& pair) {
        if (epoch.config.allowed_slots == PrimaryAndSecondaryPlainSlots)
        {
            claim = Claim{babe::SecondaryPlain{index, slot}, key};
            return;
        }
        const auto value =
            sr25519::vrf_evaluate(pair, sr25519::babe_transcript(epoch.randomness, slot, epoch.epoch_index));
        claim = Claim{babe::SecondaryVrf{index, slot, prove(pair, value, entropy)}, key};
    });
    return claim;
}

} // namespace

std::optional<Claim> claim_slot(Slot slot, const Epoch& epoch, const WithKey& with_key, crypto::Entropy& entropy)
{
    for (uint32_t index = 0; index != epoch.authorities.size(); ++index)
        if (auto claim = claim_primary(slot, epoch, index, with_key, entropy))
            return claim;
    return claim_secondary(slot, epoch, with_key, entropy);
}

primitives::DigestItem pre_runtime(const Claim& claim)
{
    return primitives::digest::PreRuntime{primitives::kBabeEngine, scale::encode(claim.digest)};
}

bool seal(Header& header, const Sr25519Public& key, const WithKey& with_key, crypto::Entropy& entropy)
{
    return with_key(key, [&](const sr25519::Keypair& pair) {
        const auto hash = primitives::hash_of(header);
        const auto signature = sr25519::sign(pair, base::ByteView(hash), entropy);
        header.digest.logs.push_back(
            primitives::digest::Seal{primitives::kBabeEngine, {signature.begin(), signature.end()}});
    });
}

primitives::InherentData inherents(uint64_t unix_ms, Slot slot)
{
    return {.data = {{primitives::kTimestampInherent, scale::encode(unix_ms)},
                     {primitives::kBabeInherent, scale::encode(slot)}}};
}

} // namespace author
