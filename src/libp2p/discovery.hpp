#pragma once

#include "libp2p/connector.hpp"
#include "libp2p/external_addresses.hpp"
#include "libp2p/kad.hpp"
#include "libp2p/swarm.hpp"

namespace libp2p {

struct DiscoveryOptions
{
    std::vector<std::string>
        kad_names; ///< of the protocol, the newest first; a peer that lacks it is asked by the next
    std::vector<std::string> needed = {}; ///< a peer in a slot speaks at least one of these; none: all peers suit
    AddressRules addresses = {};
    KadRules rules = {};
    KadLimits kad = {};
    ConnectorLimits connector = {};
    std::vector<Multiaddr> bootnodes = {}, reserved = {}; ///< with /p2p/ID; others are passed over
    bool reserved_only = false;
    std::vector<Multiaddr> public_addresses = {}; ///< told without asking anybody [--public-addr]
};

/// Kad, PeerStore, Connector and ExternalAddresses beside a Swarm: who is out there, and whom we are connected to.
///
///     for each event of the swarm:  if (discovery.on(event, now)) continue;   // it was Kademlia's own
///     then, once:                   discovery.settle(now);
///                                   while (auto dial = discovery.next_dial())
///                                       if (!transport.dial(*dial)) discovery.dial_refused(*dial, now);
///
/// Caller   makes it before the swarm's first connection, load()s what it saved, settles once to begin, and uses both
///          from one thread; settles after it has begun a query. It needs no timer of its own: settle() has the swarm
///          wake its driver in time.
class Discovery
{
public:
    Discovery(Swarm& swarm, crypto::Entropy& entropy, DiscoveryOptions options);

    /// True when nobody else need look at the event.
    bool on(const SwarmEvent& event, Time now);
    void settle(Time now);
    std::optional<Multiaddr> next_dial();
    void dial_refused(const Multiaddr& address, Time now);

    /// Results of queries: Closest, Value, Stored, Providers.
    std::optional<KadEffect> next_result();
    Kad& kad() { return kad_; }
    const PeerStore& peers() const { return store_; }
    const Connector& connector() const { return connector_; }
    /// Where we are reached from outside, as far as we know.
    const std::vector<Multiaddr>& external() const { return external_; }

    void add_reserved(const Multiaddr& address);
    void remove_reserved(const PeerId& peer);
    void set_reserved_only(bool on) { connector_.set_reserved_only(on); }

    /// To be kept in a file, and given back after a restart: peers and bans. False: it was no such file.
    Bytes save(Time now, uint64_t unix_s) const { return store_.save(swarm_.bans(now), now, unix_s); }
    bool load(ByteView bytes, Time now, uint64_t unix_s);

private:
    struct Asked
    {
        KadAskId id;
        Bytes message;
        size_t name; ///< index into kad_protocols_
    };
    void happened(const swarm_event::Connected& event, Time now);
    void happened(const swarm_event::Disconnected& event, Time now);
    void happened(const swarm_event::DialFailed& event, Time now);
    void happened(const swarm_event::Identified& event, Time now);
    void answer(const swarm_event::Request& event, Time now);
    void take(const swarm_event::Response& event, Time now);
    bool is_kad(ProtocolId protocol) const;
    void send(const PeerId& peer, Asked asked, Time now);
    void run_kad(Time now);
    bool run_connector(Time now);
    void tell_addresses(Time now);

    Swarm& swarm_;
    DiscoveryOptions options_;
    std::vector<ProtocolId> kad_protocols_;
    PeerStore store_;
    Connector connector_;
    Kad kad_;
    ExternalAddresses observed_;
    std::vector<Multiaddr> external_, listened_; ///< as told last
    std::map<PeerId, Multiaddr> dialled_;        ///< connections that we dialled, and where
    std::map<RequestId, Asked> asked_;
    std::deque<Multiaddr> dials_;
    std::deque<KadEffect> results_;
};

} // namespace libp2p
