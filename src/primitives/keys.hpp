#pragma once

#include "hash/blake2b.hpp"
#include "scale/scale.hpp"

#include <array>
#include <compare>
#include <cstdint>

/// What every part of the chain exchanges: headers, extrinsics, justifications, keys, storage keys, addresses.
/// Encodings are Substrate's own, byte for byte.
namespace primitives {

using base::Bytes;
using base::ByteView;

/// A 32-byte hash of a block, an extrinsic, a storage value: BLAKE2b-256 unless said otherwise.
using Hash = hash::Bits<256>;
using BlockNumber = uint32_t;

/// An account on the chain; for Ed25519 and Sr25519 keys the public key itself.
struct AccountId32
{
    std::array<uint8_t, 32> bytes{};
    friend auto operator<=>(const AccountId32&, const AccountId32&) = default;
};

struct Ed25519Public
{
    std::array<uint8_t, 32> bytes{};
    friend auto operator<=>(const Ed25519Public&, const Ed25519Public&) = default;
};

struct Sr25519Public
{
    std::array<uint8_t, 32> bytes{};
    friend auto operator<=>(const Sr25519Public&, const Sr25519Public&) = default;
};

/// A secp256k1 key, compressed.
struct EcdsaPublic
{
    std::array<uint8_t, 33> bytes{};
    friend auto operator<=>(const EcdsaPublic&, const EcdsaPublic&) = default;
};

struct Ed25519Signature
{
    std::array<uint8_t, 64> bytes{};
    friend bool operator==(const Ed25519Signature&, const Ed25519Signature&) = default;
};

struct Sr25519Signature
{
    std::array<uint8_t, 64> bytes{};
    friend bool operator==(const Sr25519Signature&, const Sr25519Signature&) = default;
};

/// r ‖ s ‖ recovery id.
struct EcdsaSignature
{
    std::array<uint8_t, 65> bytes{};
    friend bool operator==(const EcdsaSignature&, const EcdsaSignature&) = default;
};

struct MultiSigner : scale::Variant<Ed25519Public, Sr25519Public, EcdsaPublic>
{
    using Variant::Variant;
};

struct MultiSignature : scale::Variant<Ed25519Signature, Sr25519Signature, EcdsaSignature>
{
    using Variant::Variant;
};

/// The account of a key: the key itself, or the BLAKE2b-256 of an ECDSA key, which is a byte longer.
///
/// Source  sp_runtime::MultiSigner::into_account
constexpr AccountId32 account_of(const MultiSigner& signer)
{
    return signer.visit([](const auto& key) {
        if constexpr (sizeof(key.bytes) == 32)
            return AccountId32{key.bytes};
        else
            return AccountId32{hash::blake2_256(ByteView{key.bytes})};
    });
}

/// Whom a call names. The fields are those of sp_runtime::MultiAddress<AccountId32, u32>.
namespace address {

struct Id
{
    AccountId32 account;
    friend bool operator==(const Id&, const Id&) = default;
};
struct Index
{
    scale::Compact<uint32_t> index;
    friend bool operator==(const Index&, const Index&) = default;
};
struct Raw
{
    Bytes bytes;
    friend bool operator==(const Raw&, const Raw&) = default;
};
struct Address32
{
    std::array<uint8_t, 32> bytes{};
    friend bool operator==(const Address32&, const Address32&) = default;
};
/// An Ethereum address.
struct Address20
{
    std::array<uint8_t, 20> bytes{};
    friend bool operator==(const Address20&, const Address20&) = default;
};

} // namespace address

struct MultiAddress : scale::Variant<address::Id, address::Index, address::Raw, address::Address32, address::Address20>
{
    using Variant::Variant;
    constexpr MultiAddress(const AccountId32& account) : Variant(address::Id{account}) {}
    constexpr MultiAddress() = default;
};

} // namespace primitives
