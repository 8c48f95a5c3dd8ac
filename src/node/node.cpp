#include "node/node.hpp"

#include "database/memory.hpp"
#include "database/rocks.hpp"
#include "env/clock.hpp"
#include "network/node_key.hpp"

#include <boost/asio/executor_work_guard.hpp>

namespace node {
namespace {

constexpr host::KeyType kBabe{'b', 'a', 'b', 'e'}, kGrandpa{'g', 'r', 'a', 'n'};
constexpr size_t kWorkers = 2;

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
    if (auto started = node->peers_->start(); !started)
        return std::unexpected(started.error());
    node->network_ = std::thread([raw = node.get()] {
        const auto busy = boost::asio::make_work_guard(raw->context_);
        while (!raw->stopping_)
            raw->context_.run_one_for(std::chrono::milliseconds(100));
        raw->peers_->stop();
        raw->context_.run_for(network::Transport::kCloseWait);
    });
    node->ticking_ = std::thread([raw = node.get()] {
        for (; !raw->stopped_; env::sleep_ms(10))
            raw->engine_->tick();
    });
    if (!node->options_.authority_uris.empty())
        node->authoring_ = std::thread([raw = node.get()] { raw->author_slots(); });
    return node;
}

std::expected<void, std::string> Node::open()
{
    auto engine = executor::wasmtime_engine({.interruptible = true, .library = {}});
    if (!engine)
        return std::unexpected(engine.error());
    auto tables = open_tables(options_.folder);
    if (!tables)
        return std::unexpected(tables.error());
    ledger::Options ledger_options;
    ledger_options.store = options_.store;
    engine_ = std::move(*engine);
    auto opened =
        ledger::Ledger::open(std::move(*tables), options_.spec.genesis, engine_, options_.log, ledger_options);
    if (!opened)
        return std::unexpected(opened.error().words);
    ledger_ = std::move(*opened);
    if (auto added = add_keys(); !added)
        return added;
    finality_ = std::make_unique<Finality>(*ledger_, keystore_);
    author_ = std::make_unique<Author>(*ledger_, keystore_, entropy_);
    if (options_.folder.empty())
        identity_ = std::make_unique<libp2p::Identity>(network_entropy_);
    else
    {
        const auto seed = network::load_node_key(options_.folder + "/node_key", network_entropy_);
        if (!seed)
            return std::unexpected(seed.error());
        identity_ = std::make_unique<libp2p::Identity>(*seed);
    }
    workers_ = std::make_unique<boost::asio::thread_pool>(kWorkers);
    PeersOptions peers{.listen = {}, .fork_id = options_.spec.fork_id, .authority = !options_.authority_uris.empty()};
    for (const auto& text : options_.listen)
    {
        const auto address = libp2p::address_of_text(text);
        if (!address)
            return std::unexpected("not a multiaddress: " + text + "; like /ip4/127.0.0.1/tcp/30333");
        peers.listen.push_back(*address);
    }
    peers_ = std::make_unique<Peers>(context_, *workers_, *ledger_, *finality_, *identity_, network_entropy_,
                                     std::move(peers), [](const base::Bytes&) {});
    finality_->on_decision([this](const Decision& decision) { peers_->tell(decision); });
    ledger_->listen({.imported = [this](const ledger::Imported& imported) { on_imported(imported); }, .finalised = {}});
    return {};
}

std::expected<void, std::string> Node::add_keys()
{
    for (const auto& uri : options_.authority_uris)
        if (!keystore_.insert<signature::sr25519::Keypair>(kBabe, uri) ||
            !keystore_.insert<signature::ed25519::Keypair>(kGrandpa, uri))
            return std::unexpected("a secret URI of --authority does not read; like //Alice");
    return {};
}

void Node::on_imported(const ledger::Imported& imported)
{
    peers_->announce(imported.header, imported.best && !imported.best->enacted.empty());
}

void Node::author_slots()
{
    const auto duration = ledger_->configuration().slot_duration_ms;
    chain::Slot last = author::slot_at(env::unix_ms(), duration); // never a slot that began before we did
    while (!stopping_)
    {
        const auto now = env::unix_ms();
        const auto slot = author::slot_at(now, duration);
        if (slot <= last)
        {
            env::sleep_ms(std::min<uint64_t>(author::slot_start_ms(last + 1, duration) - now, 50));
            continue;
        }
        last = slot;
        const auto deadline = author::slot_start_ms(slot, duration) + duration * 2 / 3;
        const TransactionSource none{.next = [] { return std::nullopt; }, .refused = [](const auto&) {}};
        const auto made = author_->make(slot, now, none, [&] { return env::unix_ms() >= deadline; });
        if (!made && options_.log)
            options_.log(host::LogLevel::error, "author", "slot " + std::to_string(slot) + ": " + made.error());
        if (auto words = finality_->vote(); words && options_.log)
            options_.log(host::LogLevel::error, "grandpa", *words);
        if (auto words = ledger_->broken())
            return fail(*words);
    }
}

void Node::fail(std::string words)
{
    if (options_.log)
        options_.log(host::LogLevel::error, "node", words);
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
    stopping_ = true;
    if (authoring_.joinable())
        authoring_.join();
    if (network_.joinable())
        network_.join();
    if (workers_)
    {
        workers_->stop();
        workers_->join();
    }
    stopped_ = true; // calls are interrupted until the last of them has ended
    if (ticking_.joinable())
        ticking_.join();
}

Node::~Node() { stop(); }

} // namespace node
