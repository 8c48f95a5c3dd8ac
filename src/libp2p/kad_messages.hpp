#pragma once

#include "libp2p/peer_id.hpp"

#include <vector>

namespace libp2p {

/// Bytes of a Kademlia request or answer: a record of the largest value fits.
inline constexpr size_t kKadMessageMax = 72 * 1024;
/// Of these, what we write for peers: others' bound on a message may be 16 KiB. [rust-libp2p's default]
inline constexpr size_t kKadPeersBytesMax = 14 * 1024;

enum class KadType : uint8_t
{
    put_value = 0,
    get_value = 1,
    add_provider = 2, ///< has no answer
    get_providers = 3,
    find_node = 4,
    ping = 5,
};

/// A peer that a message tells of, with its addresses as they came.
struct KadPeer
{
    static constexpr size_t kAddressesMax = 16;

    PeerId peer;
    std::vector<Bytes> addresses = {};
    friend bool operator==(const KadPeer&, const KadPeer&) = default;
};

/// A value under a key. What it means, and who may write it, the owner's rules say.
struct KadRecord
{
    static constexpr size_t kKeyMax = 256;
    static constexpr size_t kValueMax = 64 * 1024;

    Bytes key, value;
    std::optional<PeerId> publisher = {}; ///< Substrate's field 666
    uint32_t ttl_s = 0;                   ///< Substrate's field 777: how long to keep it; 0 says nothing
    friend bool operator==(const KadRecord&, const KadRecord&) = default;
};

/// A request or an answer.
struct KadMessage
{
    static constexpr size_t kPeersMax = 32; ///< of each list; the rest of a longer one is not read

    KadType type;
    Bytes key = {};
    std::optional<KadRecord> record = {};
    std::vector<KadPeer> closer = {}, providers = {};

    /// Peers at the end of the lists are left out where they would not fit into kKadPeersBytesMax: closer ones first.
    Bytes encode() const;
    friend bool operator==(const KadMessage&, const KadMessage&) = default;
};

/// Nothing when it is no protobuf, of an unknown type, or a key or value is over its bound. Peers whose id is not
/// ed25519 and addresses over the bounds are passed over: on open networks they are common.
///
/// Source  libp2p specs, kad-dht/README.md (protobuf Message); fields 666 and 777 as Substrate's nodes send them
std::optional<KadMessage> decode_kad(ByteView message);

} // namespace libp2p
