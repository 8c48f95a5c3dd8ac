#pragma once

#include "node/chain_spec.hpp"
#include "node/core.hpp"
#include "node/log.hpp"
#include "node/metrics.hpp"
#include "node/offchain.hpp"
#include "node/rpc_backend.hpp"
#include "node/rpc_meter.hpp"

#include "env/entropy.hpp"
#include "env/state.hpp"
#include "keystore/folder.hpp"
#include "metrics/server.hpp"
#include "network/loop.hpp"
#include "rpc/server.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace node {

struct NodeOptions
{
    ChainSpec spec;
    std::string folder; ///< the database and the node's key; empty: all in memory, gone at the end
    /// Makes the record of what the keys signed where it is missing though they may have signed: nobody else uses them,
    /// and they are not asked to vote again on what they voted on.
    bool new_signing_record = false;
    std::vector<std::string> listen{"/ip4/127.0.0.1/tcp/30333", "/ip4/127.0.0.1/tcp/30334/ws"};
    std::vector<std::string> bootnodes;        ///< beside the chain's: addresses that end in /p2p/ID
    std::vector<std::string> reserved;         ///< peers to stay connected to, likewise
    bool reserved_only = false;                ///< and to nobody else
    std::vector<std::string> public_addresses; ///< where others reach this node
    size_t out_peers = 8;                      ///< connections of our choice
    bool authority = false;                    ///< authors and votes with the keys it has
    /// Secret URIs of keys beside those of the folder, each with its seats (URI//seat//1 …): development only.
    std::vector<std::string> authority_uris;
    database::StoreOptions store;
    offchain::HttpPolicy offchain_http; ///< what off-chain workers may reach
    std::optional<signature::SecretText> keystore_password;
    std::optional<rpc::Options> rpc = rpc::Options{}; ///< nothing: no JSON-RPC
    std::optional<metrics::ServerOptions> prometheus; ///< nothing: no metrics
    std::string log_directives;                       ///< as LogFilter::add takes them
    host::Log log;                                    ///< where messages go that pass the filter
};

/// A node of one chain: serves peers, and makes and finalises blocks with the keys it has.
class Node
{
public:
    /// Opens the chain and starts to listen.
    ///
    /// Errors  one line: what is wrong and what to do
    static std::expected<std::unique_ptr<Node>, std::string> start(NodeOptions options);
    ~Node();

    ledger::Ledger& ledger() { return *ledger_; }
    const ledger::Ledger& ledger() const { return *ledger_; }
    Core& core() { return *core_; }
    Peers& peers() { return core_->peers(); }
    Finality& finality() { return core_->finality(); }
    host::Keystore& keystore() { return keystore_; }
    Transactions& transactions() { return core_->transactions(); }
    /// Where JSON-RPC is served; nothing when it is not.
    std::optional<uint16_t> rpc_port() const { return rpc_port_; }
    /// Where metrics are served; nothing when they are not.
    std::optional<uint16_t> prometheus_port() const { return prometheus_port_; }

    /// Stops all threads; then nothing changes any more.
    void stop();

    /// What stopped the node by itself, such as a full disk; empty while it runs.
    std::string broken() const;

private:
    explicit Node(NodeOptions options) : options_(std::move(options)), keystore_(entropy_) {}

    std::expected<void, std::string> open();
    std::expected<void, std::string> open_ledger();
    std::expected<void, std::string> open_core();
    std::expected<void, std::string> open_rpc();
    std::expected<void, std::string> open_metrics();
    std::expected<void, std::string> open_record();
    std::expected<void, std::string> add_keys();
    bool add_development_key(const std::string& uri);
    void save_peers(const base::Bytes& bytes) const;
    std::expected<void, std::string> open_offchain();
    /// The peer id and where this node listens, binary.
    std::pair<base::Bytes, std::vector<base::Bytes>> network_state() const;
    CoreEvents events();
    void on_imported(const ledger::Imported& imported);
    void on_finalised(const ledger::FinalisedBlocks& finalised);
    void tell(const rpc::Event& event);
    host::Log filtered_log();
    void log(host::LogLevel level, std::string_view target, std::string_view words) const;
    void fail(std::string words);

    NodeOptions options_;
    LogFilter filter_;
    env::OsEntropy entropy_, network_entropy_, rpc_entropy_;
    host::Keystore keystore_;
    std::optional<env::FolderLock> lock_;
    std::unique_ptr<watermark::Record> record_;
    std::shared_ptr<const executor::Engine> engine_;
    std::unique_ptr<ledger::Ledger> ledger_;
    std::unique_ptr<network::AsioLoop> loop_;
    std::unique_ptr<libp2p::Identity> identity_;
    std::unique_ptr<Core> core_;
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<RpcMeter> rpc_meter_;
    std::unique_ptr<RpcBackend> backend_;
    std::unique_ptr<rpc::Server> rpc_;
    std::optional<uint16_t> rpc_port_;
    std::unique_ptr<metrics::Server> prometheus_;
    std::optional<uint16_t> prometheus_port_;
    std::mutex telling_; ///< the server's events come one at a time
    std::unique_ptr<keystore::Folder> key_folder_;
    env::OsEntropy offchain_entropy_;
    std::unique_ptr<OffchainWorkers> offchain_;
    std::atomic<bool> stopped_ = false;
    std::thread ticking_;
    mutable std::mutex mutex_;
    std::string broken_;
};

} // namespace node
