#pragma once

#include "runtime/testing/chain.hpp"
#include "runtime/testing/keys.hpp"

/// What a dishonest validator signs, and reports of it.
namespace runtime::testing {

/// A header that claims a slot, sealed by `seat`; headers with another `salt` differ.
inline Header sealed_header(const SeatKeys& seat, uint32_t index, Slot slot, uint8_t salt, uint8_t entropy = 7)
{
    Header header;
    header.number = 9;
    header.state_root[0] = salt;
    const primitives::babe::PreDigest claim = primitives::babe::SecondaryPlain{index, slot};
    header.digest.logs.push_back(primitives::digest::PreRuntime{primitives::kBabeEngine, scale::encode(claim)});
    const auto seal = seat.seal(primitives::hash_of(header), entropy);
    header.digest.logs.push_back(primitives::digest::Seal{primitives::kBabeEngine, Bytes(seal.begin(), seal.end())});
    return header;
}

inline primitives::babe::EquivocationProof two_blocks(const SeatKeys& seat, uint32_t index, Slot slot)
{
    return {seat.keys().babe, slot, sealed_header(seat, index, slot, 1), sealed_header(seat, index, slot, 2)};
}

/// Prevotes or precommits for two blocks.
template <class Vote>
primitives::grandpa::EquivocationProof two_votes(const SeatKeys& seat, uint64_t set, uint64_t round)
{
    const auto vote = [&](uint8_t target) {
        const Vote one{primitives::Hash{target}, 7};
        const auto signature = seat.vote(primitives::grandpa::signed_payload(one, round, set));
        return std::pair{one, primitives::Ed25519Signature{signature}};
    };
    return {set, primitives::grandpa::Equivocation<Vote>{round, seat.keys().grandpa, vote(1), vote(2)}};
}

/// Who owns the key now, proved by the chain; nothing if nobody.
inline std::optional<historical::MembershipProof> ownership(Chain& chain, Slot slot,
                                                            const primitives::Sr25519Public& key)
{
    const auto proof =
        chain.query<std::optional<Bytes>>("BabeApi_generate_key_ownership_proof", scale::encode(std::pair{slot, key}));
    return proof ? std::optional{scale::decode<historical::MembershipProof>(ByteView{*proof}).value()} : std::nullopt;
}
inline std::optional<historical::MembershipProof> ownership(Chain& chain, uint64_t set,
                                                            const primitives::Ed25519Public& key)
{
    const auto proof = chain.query<std::optional<Bytes>>("GrandpaApi_generate_key_ownership_proof",
                                                         scale::encode(std::pair{set, key}));
    return proof ? std::optional{scale::decode<historical::MembershipProof>(ByteView{*proof}).value()} : std::nullopt;
}

inline Bytes unsigned_extrinsic(const Call<Runtime>& call)
{
    Bytes body{Extrinsic<Runtime>::kVersion};
    const auto encoded = scale::encode(call);
    body.insert(body.end(), encoded.begin(), encoded.end());
    return body;
}

} // namespace runtime::testing
