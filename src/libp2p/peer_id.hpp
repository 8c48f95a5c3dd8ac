#pragma once

#include "libp2p/varint.hpp"

#include <array>
#include <compare>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace libp2p {

/// Base 58 with Bitcoin's alphabet. Quadratic: for short texts.
inline constexpr size_t kBase58BytesMax = 128;
std::string to_base58(ByteView bytes);
/// Nothing for a character outside the alphabet or more than kBase58BytesMax bytes.
std::optional<Bytes> from_base58(std::string_view text);

/// Who a peer is: its ed25519 public key. Other key types are refused: Substrate's network uses only this one.
///
/// Source  libp2p peer-ids: the identity multihash of the protobuf PublicKey {Type = 1 Ed25519, Data}
struct PeerId
{
    std::array<uint8_t, 32> key{};

    Bytes public_key() const; ///< the protobuf PublicKey, 36 bytes
    Bytes multihash() const;  ///< 38 bytes
    std::string text() const; ///< base 58 of the multihash, "12D3KooW…"

    friend auto operator<=>(const PeerId&, const PeerId&) = default;
};

/// Reads a protobuf PublicKey; nothing unless it is ed25519 of 32 bytes.
std::optional<PeerId> peer_of_public_key(ByteView message);
/// Reads a multihash: the identity of an ed25519 PublicKey.
std::optional<PeerId> peer_of_multihash(ByteView multihash);
std::optional<PeerId> peer_of_text(std::string_view text);

} // namespace libp2p
