#pragma once

#include "node/author.hpp"
#include "node/finality.hpp"
#include "node/log.hpp"
#include "node/peers.hpp"
#include "node/transactions.hpp"

#include "env/loop.hpp"
#include "syncing/sync.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace node {

/// What a core tells whoever built it.
struct CoreEvents
{
    /// A block that came in or was made; on the thread that changes the chain.
    std::function<void(const ledger::Imported&)> imported;
    std::function<void(const ledger::FinalisedBlocks&)> finalised;
    std::function<void(const Decision&)> decision;
    /// Under the pool's lock: it must not call back.
    std::function<void(const rpc::PoolEvent&)> pool;
    /// A block of ours: seconds that it took, and its extrinsics.
    std::function<void(double seconds, size_t extrinsics)> made;
    /// The disk refuses: nothing can be kept any more.
    std::function<void(const std::string&)> broken;
    /// The peers that are known, now and then and at the end: for PeersOptions::saved of the next run.
    std::function<void(const base::Bytes&)> peers;
    host::Log log;
};

struct CoreOptions
{
    PeersOptions peers;
    pool::Options pool;
    bool authority = false; ///< authors and votes with the keys it has
};

/// What a core stands on. All of it outlives the core.
struct CoreParts
{
    env::Loop& loop;
    ledger::Ledger& ledger;
    host::Keystore& keystore;
    watermark::Record& record;
    const libp2p::Identity& identity;
    crypto::Entropy& entropy;         ///< of the thread that changes the chain
    crypto::Entropy& network_entropy; ///< of the loop's thread
    MakeCarrier carrier;
};

/// What a node does about its chain and with its peers: makes, fetches, votes on and passes on blocks and transactions.
/// No thread, clock or socket of its own: a process runs it, and a simulation many of them.
///
/// Thread  all that is private runs on the loop's, but for what is marked (chain): on the thread that changes the chain
class Core final : private PeersOwner, private syncing::ChainView
{
public:
    Core(const CoreParts& parts, CoreOptions options, CoreEvents events);

    /// Begins to listen, dial, author and vote. Before the loop runs, or on its thread.
    ///
    /// Errors  one line
    std::expected<void, std::string> start();
    /// On the loop's thread, at the end.
    void stop();
    bool closed() const { return peers_.closed(); }

    Peers& peers() { return peers_; }
    Finality& finality() { return finality_; }
    Transactions& transactions() { return transactions_; }
    /// Whether peers are far ahead. (any thread)
    bool behind() const { return behind_; }
    /// The highest block that a peer names. (any thread)
    ledger::BlockNumber sync_target() const { return target_; }

private:
    // PeersOwner
    void on_peer(const libp2p::PeerId& peer, const BlockId& best) override;
    void on_peer_gone(const libp2p::PeerId& peer) override;
    void on_announce(const libp2p::PeerId& peer, const Header& header, bool is_best) override;
    void on_voter(const libp2p::PeerId& peer, protocols::Role role) override;
    void on_voter_gone(const libp2p::PeerId& peer) override;
    void on_finality(const libp2p::PeerId& peer, const protocols::grandpa::Message& message) override;
    void on_blocks(const libp2p::PeerId& peer, uint64_t id,
                   const std::optional<protocols::BlockResponse>& response) override;
    Worth on_transaction(const base::Bytes& transaction) override;
    std::optional<Decision> newest_decision() const override { return finality_.latest(); }

    // syncing::ChainView
    chain::BlockId best() const override { return ledger_.best(); }
    chain::BlockId finalised() const override { return ledger_.finalised(); }
    bool contains(const chain::Hash& hash) const override { return ledger_.contains(hash); }

    void save_peers();
    void await_slot();
    void on_slot(chain::Slot slot);
    void make_block(chain::Slot slot); // (chain)
    void sync_on();
    void take(const syncing::effect::Ask& ask);
    void take(syncing::effect::Import& batch);
    void take(const syncing::effect::Justified& justified);
    void take(const syncing::effect::Report& report);
    syncing::Outcome import(const syncing::Incoming& block);     // (chain)
    void on_imported(const ledger::Imported& imported);          // (chain)
    void on_finalised(const ledger::FinalisedBlocks& finalised); // (chain)
    void revalidate_soon();
    void log(host::LogLevel level, std::string_view target, const std::string& words) const;

    env::Loop& loop_;
    ledger::Ledger& ledger_;
    CoreOptions options_;
    CoreEvents events_;
    Author author_;
    Transactions transactions_;
    Peers peers_;
    syncing::Sync sync_;
    Finality finality_;
    chain::Slot last_slot_ = 0;
    std::optional<libp2p::Time> sync_due_; ///< the earliest tick that is arranged
    bool stopped_ = false;
    std::atomic<bool> behind_ = false, revalidating_ = false;
    std::atomic<ledger::BlockNumber> target_ = 0;
};

} // namespace node
