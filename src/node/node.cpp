#include "node/node.hpp"
#include "node/key_types.hpp"

#include "database/memory.hpp"
#include "database/rocks.hpp"
#include "env/clock.hpp"
#include "env/file.hpp"
#include "network/node_key.hpp"
#include "network/transport.hpp"

#include "scale/scale.hpp"

namespace node {
namespace {

constexpr size_t kWorkers = 2;
constexpr uint32_t kDevelopmentSeats = 16; ///< of each name, at most
constexpr const char* kPeersFile = "/peers";

std::expected<std::unique_ptr<database::KeyValue>, std::string> open_tables(const std::string& folder)
{
    if (folder.empty())
        return std::make_unique<database::MemoryKeyValue>();
    auto tables = database::open_rocks({.folder = folder + "/db"});
    if (!tables)
        return std::unexpected(tables.error().words);
    return std::move(*tables);
}

} // namespace

std::expected<std::unique_ptr<Node>, std::string> Node::start(NodeOptions options)
{
    auto node = std::unique_ptr<Node>(new Node(std::move(options)));
    if (auto opened = node->open(); !opened)
        return std::unexpected(opened.error());
    if (auto started = node->core_->start(); !started)
        return std::unexpected(started.error());
    node->ticking_ = std::thread([raw = node.get()] {
        for (; !raw->stopped_; env::sleep_ms(10))
            raw->engine_->tick();
    });
    node->loop_->start();
    return node;
}

std::expected<void, std::string> Node::open()
{
    if (auto read =
            options_.log_directives.empty() ? std::expected<void, std::string>{} : filter_.add(options_.log_directives);
        !read)
        return read;
    if (auto opened = open_ledger(); !opened)
        return opened;
    if (auto added = add_keys(); !added)
        return added;
    if (auto record = open_record(); !record)
        return record;
    loop_ = std::make_unique<network::AsioLoop>(kWorkers);
    if (auto opened = open_core(); !opened)
        return opened;
    if (auto opened = open_offchain(); !opened)
        return opened;
    if (auto opened = open_metrics(); !opened)
        return opened;
    return options_.rpc ? open_rpc() : std::expected<void, std::string>{};
}

std::expected<void, std::string> Node::open_ledger()
{
    auto engine = executor::wasmtime_engine({.interruptible = true, .library = {}});
    if (!engine)
        return std::unexpected(engine.error());
    if (!options_.folder.empty())
    {
        auto lock = env::FolderLock::try_take(options_.folder);
        if (!lock)
            return std::unexpected(lock.error().words);
        lock_.emplace(std::move(*lock));
    }
    auto tables = open_tables(options_.folder);
    if (!tables)
        return std::unexpected(tables.error());
    ledger::Options ledger_options;
    ledger_options.store = options_.store;
    engine_ = std::move(*engine);
    auto opened =
        ledger::Ledger::open(std::move(*tables), options_.spec.genesis, engine_, filtered_log(), ledger_options);
    if (!opened)
        return std::unexpected(opened.error().words);
    ledger_ = std::move(*opened);
    return {};
}

std::expected<void, std::string> Node::open_core()
{
    if (options_.folder.empty())
        identity_ = std::make_unique<libp2p::Identity>(network_entropy_);
    else
    {
        const auto seed = network::load_node_key(options_.folder + "/node_key", network_entropy_);
        if (!seed)
            return std::unexpected(seed.error());
        identity_ = std::make_unique<libp2p::Identity>(*seed);
    }
    CoreOptions options{.peers = {.listen = {},
                                  .reserved_only = options_.reserved_only,
                                  .out_peers = options_.out_peers,
                                  .allow_local = options_.spec.type != "Live",
                                  .protocol_id = options_.spec.protocol_id,
                                  .fork_id = options_.spec.fork_id,
                                  .authority = options_.authority},
                        .pool = {},
                        .authority = options_.authority};
    options.pool.authors = options_.authority;
    const auto read = [](const std::vector<std::string>& texts,
                         std::vector<libp2p::Multiaddr>& into) -> std::expected<void, std::string> {
        for (const auto& text : texts)
        {
            const auto address = libp2p::address_of_text(text);
            if (!address)
                return std::unexpected("not a multiaddress: " + text + "; like /ip4/127.0.0.1/tcp/30333");
            into.push_back(*address);
        }
        return {};
    };
    const std::pair<const std::vector<std::string>*, std::vector<libp2p::Multiaddr>*> lists[]{
        {&options_.listen, &options.peers.listen},
        {&options_.spec.boot_nodes, &options.peers.bootnodes},
        {&options_.bootnodes, &options.peers.bootnodes},
        {&options_.reserved, &options.peers.reserved},
        {&options_.public_addresses, &options.peers.public_addresses}};
    for (const auto& [texts, into] : lists)
        if (auto done = read(*texts, *into); !done)
            return done;
    for (const auto& address : options.peers.reserved)
        if (const auto end = libp2p::endpoint_of(address); !end || !end->peer)
            return std::unexpected(address.text() + ": a reserved node's address ends in /p2p/ and its id");
    if (!options_.folder.empty())
        if (auto saved = env::read_file(options_.folder + kPeersFile, libp2p::PeerStore::kSavedMax))
            options.peers.saved = std::move(*saved);
    const MakeCarrier carrier = [this](libp2p::Swarm& swarm, std::function<void()> on_events) {
        return std::make_unique<network::Transport>(loop_->context(), swarm, std::move(on_events));
    };
    core_ = std::make_unique<Core>(CoreParts{.loop = *loop_,
                                             .ledger = *ledger_,
                                             .keystore = keystore_,
                                             .record = *record_,
                                             .identity = *identity_,
                                             .entropy = entropy_,
                                             .network_entropy = network_entropy_,
                                             .carrier = carrier},
                                   std::move(options), events());
    return {};
}

CoreEvents Node::events()
{
    return {
        .imported = [this](const ledger::Imported& imported) { on_imported(imported); },
        .finalised = [this](const ledger::FinalisedBlocks& finalised) { on_finalised(finalised); },
        .decision = [this](const Decision& decision) { tell(rpc::Justified{scale::encode(decision.justification)}); },
        .pool = [this](const rpc::PoolEvent& event) { tell(event); },
        .made = [this](double seconds, size_t extrinsics) { metrics_->block_made(seconds, extrinsics); },
        .broken = [this](const std::string& words) { fail(words); },
        .peers = [this](const base::Bytes& bytes) { save_peers(bytes); },
        .log = filtered_log()};
}

/// The record of what this node's keys signed. Where it is missing, keys that may have signed stay silent until
/// somebody says that they have not; a folder without blocks and keys begins one.
std::expected<void, std::string> Node::open_record()
{
    const auto& folder = options_.folder;
    if (folder.empty())
    {
        record_ = std::make_unique<watermark::Record>();
        return {};
    }
    if (!watermark::Record::exists(folder))
    {
        const bool used = ledger_->best().number != 0 || env::has_entries(folder + "/keystore");
        if (used && !options_.new_signing_record)
            return std::unexpected(watermark::Record::path_of(folder) +
                                   ", the record of what this node's keys signed, is missing: restore it, or, if no "
                                   "other copy of them runs and they voted on nothing above this chain, give "
                                   "--new-signing-record once");
        const auto now = author::slot_at(env::unix_ms(), ledger_->configuration().slot_duration_ms);
        const auto best = ledger_->slot(ledger_->best().hash).value_or(0);
        if (auto made = watermark::Record::create(folder, std::max(now, best)); !made)
            return made;
    }
    auto record = watermark::Record::open(folder);
    if (!record)
        return std::unexpected(record.error());
    record_ = std::move(*record);
    return {};
}

std::expected<void, std::string> Node::open_rpc()
{
    backend_ = std::make_unique<RpcBackend>(RpcBackend::Parts{.spec = options_.spec,
                                                              .ledger = *ledger_,
                                                              .transactions = transactions(),
                                                              .peers = peers(),
                                                              .finality = finality(),
                                                              .syncing = [this] { return core_->behind(); },
                                                              .keystore = keystore_,
                                                              .storage = offchain_->storage(),
                                                              .entropy = rpc_entropy_,
                                                              .log = filter_,
                                                              .authority = options_.authority});
    rpc_meter_ = std::make_unique<RpcMeter>(metrics_->registry());
    auto options = *options_.rpc;
    options.meter = rpc_meter_.get();
    rpc_ = std::make_unique<rpc::Server>(*backend_, std::move(options));
    const auto port = rpc_->start();
    if (!port)
        return std::unexpected(port.error());
    rpc_port_ = *port;
    return {};
}

std::expected<void, std::string> Node::open_metrics()
{
    metrics_ = std::make_unique<Metrics>(
        Metrics::Sources{.ledger = *ledger_,
                         .finality = finality(),
                         .peers = peers(),
                         .ready_transactions = [this] { return transactions().status().ready; }},
        options_.spec, options_.authority, ZKP_VERSION);
    if (!options_.prometheus)
        return {};
    prometheus_ = std::make_unique<metrics::Server>([this] { return metrics_->page(); }, *options_.prometheus);
    const auto port = prometheus_->start();
    if (!port)
        return std::unexpected(port.error());
    prometheus_port_ = *port;
    return {};
}

bool Node::add_development_key(const std::string& uri)
{
    return keystore_.insert<signature::sr25519::Keypair>(kBabe, uri) &&
           keystore_.insert<signature::ed25519::Keypair>(kGrandpa, uri) &&
           keystore_.insert<signature::sr25519::Keypair>(kAuthorityDiscovery, uri);
}

std::expected<void, std::string> Node::add_keys()
{
    for (const auto& uri : options_.authority_uris)
    {
        bool read = add_development_key(uri);
        for (uint32_t seat = 1; read && seat != kDevelopmentSeats; ++seat)
            read = add_development_key(uri + "//seat//" + std::to_string(seat));
        if (!read)
            return std::unexpected("a secret URI of --authority does not read; like //Alice");
    }
    if (options_.folder.empty())
        return {};
    auto folder = keystore::Folder::open(options_.folder + "/keystore", std::move(options_.keystore_password));
    if (!folder)
        return std::unexpected(folder.error());
    key_folder_ = std::move(*folder);
    for (const auto& problem : key_folder_->load(keystore_))
        log(host::LogLevel::warn, "keystore", problem);
    keystore_.keep_in(*key_folder_); // from here on: keys of development chains are not written
    return {};
}

std::pair<base::Bytes, std::vector<base::Bytes>> Node::network_state() const
{
    std::pair<base::Bytes, std::vector<base::Bytes>> state{identity_->peer_id().multihash(), {}};
    for (const auto& text : core_->peers().addresses())
        if (const auto address = libp2p::address_of_text(text))
            state.second.push_back(address->bytes());
    return state;
}

std::expected<void, std::string> Node::open_offchain()
{
    offchain::Services services{.entropy = &offchain_entropy_,
                                .submit =
                                    [this](base::ByteView extrinsic) {
                                        using primitives::TransactionSource;
                                        return transactions().submit(extrinsic, TransactionSource::Local).has_value();
                                    },
                                .network_state = [this] { return network_state(); },
                                .validator = options_.authority,
                                .http = options_.offchain_http};
    auto opened =
        OffchainWorkers::open({.ledger = *ledger_, .keystore = keystore_, .engine = *engine_, .log = filtered_log()},
                              options_.folder.empty() ? "" : options_.folder + "/offchain", std::move(services));
    if (!opened)
        return std::unexpected(opened.error());
    offchain_ = std::move(*opened);
    return {};
}

/// What a disk that refuses costs is that the next run asks the bootnodes again.
void Node::save_peers(const base::Bytes& bytes) const
{
    if (options_.folder.empty())
        return;
    const std::array parts{base::ByteView(bytes)};
    if (const auto written = env::write_file(options_.folder + kPeersFile, parts, 0600); !written)
        log(host::LogLevel::warn, "network", written.error().words);
}

void Node::on_imported(const ledger::Imported& imported)
{
    offchain_->on_imported(imported, env::unix_ms());
    rpc::Imported told{.hash = imported.block.hash, .header = imported.header, .new_runtime = {}};
    if (imported.runtime_changed)
        if (auto version = ledger_->version(imported.block.hash))
            told.new_runtime = std::move(*version);
    tell(std::move(told));
    if (imported.best && !imported.best->enacted.empty())
        tell(rpc::BestChanged{imported.best->enacted.back().hash});
}

void Node::on_finalised(const ledger::FinalisedBlocks& finalised)
{
    if (finalised.best && !finalised.best->enacted.empty())
        tell(rpc::BestChanged{finalised.best->enacted.back().hash});
    tell(rpc::Finalized{finalised.chain.back().hash});
}

void Node::tell(const rpc::Event& event)
{
    const std::lock_guard lock(telling_);
    if (rpc_)
        rpc_->notify(event);
}

host::Log Node::filtered_log()
{
    return [this](host::LogLevel level, std::string_view target, std::string_view words) { log(level, target, words); };
}

void Node::log(host::LogLevel level, std::string_view target, std::string_view words) const
{
    if (options_.log && filter_.wants(level, target))
        options_.log(level, target, words);
}

void Node::fail(std::string words)
{
    log(host::LogLevel::error, "node", words);
    const std::lock_guard lock(mutex_);
    broken_ = std::move(words);
}

std::string Node::broken() const
{
    const std::lock_guard lock(mutex_);
    return broken_;
}

void Node::stop()
{
    if (loop_)
        loop_->stop([this] { core_->stop(); }, [this] { return core_->closed(); }, network::Transport::kCloseWait);
    if (rpc_)
        rpc_->stop();
    if (prometheus_)
        prometheus_->stop();
    if (offchain_)
        offchain_->stop();
    stopped_ = true; // calls are interrupted until the last of them has ended
    if (ticking_.joinable())
        ticking_.join();
}

Node::~Node() { stop(); }

} // namespace node
