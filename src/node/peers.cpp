#include "node/peers.hpp"

#include "hash/blake2b.hpp"
#include "scale/scale.hpp"

#include <algorithm>

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

libp2p::DiscoveryOptions Peers::discovery_options(const PeersOptions& options, const ledger::Hash& genesis)
{
    libp2p::DiscoveryOptions discovery;
    discovery.kad_names = {protocols::kad_name(genesis, options.fork_id)};
    if (!options.protocol_id.empty())
        discovery.kad_names.push_back("/" + options.protocol_id + "/kad");
    discovery.needed = {protocols::protocol(Name::block_announces, genesis, options.fork_id).name};
    discovery.addresses = {.allow_local = options.allow_local};
    discovery.connector.slots_max = options.out_peers;
    discovery.bootnodes = options.bootnodes;
    discovery.reserved = options.reserved;
    discovery.reserved_only = options.reserved_only;
    discovery.public_addresses = options.public_addresses;
    return discovery;
}

Peers::Peers(env::Loop& loop, const MakeCarrier& carrier, const ledger::Ledger& ledger,
             const libp2p::Identity& identity, crypto::Entropy& entropy, PeersOptions options, PeersOwner& owner)
    : loop_(loop), ledger_(ledger), options_(std::move(options)), owner_(owner),
      swarm_(identity, entropy, introduction()),
      announces_(swarm_.add(protocols::protocol(Name::block_announces, ledger.genesis_hash(), options_.fork_id))),
      transactions_(swarm_.add(protocols::protocol(Name::transactions, ledger.genesis_hash(), options_.fork_id))),
      grandpa_(swarm_.add(protocols::protocol(Name::grandpa, ledger.genesis_hash(), options_.fork_id))),
      sync_(swarm_.add(protocols::protocol(Name::sync, ledger.genesis_hash(), options_.fork_id))),
      warp_(swarm_.add(protocols::protocol(Name::warp_sync, ledger.genesis_hash(), options_.fork_id))),
      light_(swarm_.add(protocols::protocol(Name::light, ledger.genesis_hash(), options_.fork_id))),
      discovery_(swarm_, entropy, discovery_options(options_, ledger.genesis_hash())),
      carrier_(carrier(swarm_, [this] { drain(); }))
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
        auto bound = carrier_->listen(address);
        if (!bound)
            return std::unexpected(bound.error());
        const std::lock_guard lock(mutex_);
        addresses_.push_back(bound->text() + "/p2p/" + id());
        listening.push_back(std::move(*bound));
    }
    swarm_.set_listen_addresses(listening);
    if (!options_.saved.empty())
        discovery_.load(options_.saved, loop_.now(), loop_.unix_ms() / 1000); // a damaged file: nobody is remembered
    loop_.post([this] {
        drain();
        carrier_->settle();
    });
    return {};
}

void Peers::stop()
{
    stopped_ = true;
    carrier_->stop();
}

void Peers::add_reserved(const libp2p::Multiaddr& address)
{
    loop_.post([this, address] {
        discovery_.add_reserved(address);
        drain();
        carrier_->settle();
    });
}

void Peers::remove_reserved(const libp2p::PeerId& peer)
{
    loop_.post([this, peer] {
        discovery_.remove_reserved(peer);
        drain();
        carrier_->settle();
    });
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
    if (stopped_)
        return;
    while (const auto event = swarm_.next_event())
        if (!discovery_.on(*event, loop_.now()))
            std::visit([&](const auto& each) { on(each); }, *event);
    discovery_.settle(loop_.now());
    while (const auto address = discovery_.next_dial())
        if (!carrier_->dial(*address))
            discovery_.dial_refused(*address, loop_.now());
    while (discovery_.next_result())
        ; // walks alone ask
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
        swarm_.report(peer, said ? kWrongChain : kMalformed, loop_.now());
        return false;
    }
    const std::lock_guard lock(mutex_);
    infos_[peer] = {.id = peer.text(), .roles = said->roles, .best = {said->best_hash, said->best_number}};
    return true;
}

bool Peers::is_light(const libp2p::PeerId& peer) const
{
    const std::lock_guard lock(mutex_);
    const auto found = infos_.find(peer);
    return found != infos_.end() && found->second.roles == uint8_t(protocols::Role::light);
}

/// Who dials begins: first of all with announcements, which show whether we are on the same chain.
void Peers::on(const libp2p::swarm_event::Connected& event)
{
    if (event.role == libp2p::Role::dialer)
        swarm_.open(event.peer, announces_, loop_.now());
}

void Peers::on(const libp2p::swarm_event::NotificationsWanted& event)
{
    if (welcome(event.peer, event.protocol, event.handshake))
        swarm_.accept(event.peer, event.protocol, loop_.now());
    else
        swarm_.refuse(event.peer, event.protocol, loop_.now());
}

void Peers::on(const libp2p::swarm_event::NotificationsOpen& event)
{
    const auto now = loop_.now();
    if (!welcome(event.peer, event.protocol, event.handshake))
        return swarm_.disconnect(event.peer);
    open_[event.protocol].insert(event.peer);
    if (event.protocol == announces_ && !is_light(event.peer))
    {
        swarm_.open(event.peer, transactions_, now);
        swarm_.open(event.peer, grandpa_, now);
        const auto best = [&] {
            const std::lock_guard lock(mutex_);
            return infos_.at(event.peer).best;
        }();
        if (told_.insert(event.peer).second)
            owner_.on_peer(event.peer, best);
    }
    if (event.protocol == grandpa_)
        owner_.on_voter(event.peer, *protocols::decode_role(event.handshake));
}

void Peers::gone(const libp2p::PeerId& peer, libp2p::ProtocolId protocol)
{
    if (open_[protocol].erase(peer) == 0)
        return;
    if (protocol == announces_ && told_.erase(peer) != 0)
        owner_.on_peer_gone(peer);
    if (protocol == grandpa_)
        owner_.on_voter_gone(peer);
}

void Peers::on(const libp2p::swarm_event::NotificationsClosed& event)
{
    gone(event.peer, event.protocol);
    swarm_.close(event.peer, event.protocol, loop_.now());
    if (event.protocol == announces_ && !is_light(event.peer))
        swarm_.disconnect(event.peer); // without them nothing else makes sense; whoever is to be connected is dialled
}

void Peers::on(const libp2p::swarm_event::Disconnected& event)
{
    for (const auto protocol : {announces_, grandpa_, transactions_})
        gone(event.peer, protocol);
    queue_.forget(event.peer);
    unvalidated_.forget(event.peer);
    seen_.erase(event.peer);
    const std::lock_guard lock(mutex_);
    infos_.erase(event.peer);
}

void Peers::take_transactions(const libp2p::PeerId& peer, base::ByteView message)
{
    auto transactions = protocols::decode_transactions(message);
    if (!transactions)
        return swarm_.report(peer, kMalformed, loop_.now());
    auto& seen = seen_[peer];
    for (auto& transaction : *transactions)
    {
        seen.insert(hash::blake2_256(transaction));
        if (const auto change = unvalidated_.push(peer, std::move(transaction), loop_.now()); change != 0)
            swarm_.report(peer, change, loop_.now());
    }
    validate();
}

void Peers::on(const libp2p::swarm_event::Notification& event)
{
    if (event.protocol == transactions_)
        return take_transactions(event.peer, event.message);
    if (event.protocol == announces_)
    {
        const auto announced = scale::decode<protocols::BlockAnnounce>(base::ByteView(event.message));
        if (!announced)
            return swarm_.report(event.peer, kMalformed, loop_.now());
        {
            const std::lock_guard lock(mutex_);
            if (const auto found = infos_.find(event.peer); found != infos_.end() && announced->is_best)
                found->second.best = {primitives::hash_of(announced->header), announced->header.number.value};
        }
        return owner_.on_announce(event.peer, announced->header, announced->is_best);
    }
    const auto message = scale::decode<protocols::grandpa::Message>(base::ByteView(event.message));
    if (!message)
        return swarm_.report(event.peer, kMalformed, loop_.now());
    owner_.on_finality(event.peer, *message);
}

void Peers::on(const libp2p::swarm_event::Response& event)
{
    const auto asked = asked_.extract(event.id);
    if (!asked)
        return;
    std::optional<protocols::BlockResponse> response;
    if (event.result)
    {
        response = protocols::decode_block_response(*event.result);
        if (!response)
            swarm_.report(event.peer, kMalformed, loop_.now());
    }
    owner_.on_blocks(event.peer, asked.mapped(), response);
}

void Peers::on(const libp2p::swarm_event::Request& event)
{
    const auto now = loop_.now();
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
    const auto now = loop_.now();
    for (const auto id : queue_.expired(now))
        swarm_.refuse_request(id, now);
    const auto reads = [&](const libp2p::PeerId& peer) { return swarm_.backlog(peer) <= kAnswersAheadMax; };
    while (auto request = queue_.next(now, reads))
        loop_.work([this, event = std::move(*request)] {
            const auto begin = loop_.now();
            auto served = event.protocol == sync_   ? serve_blocks(ledger_, event.message)
                          : event.protocol == warp_ ? serve_warp(ledger_, owner_.newest_decision(), event.message)
                                                    : serve_light(ledger_, event.message);
            const auto taken = loop_.now() - begin;
            loop_.post([this, id = event.id, peer = event.peer, taken, served = std::move(served)] {
                answer(id, peer, served, taken);
            });
        });
    if (queue_.waiting() == 0 || stopped_ || std::exchange(retrying_, true))
        return;
    loop_.after(kRetry, [this] {
        retrying_ = false;
        work();
        carrier_->settle();
    });
}

void Peers::answer(libp2p::RequestId id, const libp2p::PeerId& peer, const Served& served, libp2p::Time taken)
{
    const auto now = loop_.now();
    const size_t bytes = served.response ? served.response->size() : 0;
    queue_.done(peer, taken + libp2p::Time(bytes / kBytesOfMillisecond), now);
    if (served.blame != 0)
        swarm_.report(peer, served.blame, now);
    if (served.response)
        swarm_.answer(id, *served.response, now);
    else
        swarm_.refuse_request(id, now);
    work();
    carrier_->settle();
}

/// The runtime is asked on another thread.
void Peers::validate()
{
    auto next = unvalidated_.next(loop_.now());
    if (!next)
        return; // one is under way, or none waits
    loop_.work([this, peer = next->peer, transaction = std::move(next->message)] {
        const auto begin = loop_.now();
        const auto worth = owner_.on_transaction(transaction);
        const auto taken = loop_.now() - begin;
        loop_.post([this, peer, worth, taken] { validated(peer, worth, taken); });
    });
}

void Peers::validated(const libp2p::PeerId& peer, Worth worth, libp2p::Time taken)
{
    const auto now = loop_.now();
    if (const auto change = unvalidated_.done(peer, worth, taken, now); change != 0)
        swarm_.report(peer, change, now);
    validate();
    if (worth == Worth::bad || worth == Worth::invalid)
        carrier_->settle(); // the report may have closed a connection
}

void Peers::announce(const Header& header, bool is_best)
{
    update_handshake();
    const auto hash = primitives::hash_of(header);
    const auto message = scale::encode(protocols::BlockAnnounce{.header = header, .is_best = is_best, .data = {}});
    std::vector<libp2p::PeerId> peers;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& peer : open_[announces_])
            if (const auto found = infos_.find(peer); found == infos_.end() || found->second.best.hash != hash)
                peers.push_back(peer);
    }
    for (const auto& peer : peers)
        swarm_.notify(peer, announces_, message);
}

void Peers::send_finality(const libp2p::PeerId& peer, const protocols::grandpa::Message& message)
{
    swarm_.notify(peer, grandpa_, scale::encode(message));
}

void Peers::tell_light(const Decision& decision)
{
    using namespace protocols::grandpa;
    const auto commit = scale::encode(Message(Commit{.round = decision.justification.round,
                                                     .set_id = decision.set_id,
                                                     .commit = compact(decision.justification.commit)}));
    const auto neighbor =
        scale::encode(Message(Neighbor(NeighborV1{.round = decision.justification.round + 1,
                                                  .set_id = decision.set_id,
                                                  .commit_finalized_height = decision.block.number})));
    for (const auto& peer : open_[grandpa_])
        if (is_light(peer))
        {
            swarm_.notify(peer, grandpa_, commit);
            swarm_.notify(peer, grandpa_, neighbor);
        }
}

void Peers::ask(const libp2p::PeerId& peer, uint64_t id, const protocols::BlockRequest& request)
{
    if (const auto sent = swarm_.request(peer, sync_, request.encode(), loop_.now()))
        asked_.emplace(*sent, id);
    else
        loop_.post([this, peer, id] { owner_.on_blocks(peer, id, std::nullopt); });
}

void Peers::report(const libp2p::PeerId& peer, int32_t change) { swarm_.report(peer, change, loop_.now()); }

void Peers::gossip(base::Bytes transaction, std::function<void(std::vector<std::string>)> told)
{
    loop_.post([this, transaction = std::move(transaction), told = std::move(told)] {
        const auto hash = hash::blake2_256(transaction);
        const auto message = scale::encode(protocols::Transactions{transaction});
        std::vector<std::string> peers;
        for (const auto& peer : open_[transactions_])
            if (!is_light(peer) && seen_[peer].insert(hash))
            {
                swarm_.notify(peer, transactions_, message);
                peers.push_back(peer.text());
            }
        carrier_->settle();
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
