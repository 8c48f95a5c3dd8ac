#pragma once

#include "libp2p/connection.hpp"
#include "libp2p/multiaddr.hpp"
#include "libp2p/reputation.hpp"

#include <memory>
#include <set>

namespace libp2p {

using ConnectionId = uint64_t;
using RequestId = uint64_t;

/// How many peers a node serves, and what they may cost it.
///
/// An address is an IPv4 address or the /64 of an IPv6 one; a network an IPv4 /16 or an IPv6 /32.
struct SwarmLimits
{
    size_t inbound_max = 64; ///< open connections; more may be in their handshake
    size_t outbound_max = 32;
    size_t pending_max = 64;                       ///< inbound connections in their handshake
    size_t pending_per_address_max = 8;            ///< of these, from one address
    size_t per_address_max = 32;                   ///< inbound connections from one address
    size_t answers_max = 64;                       ///< requests of one peer that we have not answered
    size_t buffered_max = 128 << 20;               ///< bytes held for all peers together
    Time pending_safe = std::chrono::seconds(1);   ///< a younger handshake gives way only to a less crowded network
    Time newcomer_safe = std::chrono::seconds(30); ///< nor a connection younger than this
    Time idle_after = std::chrono::seconds(60);    ///< a peer that asked and said nothing for so long is idle
};

/// What happened, by peer.
namespace swarm_event {

struct Connected
{
    PeerId peer;
    Role role; ///< ours
    Multiaddr address;
};
struct Disconnected
{
    PeerId peer;
    CloseReason why;
};
/// A dial that did not become a connection.
struct DialFailed
{
    ConnectionId connection;
    CloseReason why;
    Multiaddr address = {}; ///< as it was dialled
    std::optional<PeerId> expected = {};
};
struct Identified
{
    PeerId peer;
    Identify info;
};
/// The peer wants to send us notifications: accept() or refuse().
struct NotificationsWanted
{
    PeerId peer;
    ProtocolId protocol;
    Bytes handshake;
};
/// We may notify() the peer.
struct NotificationsOpen
{
    PeerId peer;
    ProtocolId protocol;
    Bytes handshake;
};
/// One direction is over, or was refused. Substrate's nodes then end the other too: close().
struct NotificationsClosed
{
    PeerId peer;
    ProtocolId protocol;
    Role role; ///< dialer: the direction in which we send
};
struct Notification
{
    PeerId peer;
    ProtocolId protocol;
    Bytes message;
};
/// answer() or refuse_request(), once.
struct Request
{
    PeerId peer;
    ProtocolId protocol;
    RequestId id;
    Bytes message;
};
struct Response
{
    PeerId peer;
    ProtocolId protocol;
    RequestId id;
    std::expected<Bytes, RequestFailure> result;
};

} // namespace swarm_event

using SwarmEvent =
    std::variant<swarm_event::Connected, swarm_event::Disconnected, swarm_event::DialFailed, swarm_event::Identified,
                 swarm_event::NotificationsWanted, swarm_event::NotificationsOpen, swarm_event::NotificationsClosed,
                 swarm_event::Notification, swarm_event::Request, swarm_event::Response>;

/// All connections of a node, seen as peers and protocols. Still without I/O.
///
/// Driver  accept()/dial() for each new transport, receive() and end_of_input() as bytes come, tick() at deadline();
///         after any call: for each next_touched() write take_output(), and drop() what is over and written
/// Owner   drains next_event(); sends commands. Commands on a peer that is gone do nothing.
/// Holds   at most one connection to a peer: see keeps_new()
/// Bounds  SwarmLimits connections, each bounded by Connection. When all together hold more than buffered_max, those
///         that hold the most are closed. When inbound slots are full, an idle peer, or one of a network that has more
///         slots than the newcomer's, loses its own: see victim(). When handshakes are too many, an old one does.
class Swarm
{
public:
    Swarm(const Identity& identity, crypto::Entropy& entropy, Identify self, SwarmLimits limits = {}, Waits waits = {});

    /// Caller  registers all protocols before the first connection
    ProtocolId add(Protocol protocol);
    /// What we say when a notification stream opens, from now on.
    void set_handshake(ProtocolId protocol, Bytes handshake);
    /// Where we listen, and where we are seen from outside: what identify tells, without unspecified IPs and none
    /// twice.
    void set_listen_addresses(std::vector<Multiaddr> addresses);
    void set_external_addresses(std::vector<Multiaddr> addresses);
    const std::vector<Multiaddr>& listen_addresses() const { return listening_; }
    /// Peers that get a slot though none is free, and do not lose it.
    void set_reserved(std::set<PeerId> peers) { reserved_ = std::move(peers); }
    const PeerId& peer_id() const { return host_.identity.peer_id(); }

    // For the driver.
    /// Nothing when a limit is reached: close the transport.
    std::optional<ConnectionId> accept(const Multiaddr& remote, Time now);
    std::optional<ConnectionId> dial(const Multiaddr& remote, std::optional<PeerId> expected, Time now);
    void receive(ConnectionId id, ByteView input, Time now);
    void end_of_input(ConnectionId id);
    bool wants_input(ConnectionId id) const;
    Bytes take_output(ConnectionId id);
    bool over(ConnectionId id) const;
    void drop(ConnectionId id);
    void tick(Time now);
    Time deadline() const;
    std::optional<ConnectionId> next_touched();
    bool has_touched() const { return !touched_.empty(); }
    void close_all();

    // For the owner.
    std::optional<SwarmEvent> next_event();
    std::vector<PeerId> peers() const;
    size_t connections() const { return connections_.size(); }
    /// Bytes of ours that the peer has not taken yet; 0 for a peer that is gone.
    size_t backlog(const PeerId& peer) const;
    /// Bytes held for all peers now.
    size_t buffered() const { return buffered_; }
    uint64_t bytes_in() const { return bytes_in_; } ///< over all connections, since the start
    uint64_t bytes_out() const { return bytes_out_; }
    void open(const PeerId& peer, ProtocolId protocol, Time now);
    /// Accepts the peer's notifications and opens ours, unless they are.
    void accept(const PeerId& peer, ProtocolId protocol, Time now);
    void refuse(const PeerId& peer, ProtocolId protocol, Time now);
    /// Ends both directions. No event follows.
    void close(const PeerId& peer, ProtocolId protocol, Time now);
    /// False when it is not open, or the peer read too slowly and the stream has ended: NotificationsClosed follows.
    bool notify(const PeerId& peer, ProtocolId protocol, ByteView message);
    std::optional<RequestId> request(const PeerId& peer, ProtocolId protocol, Bytes message, Time now);
    void answer(RequestId id, ByteView message, Time now);
    void refuse_request(RequestId id, Time now);
    /// Changes the peer's reputation; a peer that falls to Reputation::kBanBelow is disconnected and banned.
    void report(const PeerId& peer, int32_t change, Time now);
    void disconnect(const PeerId& peer);
    std::vector<Ban> bans(Time now) const { return reputations_.bans(now); }
    void restore(const Ban& ban, Time now) { reputations_.restore(ban, now); }
    /// deadline() is this time at the latest, once: for machines beside this one that share its driver.
    void wake_at(Time when) { wake_ = std::min(wake_, when); }

private:
    struct Link
    {
        std::optional<StreamId> in, out;
        bool in_accepted = false, out_open = false;
    };
    struct Asked
    {
        RequestId id;
        ProtocolId protocol;
    };
    struct Entry
    {
        std::unique_ptr<Connection> connection;
        Role role;
        Multiaddr address;
        std::optional<PeerId> expected;
        bool current = false;      ///< the one that peers_ names
        Bytes site = {}, net = {}; ///< address and network of the other end
        Time since{};              ///< of its start, or of its becoming current
        Time last_use{};
        size_t buffered = 0; ///< as counted in buffered_
        std::map<ProtocolId, Link> links;
        std::map<StreamId, Asked> requests;
        size_t answers_due = 0;
    };
    struct Due
    {
        ConnectionId connection;
        StreamId stream;
    };

    std::optional<ConnectionId> add_connection(Role role, const Multiaddr& remote, std::optional<PeerId> expected,
                                               Time now);
    Entry* find(const PeerId& peer);
    void tell_addresses();
    void touch(ConnectionId id, Entry& entry, Time now);
    bool keeps_new(const Entry& older, const Entry& newer, const PeerId& peer) const;
    bool admit(const Bytes& site, const Bytes& net, Time now);
    bool make_slot(const Entry& newcomer, Time now);
    std::optional<ConnectionId> victim(const Entry& newcomer, Time now) const;
    void close_one(ConnectionId id, CloseReason why, Time now);
    void account(Entry& entry);
    void keep_budget(Time now);

    void on(ConnectionId id, Entry& entry, event::Established& event, Time now);
    void on(ConnectionId id, Entry& entry, event::Closed& event, Time now);
    void on(ConnectionId id, Entry& entry, event::Identified& event, Time now);
    void on(ConnectionId id, Entry& entry, event::NotificationsWanted& event, Time now);
    void on(ConnectionId id, Entry& entry, event::NotificationsOpen& event, Time now);
    void on(ConnectionId id, Entry& entry, event::NotificationsEnded& event, Time now);
    void on(ConnectionId id, Entry& entry, event::Notification& event, Time now);
    void on(ConnectionId id, Entry& entry, event::Request& event, Time now);
    void on(ConnectionId id, Entry& entry, event::Response& event, Time now);

    Host host_;
    SwarmLimits limits_;
    std::vector<Bytes> handshakes_; ///< by protocol
    std::map<ConnectionId, Entry> connections_;
    std::map<PeerId, ConnectionId> peers_;
    std::map<RequestId, Due> due_; ///< answers that we owe
    ReputationTable reputations_;
    std::set<PeerId> reserved_;
    std::vector<Multiaddr> listening_, external_;
    ConnectionId next_connection_ = 1;
    RequestId next_request_ = 1;
    std::set<ConnectionId> touched_;
    std::deque<SwarmEvent> events_;
    size_t buffered_ = 0;
    size_t depth_ = 0; ///< of touch() within touch()
    uint64_t bytes_in_ = 0, bytes_out_ = 0;
    Time now_{}, wake_ = Time::max();
};

} // namespace libp2p
