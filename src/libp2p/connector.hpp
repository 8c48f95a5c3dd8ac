#pragma once

#include "libp2p/kad_table.hpp"
#include "libp2p/peer_store.hpp"

#include "crypto/random.hpp"

#include <deque>
#include <variant>

namespace libp2p {

struct ConnectorLimits
{
    size_t slots_max = 8;    ///< connections that we dialled and keep [Substrate's --out-peers]
    size_t lookups_max = 16; ///< connections beside them, for a question
    size_t of_net_max = 2;   ///< slots in one network (net_of), unless local addresses are allowed
    size_t dialling_max = 16;
    size_t lonely_below = 3;                       ///< with fewer of its own choice, bootnodes are dialled
    size_t waiting_max = 64;                       ///< questions without room for their connection
    Time lookup_keep = std::chrono::seconds(30);   ///< after the last question
    Time lookup_safe = std::chrono::seconds(3);    ///< after it, another may have the room
    Time stable_after = std::chrono::minutes(1);   ///< a connection lost earlier counts as a failure
    Time identify_wait = std::chrono::seconds(20); ///< until a peer in a slot has said what it speaks
    Time tick_every = std::chrono::seconds(1);
};

namespace connector_effect {

/// Dial there, with /p2p/ID: then say connected(), dial_failed() or dial_refused().
struct Dial
{
    PeerId peer;
    Multiaddr address;
};
struct Disconnect
{
    PeerId peer;
};
/// No connection: its addresses did not lead to it, or were not tried, for want of room.
struct Unreachable
{
    PeerId peer;
    bool tried;
};

} // namespace connector_effect

using ConnectorEffect =
    std::variant<connector_effect::Dial, connector_effect::Disconnect, connector_effect::Unreachable>;

/// Decides whom to dial and which connections to keep. Without I/O.
///
/// Holds    keeps slots_max connections of its own choice to peers that speak our protocols, reserved peers always, and
///          bootnodes when there is nobody else. Never dials itself, a peer twice at a time, or one that is connected;
///          a peer's addresses in turn; one that failed later and later. A slot is lost only with its connection: no
///          newcomer displaces it. Slots are drawn network by network, at random, peers that we once reached more
///          often: who owns many addresses of one network gets few, who floods us with new peers does not get all.
/// Bounds   ConnectorLimits, PeerStore's
/// Source   Substrate's peerset (slots, reserved peers); eclipse attacks: Heilman et al. 2015, sections 4 and 8
class Connector
{
public:
    Connector(const PeerId& self, PeerStore& store, crypto::Entropy& entropy, AddressRules addresses,
              ConnectorLimits limits = {}, bool reserved_only = false)
        : self_(self), store_(store), entropy_(entropy), addresses_(addresses), limits_(limits),
          reserved_only_(reserved_only)
    {
    }

    /// Somebody has a question for the peer: connects for a while, as soon as there is room. Ends with the connection
    /// or Unreachable; who no longer waits need not say so.
    void want(const KadContact& contact, Time now);
    /// A question goes to the peer, which is connected.
    void used(const PeerId& peer, Time now);

    void connected(const PeerId& peer, Role role, const Multiaddr& address, Time now);
    void disconnected(const PeerId& peer, Time now);
    void dial_failed(const PeerId& peer, const Multiaddr& address, Time now);
    /// The transport did not even try: no room, or the peer is banned.
    void dial_refused(const PeerId& peer, Time now);
    /// Whether it speaks what we need of a peer in a slot. Known from identify.
    void suits(const PeerId& peer, bool suits, Time now);
    void set_reserved_only(bool on) { reserved_only_ = on; }

    void tick(Time now);
    Time deadline() const { return next_tick_; }
    std::optional<ConnectorEffect> next_effect();

    size_t slots() const; ///< taken, dials under way included
    size_t connected() const;
    /// Whether the peer is connected in a slot of our choice.
    bool holds_slot(const PeerId& peer) const;
    size_t dialling() const;

private:
    enum class Purpose : uint8_t
    {
        slot,
        lookup,
        reserved,
        inbound,
    };
    struct Link
    {
        Purpose purpose;
        Bytes net;
        Time since{};
        bool up = false;
        std::optional<bool> suits = {};
        std::vector<Multiaddr> left = {}; ///< addresses to try, the last one first
        Multiaddr current = {};           ///< under way
    };
    using Links = std::map<PeerId, Link>;

    bool dial(const PeerId& peer, Purpose purpose, const std::vector<Multiaddr>& addresses, Time now);
    bool dial_next(const PeerId& peer, Link& link);
    bool room_for_lookup(Time now);
    void serve_waiting(Time now);
    void given_up(Links::iterator link, Time now);
    bool room_in_net(const Bytes& net) const;
    void fill_slots(Time now);
    void call_reserved(Time now);
    void call_bootnodes(Time now);
    void close_what_is_over(Time now);
    std::optional<PeerId> candidate(Time now);
    size_t count(Purpose purpose) const;
    bool dialable(const PeerId& id, const PeerStore::Peer& peer, Time now) const;
    uint64_t random(uint64_t below);

    PeerId self_;
    PeerStore& store_;
    crypto::Entropy& entropy_;
    AddressRules addresses_;
    ConnectorLimits limits_;
    bool reserved_only_;
    Links links_;
    std::deque<KadContact> waiting_;
    Time next_tick_{};
    std::deque<ConnectorEffect> effects_;
};

} // namespace libp2p
