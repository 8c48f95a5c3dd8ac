#pragma once

#include "node/peer_transactions.hpp"
#include "node/serve.hpp"

#include "libp2p/request_queue.hpp"
#include "network/transport.hpp"
#include "protocols/gossip.hpp"
#include "protocols/names.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
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
    std::string fork_id;
    bool authority = false;
};

/// Speaks Substrate's protocols with peers: announces blocks and finality, serves blocks and proofs, takes
/// transactions.
///
/// Thread   all of it runs on the thread of `context`, but for answers to requests, which `workers` compute; the
///          methods marked (any) hand over
class Peers
{
public:
    /// Called with each transaction of a peer, on one of `workers`, one at a time.
    using OnTransaction = std::function<Worth(const base::Bytes&)>;

    Peers(boost::asio::io_context& context, boost::asio::thread_pool& workers, const ledger::Ledger& ledger,
          const Finality& finality, const libp2p::Identity& identity, crypto::Entropy& entropy, PeersOptions options,
          OnTransaction on_transaction);

    /// Listens on all addresses.
    ///
    /// Errors  one line
    std::expected<void, std::string> start();
    void stop();

    void announce(const Header& header, bool is_best); ///< (any)
    void tell(const Decision& decision);               ///< (any)
    /// Sends a transaction to all who take them, then says to whom, on the thread of `context`. (any)
    void gossip(base::Bytes transaction, std::function<void(std::vector<std::string>)> told);

    std::vector<PeerInfo> list() const;                        ///< (any)
    NetworkUse use() const;                                    ///< (any)
    std::vector<std::string> addresses() const;                ///< (any) with /p2p/ID
    std::string id() const { return swarm_.peer_id().text(); } ///< (any)

private:
    void drain();
    void on(const libp2p::swarm_event::NotificationsWanted& event);
    void on(const libp2p::swarm_event::NotificationsOpen& event);
    void on(const libp2p::swarm_event::NotificationsClosed& event);
    void on(const libp2p::swarm_event::Notification& event);
    void on(const libp2p::swarm_event::Request& event);
    void on(const libp2p::swarm_event::Disconnected& event);
    template <class Other>
    void on(const Other&)
    {
    }

    bool welcome(const libp2p::PeerId& peer, libp2p::ProtocolId protocol, base::ByteView handshake);
    void work();
    void validate();
    void validated(const libp2p::PeerId& peer, Worth worth, libp2p::Time taken);
    void answer(libp2p::RequestId id, const libp2p::PeerId& peer, const Served& served, libp2p::Time taken);
    base::Bytes neighbor() const;
    void send(libp2p::ProtocolId protocol, base::ByteView message);
    void update_handshake();
    protocols::Role role() const { return options_.authority ? protocols::Role::authority : protocols::Role::full; }

    boost::asio::io_context& context_;
    boost::asio::thread_pool& workers_;
    const ledger::Ledger& ledger_;
    const Finality& finality_;
    PeersOptions options_;
    OnTransaction on_transaction_;
    libp2p::Swarm swarm_;
    libp2p::ProtocolId announces_, transactions_, grandpa_, sync_, warp_, light_;
    network::Transport transport_;
    std::map<libp2p::ProtocolId, std::set<libp2p::PeerId>> open_; ///< to whom we may send
    libp2p::RequestQueue queue_;
    PeerTransactions unvalidated_;
    boost::asio::steady_timer retry_; ///< while requests wait for their peers
    mutable std::mutex mutex_;        ///< of what follows
    std::map<libp2p::PeerId, PeerInfo> infos_;
    std::vector<std::string> addresses_;
    NetworkUse use_;
};

} // namespace node
