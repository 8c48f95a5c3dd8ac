#pragma once

#include "node/peer_transactions.hpp"
#include "node/seen.hpp"
#include "node/serve.hpp"

#include "env/loop.hpp"
#include "libp2p/carrier.hpp"
#include "libp2p/discovery.hpp"
#include "libp2p/request_queue.hpp"
#include "protocols/gossip.hpp"
#include "protocols/names.hpp"
#include "protocols/sync.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace node {

struct PeerInfo
{
    std::string id; ///< base58
    uint8_t roles = 0;
    BlockId best;
};

/// A peer that has more than this of our answers still to take gets no new one computed.
inline constexpr size_t kAnswersAheadMax = size_t{1} << 20;

/// What the network has taken and takes.
struct NetworkUse
{
    uint64_t bytes_in = 0, bytes_out = 0; ///< since the start
    size_t connections = 0;
    size_t buffered = 0;         ///< bytes held for all peers
    size_t requests_waiting = 0; ///< for a worker
};

struct PeersOptions
{
    std::vector<libp2p::Multiaddr> listen;
    std::vector<libp2p::Multiaddr> bootnodes = {};        ///< with their ids: who tells of others
    std::vector<libp2p::Multiaddr> reserved = {};         ///< with their ids: to stay connected to
    bool reserved_only = false;                           ///< and to nobody else
    std::vector<libp2p::Multiaddr> public_addresses = {}; ///< where others reach this node
    size_t out_peers = 8;                                 ///< connections of our choice
    bool allow_local = false;                             ///< private and loopback addresses are told and dialled
    std::string protocol_id, fork_id;
    bool authority = false;
    base::Bytes saved = {}; ///< what save() returned before a restart
};

/// What a node does with what its peers say. On the loop's thread, but for on_transaction().
class PeersOwner
{
public:
    virtual ~PeersOwner() = default;
    /// A peer, no light client, that tells of its blocks and takes ours.
    virtual void on_peer(const libp2p::PeerId& peer, const BlockId& best) = 0;
    virtual void on_peer_gone(const libp2p::PeerId& peer) = 0;
    virtual void on_announce(const libp2p::PeerId& peer, const Header& header, bool is_best) = 0;
    /// A peer that takes finality's messages.
    virtual void on_voter(const libp2p::PeerId& peer, protocols::Role role) = 0;
    virtual void on_voter_gone(const libp2p::PeerId& peer) = 0;
    virtual void on_finality(const libp2p::PeerId& peer, const protocols::grandpa::Message& message) = 0;
    /// The answer to Peers::ask(); nothing when there is none.
    virtual void on_blocks(const libp2p::PeerId& peer, uint64_t id,
                           const std::optional<protocols::BlockResponse>& response) = 0;
    /// On a worker, one at a time.
    virtual Worth on_transaction(const base::Bytes& transaction) = 0;
    /// The newest proof of finality. On any thread.
    virtual std::optional<Decision> newest_decision() const = 0;
};

/// Makes what carries a swarm; the second argument is called after each batch of work.
using MakeCarrier = std::function<std::unique_ptr<libp2p::Carrier>(libp2p::Swarm&, std::function<void()>)>;

/// Speaks Substrate's protocols with peers: sends and takes announcements, votes and transactions, asks for blocks,
/// serves blocks and proofs.
///
/// Thread  the loop's, but for answers to requests, which workers compute; the methods marked (any) hand over
/// Bounds  Seen::kMax hashes of transactions a peer; libp2p's for the rest
class Peers
{
public:
    Peers(env::Loop& loop, const MakeCarrier& carrier, const ledger::Ledger& ledger, const libp2p::Identity& identity,
          crypto::Entropy& entropy, PeersOptions options, PeersOwner& owner);

    /// Listens on all addresses, dials those it is to stay connected to.
    ///
    /// Errors  one line
    std::expected<void, std::string> start();
    void stop();
    /// The peers known and banned, for PeersOptions::saved of the next run.
    base::Bytes save() const { return discovery_.save(loop_.now(), loop_.unix_ms() / 1000); }
    void add_reserved(const libp2p::Multiaddr& address); ///< (any) with /p2p/ID
    void remove_reserved(const libp2p::PeerId& peer);    ///< (any)
    /// After stop().
    bool closed() const { return carrier_->closed(); }

    void announce(const Header& header, bool is_best);
    void send_finality(const libp2p::PeerId& peer, const protocols::grandpa::Message& message);
    /// To light clients, who take it without asking.
    void tell_light(const Decision& decision);
    void ask(const libp2p::PeerId& peer, uint64_t id, const protocols::BlockRequest& request);
    void report(const libp2p::PeerId& peer, int32_t change);
    /// Sends on what the calls above have left in the swarm.
    void settle() { carrier_->settle(); }
    /// Sends a transaction to all who take them and have not sent it, then says to whom, on the loop's thread. (any)
    void gossip(base::Bytes transaction, std::function<void(std::vector<std::string>)> told);

    std::vector<PeerInfo> list() const;                        ///< (any)
    NetworkUse use() const;                                    ///< (any)
    std::vector<std::string> addresses() const;                ///< (any) with /p2p/ID
    std::string id() const { return swarm_.peer_id().text(); } ///< (any)

private:
    static libp2p::DiscoveryOptions discovery_options(const PeersOptions& options, const ledger::Hash& genesis);
    void drain();
    void on(const libp2p::swarm_event::Connected& event);
    void on(const libp2p::swarm_event::NotificationsWanted& event);
    void on(const libp2p::swarm_event::NotificationsOpen& event);
    void on(const libp2p::swarm_event::NotificationsClosed& event);
    void on(const libp2p::swarm_event::Notification& event);
    void on(const libp2p::swarm_event::Request& event);
    void on(const libp2p::swarm_event::Response& event);
    void on(const libp2p::swarm_event::Disconnected& event);
    template <class Other>
    void on(const Other&)
    {
    }

    bool welcome(const libp2p::PeerId& peer, libp2p::ProtocolId protocol, base::ByteView handshake);
    void gone(const libp2p::PeerId& peer, libp2p::ProtocolId protocol);
    void take_transactions(const libp2p::PeerId& peer, base::ByteView message);
    void work();
    void validate();
    void validated(const libp2p::PeerId& peer, Worth worth, libp2p::Time taken);
    void answer(libp2p::RequestId id, const libp2p::PeerId& peer, const Served& served, libp2p::Time taken);
    void update_handshake();
    bool is_light(const libp2p::PeerId& peer) const;
    protocols::Role role() const { return options_.authority ? protocols::Role::authority : protocols::Role::full; }

    env::Loop& loop_;
    const ledger::Ledger& ledger_;
    PeersOptions options_;
    PeersOwner& owner_;
    libp2p::Swarm swarm_;
    libp2p::ProtocolId announces_, transactions_, grandpa_, sync_, warp_, light_;
    libp2p::Discovery discovery_;
    std::unique_ptr<libp2p::Carrier> carrier_;
    std::map<libp2p::ProtocolId, std::set<libp2p::PeerId>> open_; ///< to whom we may send
    std::set<libp2p::PeerId> told_;                               ///< peers that the owner knows of
    std::map<libp2p::RequestId, uint64_t> asked_;                 ///< by the swarm's id, the owner's
    std::map<libp2p::PeerId, Seen> seen_;                         ///< transactions that a peer has
    libp2p::RequestQueue queue_;
    PeerTransactions unvalidated_;
    bool retrying_ = false; ///< while requests wait for their peers
    bool stopped_ = false;
    mutable std::mutex mutex_; ///< of what follows
    std::map<libp2p::PeerId, PeerInfo> infos_;
    std::vector<std::string> addresses_;
    NetworkUse use_;
};

} // namespace node
