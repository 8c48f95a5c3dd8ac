#pragma once

#include "libp2p/reputation.hpp"
#include "libp2p/site.hpp"

#include <set>

namespace libp2p {

/// Peers that we know, where they may be dialled, and how that went.
///
/// Holds    whom we have once reached gives way to nobody whom we have not; bootnodes and reserved peers always stay
/// Bounds   kPeersMax peers, kAddressesMax addresses each; kOfNetMax of one network that we have not reached
class PeerStore
{
public:
    static constexpr size_t kPeersMax = 1000;
    static constexpr size_t kAddressesMax = 8;
    static constexpr size_t kOfNetMax = 32;
    static constexpr uint32_t kFailuresMax = 10; ///< in a row, of a peer never reached: then it is forgotten
    static constexpr Time kRetryFirst = std::chrono::seconds(5); ///< doubles with each failure
    static constexpr Time kRetryLast = std::chrono::hours(1);
    static constexpr Time kRetryLastReserved = std::chrono::minutes(1); ///< of reserved peers and bootnodes
    static constexpr size_t kSavedMax = 4 << 20;                        ///< bytes of a file

    struct Peer
    {
        std::vector<Multiaddr> addresses = {}; ///< without /p2p; the one that worked last comes first
        bool bootnode = false, reserved = false;
        std::optional<Time> reached = {}; ///< last
        uint32_t failures = 0;            ///< since then
        Time retry_at{};                  ///< not to be dialled before
        friend bool operator==(const Peer&, const Peer&) = default;
    };

    explicit PeerStore(const PeerId& self) : self_(self) {}

    /// Addresses that somebody told of. False when there is no room for one more peer.
    bool add(const PeerId& peer, const std::vector<Multiaddr>& addresses);
    void add_bootnode(const PeerId& peer, const Multiaddr& address);
    void add_reserved(const PeerId& peer, const std::vector<Multiaddr>& addresses);
    void remove_reserved(const PeerId& peer);

    /// We dialled it there, and it was it.
    void reached(const PeerId& peer, const Multiaddr& address, Time now);
    /// No address of it worked, or it let us go at once.
    void failed(const PeerId& peer, Time now);
    /// Not before then, without blame.
    void postpone(const PeerId& peer, Time until);

    const Peer* find(const PeerId& peer) const;
    const std::map<PeerId, Peer>& peers() const { return peers_; }
    std::set<PeerId> reserved() const;

    /// For a file: what we know of peers, and `bans`. `unix_s`: the time of day, so that a later run knows how long
    /// ago.
    ///
    /// Format  "ZKPP", version 1, 8 bytes of SHA-256 of the rest; the rest a protobuf message
    Bytes save(const std::vector<Ban>& bans, Time now, uint64_t unix_s) const;
    /// Takes in what an earlier run saved, and returns its bans. Nothing when the bytes are no such file, or damaged.
    std::optional<std::vector<Ban>> load(ByteView bytes, Time now, uint64_t unix_s);

private:
    Peer* known(const PeerId& peer);
    bool make_room(const Bytes& net);
    void load_peer(ByteView raw, Time now, uint64_t passed_s);

    PeerId self_;
    std::map<PeerId, Peer> peers_;
};

} // namespace libp2p
