#pragma once

#include "libp2p/protocol.hpp"
#include "libp2p/site.hpp"

namespace libp2p {

/// A point of Kademlia's space: SHA-256 of a peer id's multihash, or of a key's bytes.
using KadPoint = std::array<uint8_t, 32>;

KadPoint kad_point(ByteView key);
KadPoint kad_point(const PeerId& peer);
/// XOR; compares as a big-endian number.
KadPoint kad_distance(const KadPoint& a, const KadPoint& b);

/// What we know of a peer that speaks Kademlia.
struct KadContact
{
    PeerId peer;
    std::vector<Multiaddr> addresses; ///< at most KadTable::kAddressesMax, without /p2p
    friend bool operator==(const KadContact&, const KadContact&) = default;
};

/// Who speaks Kademlia, by distance from us: bucket i holds peers at distance 2ⁱ to 2ⁱ⁺¹ − 1.
///
/// Caller   adds only peers that answered; says when one was or was not reached
/// Holds    a peer that is reached when asked is never displaced: newcomers get room, or the place of one that failed.
///          So an attacker who comes late, with ids as near to us as it likes, cannot push the first peers out.
///          Of one network (net_of) a bucket holds at most kOfNetMax, unless local addresses are allowed.
/// Bounds   256 buckets of kBucket entries, kAddressesMax addresses each: below 6 MiB; in practice some 20·log₂ n
/// Source   Maymounkov and Mazières, Kademlia, section 2.2; libp2p specs, kad-dht/README.md
class KadTable
{
public:
    static constexpr size_t kBucket = 20;
    static constexpr size_t kAddressesMax = 6;
    static constexpr size_t kOfNetMax = 3;
    static constexpr uint32_t kFailuresMax = 3; ///< in a row; then the entry goes

    KadTable(const PeerId& self, bool allow_local) : self_(kad_point(self)), allow_local_(allow_local) {}

    /// A peer that answered. False when it is ourselves, has no address, or its bucket has no room for it.
    bool add(KadContact contact, Time now);
    /// It answered again, or is connected.
    void reached(const PeerId& peer, Time now);
    /// It did not answer, or could not be dialled.
    void failed(const PeerId& peer);
    void remove(const PeerId& peer);

    bool contains(const PeerId& peer) const { return find(peer) != nullptr; }
    const KadContact* contact(const PeerId& peer) const;
    /// The nearest to `target`, nearest first.
    std::vector<KadContact> closest(const KadPoint& target, size_t count) const;
    /// Who has been silent for longest, since before `before`: to be asked whether it lives.
    std::optional<PeerId> stalest(Time before) const;
    std::vector<PeerId> peers() const;
    size_t size() const;

private:
    struct Entry
    {
        KadContact contact;
        KadPoint point;
        Bytes net;
        uint32_t failures = 0;
        Time reached{};
    };
    using Bucket = std::vector<Entry>;

    std::optional<size_t> bucket_of(const KadPoint& point) const;
    Entry* find(const PeerId& peer);
    const Entry* find(const PeerId& peer) const;

    KadPoint self_;
    bool allow_local_;
    std::array<Bucket, 256> buckets_;
};

} // namespace libp2p
