#include "libp2p/discovery.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr int32_t kJunk = -100; ///< reputation

std::optional<PeerId> peer_at(const Multiaddr& address)
{
    const auto endpoint = endpoint_of(address);
    return endpoint ? endpoint->peer : std::nullopt;
}

Multiaddr without_peer(Multiaddr address)
{
    if (!address.parts.empty() && address.parts.back().code == AddressCode::p2p)
        address.parts.pop_back();
    return address;
}

} // namespace

Discovery::Discovery(Swarm& swarm, crypto::Entropy& entropy, DiscoveryOptions options)
    : swarm_(swarm), options_(std::move(options)), store_(swarm.peer_id()),
      connector_(swarm.peer_id(), store_, entropy, options_.addresses, options_.connector, options_.reserved_only),
      kad_(swarm.peer_id(), entropy, options_.addresses, options_.rules, options_.kad), observed_(options_.addresses)
{
    base::invariant(!options_.kad_names.empty());
    for (const auto& name : options_.kad_names)
        kad_protocols_.push_back(swarm_.add({.name = name,
                                             .kind = ProtocolKind::requests,
                                             .message_max = kKadMessageMax,
                                             .response_max = kKadMessageMax,
                                             .response_wait = options_.kad.answer_wait}));
    for (const auto& address : options_.bootnodes)
        if (const auto peer = peer_at(address))
            store_.add_bootnode(*peer, without_peer(address));
    for (const auto& address : options_.reserved)
        add_reserved(address);
    tell_addresses({});
}

void Discovery::add_reserved(const Multiaddr& address)
{
    if (const auto peer = peer_at(address))
        store_.add_reserved(*peer, {without_peer(address)});
    swarm_.set_reserved(store_.reserved());
}

void Discovery::remove_reserved(const PeerId& peer)
{
    store_.remove_reserved(peer);
    swarm_.set_reserved(store_.reserved());
}

bool Discovery::load(ByteView bytes, Time now, uint64_t unix_s)
{
    const auto bans = store_.load(bytes, now, unix_s);
    if (!bans)
        return false;
    for (const auto& ban : *bans)
        swarm_.restore(ban, now);
    return true;
}

bool Discovery::is_kad(ProtocolId protocol) const
{
    return std::ranges::find(kad_protocols_, protocol) != kad_protocols_.end();
}

bool Discovery::on(const SwarmEvent& event, Time now)
{
    return std::visit(
        [&]<class Event>(const Event& what) {
            if constexpr (std::is_same_v<Event, swarm_event::Request> || std::is_same_v<Event, swarm_event::Response>)
            {
                if (!is_kad(what.protocol))
                    return false;
                if constexpr (std::is_same_v<Event, swarm_event::Request>)
                    answer(what, now);
                else
                    take(what, now);
                return true;
            }
            else
            {
                if constexpr (requires { happened(what, now); })
                    happened(what, now);
                return false;
            }
        },
        event);
}

void Discovery::happened(const swarm_event::Connected& event, Time now)
{
    if (event.role == Role::dialer)
        dialled_.insert_or_assign(event.peer, event.address);
    connector_.connected(event.peer, event.role, event.address, now);
    kad_.connected(event.peer, now);
}

void Discovery::happened(const swarm_event::Disconnected& event, Time now)
{
    dialled_.erase(event.peer);
    connector_.disconnected(event.peer, now);
    kad_.disconnected(event.peer);
}

void Discovery::happened(const swarm_event::DialFailed& event, Time now)
{
    if (event.expected)
        connector_.dial_failed(*event.expected, event.address, now);
}

void Discovery::happened(const swarm_event::Identified& event, Time now)
{
    const auto speaks = [&](const std::string& name) {
        return std::ranges::find(event.info.protocols, name) != event.info.protocols.end();
    };
    const auto& needed = options_.needed;
    connector_.suits(event.peer, needed.empty() || std::ranges::any_of(needed, speaks), now);
    kad_.identified(event.peer, event.info.listen_addresses, std::ranges::any_of(options_.kad_names, speaks), now);
    if (const auto dialled = dialled_.find(event.peer); dialled != dialled_.end())
    {
        observed_.observed(dialled->second, event.info.observed_address, now);
        tell_addresses(now);
    }
}

void Discovery::tell_addresses(Time now)
{
    auto external = options_.public_addresses;
    for (auto& address : observed_.confirmed(swarm_.listen_addresses(), now))
        if (std::ranges::find(external, address) == external.end())
            external.push_back(std::move(address));
    if (external != external_)
    {
        external_ = std::move(external);
        swarm_.set_external_addresses(external_);
    }
    listened_ = swarm_.listen_addresses();
    auto told = external_;
    for (const auto& address : listened_)
        if (const auto kept = options_.addresses.kept(address, swarm_.peer_id());
            kept && std::ranges::find(told, *kept) == told.end())
            told.push_back(*kept);
    kad_.set_addresses(std::move(told));
}

void Discovery::answer(const swarm_event::Request& event, Time now)
{
    const auto answer = kad_.request(event.peer, event.message, now);
    answer ? swarm_.answer(event.id, *answer, now) : swarm_.refuse_request(event.id, now);
}

void Discovery::take(const swarm_event::Response& event, Time now)
{
    auto asked = asked_.extract(event.id);
    if (!asked)
        return;
    auto& [id, message, name] = asked.mapped();
    const bool unsupported = !event.result && event.result.error() == RequestFailure::unsupported;
    if (unsupported && name + 1 < kad_protocols_.size())
        return send(event.peer, {id, std::move(message), name + 1}, now);
    kad_.response(id, event.result, now);
}

void Discovery::send(const PeerId& peer, Asked asked, Time now)
{
    const auto request = swarm_.request(peer, kad_protocols_[asked.name], asked.message, now);
    if (!request)
        return kad_.response(asked.id, std::unexpected(RequestFailure::disconnected), now);
    asked_.emplace(*request, std::move(asked));
    connector_.used(peer, now);
}

void Discovery::run_kad(Time now)
{
    if (kad_.deadline() <= now)
        kad_.tick(now);
    while (auto effect = kad_.next_effect())
    {
        if (auto* ask = std::get_if<kad_effect::Ask>(&*effect))
            send(ask->peer, {ask->id, std::move(ask->message), 0}, now);
        else if (auto* reach = std::get_if<kad_effect::Reach>(&*effect))
            connector_.want(reach->contact, now);
        else if (auto* learned = std::get_if<kad_effect::Learned>(&*effect))
            store_.add(learned->contact.peer, learned->contact.addresses);
        else if (auto* junk = std::get_if<kad_effect::Junk>(&*effect))
            swarm_.report(junk->peer, kJunk, now);
        else
            results_.push_back(std::move(*effect));
    }
}

/// True when Kad may have something to say to it.
bool Discovery::run_connector(Time now)
{
    connector_.tick(now);
    bool news = false;
    while (auto effect = connector_.next_effect())
    {
        if (auto* dial = std::get_if<connector_effect::Dial>(&*effect))
            dials_.push_back(std::move(dial->address));
        else if (auto* end = std::get_if<connector_effect::Disconnect>(&*effect))
            swarm_.disconnect(end->peer);
        else if (auto* lost = std::get_if<connector_effect::Unreachable>(&*effect))
        {
            kad_.unreachable(lost->peer, lost->tried, now);
            news = true;
        }
    }
    return news;
}

void Discovery::settle(Time now)
{
    if (listened_ != swarm_.listen_addresses())
        tell_addresses(now);
    do
        run_kad(now);
    while (run_connector(now));
    swarm_.wake_at(std::min(kad_.deadline(), connector_.deadline()));
}

std::optional<Multiaddr> Discovery::next_dial()
{
    if (dials_.empty())
        return std::nullopt;
    auto address = std::move(dials_.front());
    dials_.pop_front();
    return address;
}

void Discovery::dial_refused(const Multiaddr& address, Time now)
{
    if (const auto peer = peer_at(address))
        connector_.dial_refused(*peer, now);
}

std::optional<KadEffect> Discovery::next_result()
{
    if (results_.empty())
        return std::nullopt;
    auto result = std::move(results_.front());
    results_.pop_front();
    return result;
}

} // namespace libp2p
