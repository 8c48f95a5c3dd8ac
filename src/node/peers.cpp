#include "node/peers.hpp"

#include "scale/scale.hpp"

#include <boost/asio/post.hpp>

namespace node {
namespace {

using protocols::Name;

// Reputation.
constexpr int32_t kMalformed = -200, kWrongChain = -1000, kRepeated = -20;

/// The same question may be asked again after a lost connection, and a light client asks the same of a block for each
/// of its users; of blocks, more often is of no use.
constexpr size_t kBlockRepeatsMax = 3, kLightRepeatsMax = 24;
/// What sending costs, beside the time to compute: 32 MiB count as a second of work.
constexpr size_t kBytesOfMillisecond = (size_t{32} << 20) / 1000;
constexpr auto kRetry = std::chrono::milliseconds(100);

libp2p::Identify introduction() { return {.protocol_version = "/substrate/1.0", .agent_version = "zkp/0.1.0"}; }

} // namespace

Peers::Peers(boost::asio::io_context& context, boost::asio::thread_pool& workers, const ledger::Ledger& ledger,
             const Finality& finality, const libp2p::Identity& identity, crypto::Entropy& entropy, PeersOptions options,
             OnTransaction on_transaction)
    : context_(context), workers_(workers), ledger_(ledger), finality_(finality), options_(std::move(options)),
      on_transaction_(std::move(on_transaction)), swarm_(identity, entropy, introduction()),
      announces_(swarm_.add(protocols::protocol(Name::block_announces, ledger.genesis_hash(), options_.fork_id))),
      transactions_(swarm_.add(protocols::protocol(Name::transactions, ledger.genesis_hash(), options_.fork_id))),
      grandpa_(swarm_.add(protocols::protocol(Name::grandpa, ledger.genesis_hash(), options_.fork_id))),
      sync_(swarm_.add(protocols::protocol(Name::sync, ledger.genesis_hash(), options_.fork_id))),
      warp_(swarm_.add(protocols::protocol(Name::warp_sync, ledger.genesis_hash(), options_.fork_id))),
      light_(swarm_.add(protocols::protocol(Name::light, ledger.genesis_hash(), options_.fork_id))),
      transport_(context, swarm_, [this] { drain(); }), retry_(context)
{
    swarm_.set_handshake(transactions_, protocols::encode_role(role()));
    swarm_.set_handshake(grandpa_, protocols::encode_role(role()));
    update_handshake();
}

std::expected<void, std::string> Peers::start()
{
    std::vector<libp2p::Multiaddr> listening;
    for (const auto& address : options_.listen)
    {
        auto bound = transport_.listen(address);
        if (!bound)
            return std::unexpected(bound.error());
        const std::lock_guard lock(mutex_);
        addresses_.push_back(bound->text() + "/p2p/" + id());
        listening.push_back(std::move(*bound));
    }
    swarm_.set_listen_addresses(listening);
    return {};
}

void Peers::stop()
{
    retry_.cancel();
    transport_.stop();
}

void Peers::update_handshake()
{
    const auto best = ledger_.best();
    swarm_.set_handshake(announces_,
                         scale::encode(protocols::AnnouncesHandshake{.roles = uint8_t(role()),
                                                                     .best_number = best.number,
                                                                     .best_hash = best.hash,
                                                                     .genesis_hash = ledger_.genesis_hash()}));
}

void Peers::drain()
{
    while (const auto event = swarm_.next_event())
        std::visit([&](const auto& each) { on(each); }, *event);
    const std::lock_guard lock(mutex_);
    use_ = {.bytes_in = swarm_.bytes_in(),
            .bytes_out = swarm_.bytes_out(),
            .connections = swarm_.connections(),
            .buffered = swarm_.buffered(),
            .requests_waiting = queue_.waiting()};
}

/// Whether a peer may open a notification stream.
bool Peers::welcome(const libp2p::PeerId& peer, libp2p::ProtocolId protocol, base::ByteView handshake)
{
    if (protocol != announces_)
        return protocols::decode_role(handshake).has_value();
    const auto said = scale::decode<protocols::AnnouncesHandshake>(handshake);
    if (!said || said->genesis_hash != ledger_.genesis_hash())
    {
        swarm_.report(peer, said ? kWrongChain : kMalformed, transport_.now());
        return false;
    }
    const std::lock_guard lock(mutex_);
    infos_[peer] = {.id = peer.text(), .roles = said->roles, .best = {said->best_hash, said->best_number}};
    return true;
}

void Peers::on(const libp2p::swarm_event::NotificationsWanted& event)
{
    if (welcome(event.peer, event.protocol, event.handshake))
        swarm_.accept(event.peer, event.protocol, transport_.now());
    else
        swarm_.refuse(event.peer, event.protocol, transport_.now());
}

void Peers::on(const libp2p::swarm_event::NotificationsOpen& event)
{
    open_[event.protocol].insert(event.peer);
    if (event.protocol == grandpa_)
        swarm_.notify(event.peer, grandpa_, neighbor());
}

void Peers::on(const libp2p::swarm_event::NotificationsClosed& event)
{
    open_[event.protocol].erase(event.peer);
    swarm_.close(event.peer, event.protocol, transport_.now());
}

void Peers::on(const libp2p::swarm_event::Disconnected& event)
{
    for (auto& [protocol, peers] : open_)
        peers.erase(event.peer);
    queue_.forget(event.peer);
    unvalidated_.forget(event.peer);
    const std::lock_guard lock(mutex_);
    infos_.erase(event.peer);
}

void Peers::on(const libp2p::swarm_event::Notification& event)
{
    if (event.protocol == transactions_)
    {
        auto transactions = protocols::decode_transactions(event.message);
        if (!transactions)
            return swarm_.report(event.peer, kMalformed, transport_.now());
        for (auto& transaction : *transactions)
            if (const auto change = unvalidated_.push(event.peer, std::move(transaction), transport_.now());
                change != 0)
                swarm_.report(event.peer, change, transport_.now());
        validate();
    }
    else if (event.protocol == announces_)
    {
        const auto announced = scale::decode<protocols::BlockAnnounce>(base::ByteView(event.message));
        if (!announced)
            return swarm_.report(event.peer, kMalformed, transport_.now());
        const std::lock_guard lock(mutex_);
        if (const auto found = infos_.find(event.peer); found != infos_.end() && announced->is_best)
            found->second.best = {primitives::hash_of(announced->header), announced->header.number.value};
    }
    else if (!scale::decode<protocols::grandpa::Message>(base::ByteView(event.message)))
        swarm_.report(event.peer, kMalformed, transport_.now());
}

void Peers::on(const libp2p::swarm_event::Request& event)
{
    const auto now = transport_.now();
    const auto pushed = queue_.push(event, now);
    for (const auto id : pushed.refused)
        swarm_.refuse_request(id, now);
    if (pushed.repeats > (event.protocol == light_ ? kLightRepeatsMax : kBlockRepeatsMax))
        swarm_.report(event.peer, kRepeated, now);
    work();
}

/// Gives workers what they can have; comes back while requests wait, for peers take answers without a word.
void Peers::work()
{
    const auto now = transport_.now();
    for (const auto id : queue_.expired(now))
        swarm_.refuse_request(id, now);
    const auto reads = [&](const libp2p::PeerId& peer) { return swarm_.backlog(peer) <= kAnswersAheadMax; };
    while (auto request = queue_.next(now, reads))
        boost::asio::post(workers_, [this, event = std::move(*request)] {
            const auto begin = transport_.now();
            auto served = event.protocol == sync_   ? serve_blocks(ledger_, event.message)
                          : event.protocol == warp_ ? serve_warp(ledger_, finality_, event.message)
                                                    : serve_light(ledger_, event.message);
            const auto taken = transport_.now() - begin;
            boost::asio::post(context_, [this, id = event.id, peer = event.peer, taken, served = std::move(served)] {
                answer(id, peer, served, taken);
            });
        });
    if (queue_.waiting() == 0)
        return;
    retry_.expires_after(kRetry);
    retry_.async_wait([this](boost::system::error_code error) {
        if (error)
            return;
        work();
        transport_.settle();
    });
}

void Peers::answer(libp2p::RequestId id, const libp2p::PeerId& peer, const Served& served, libp2p::Time taken)
{
    const auto now = transport_.now();
    const size_t bytes = served.response ? served.response->size() : 0;
    queue_.done(peer, taken + libp2p::Time(bytes / kBytesOfMillisecond), now);
    if (served.blame != 0)
        swarm_.report(peer, served.blame, now);
    if (served.response)
        swarm_.answer(id, *served.response, now);
    else
        swarm_.refuse_request(id, now);
    work();
    transport_.settle();
}

/// The runtime is asked on another thread.
void Peers::validate()
{
    auto next = unvalidated_.next(transport_.now());
    if (!next)
        return; // one is under way, or none waits
    boost::asio::post(workers_, [this, peer = next->peer, transaction = std::move(next->message)] {
        const auto begin = transport_.now();
        const auto worth = on_transaction_(transaction);
        const auto taken = transport_.now() - begin;
        boost::asio::post(context_, [this, peer, worth, taken] { validated(peer, worth, taken); });
    });
}

void Peers::validated(const libp2p::PeerId& peer, Worth worth, libp2p::Time taken)
{
    const auto now = transport_.now();
    if (const auto change = unvalidated_.done(peer, worth, taken, now); change != 0)
        swarm_.report(peer, change, now);
    validate();
    if (worth == Worth::bad || worth == Worth::invalid)
        transport_.settle(); // the report may have closed a connection
}

base::Bytes Peers::neighbor() const
{
    using namespace protocols::grandpa;
    return scale::encode(Message(Neighbor(NeighborV1{.round = finality_.round() + 1,
                                                     .set_id = finality_.set_id(),
                                                     .commit_finalized_height = ledger_.finalised().number})));
}

void Peers::send(libp2p::ProtocolId protocol, base::ByteView message)
{
    for (const auto& peer : open_[protocol])
        swarm_.notify(peer, protocol, message);
}

void Peers::announce(const Header& header, bool is_best)
{
    boost::asio::post(context_, [this, header, is_best] {
        update_handshake();
        send(announces_, scale::encode(protocols::BlockAnnounce{.header = header, .is_best = is_best, .data = {}}));
        transport_.settle();
    });
}

void Peers::tell(const Decision& decision)
{
    boost::asio::post(context_, [this, decision] {
        using namespace protocols::grandpa;
        send(grandpa_, scale::encode(Message(Commit{.round = decision.justification.round,
                                                    .set_id = decision.set_id,
                                                    .commit = compact(decision.justification.commit)})));
        send(grandpa_, neighbor());
        transport_.settle();
    });
}

void Peers::gossip(base::Bytes transaction, std::function<void(std::vector<std::string>)> told)
{
    boost::asio::post(context_, [this, transaction = std::move(transaction), told = std::move(told)] {
        send(transactions_, scale::encode(protocols::Transactions{transaction}));
        transport_.settle();
        std::vector<std::string> peers;
        for (const auto& peer : open_[transactions_])
            peers.push_back(peer.text());
        told(std::move(peers));
    });
}

std::vector<PeerInfo> Peers::list() const
{
    const std::lock_guard lock(mutex_);
    std::vector<PeerInfo> list;
    for (const auto& [peer, info] : infos_)
        list.push_back(info);
    return list;
}

NetworkUse Peers::use() const
{
    const std::lock_guard lock(mutex_);
    return use_;
}

std::vector<std::string> Peers::addresses() const
{
    const std::lock_guard lock(mutex_);
    return addresses_;
}

} // namespace node
