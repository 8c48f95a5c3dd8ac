#include "libp2p/connector.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr auto kRefusedWait = std::chrono::seconds(30);

} // namespace

std::optional<ConnectorEffect> Connector::next_effect()
{
    if (effects_.empty())
        return std::nullopt;
    auto effect = std::move(effects_.front());
    effects_.pop_front();
    return effect;
}

size_t Connector::count(Purpose purpose) const
{
    return size_t(std::ranges::count_if(links_, [&](const auto& item) { return item.second.purpose == purpose; }));
}

size_t Connector::slots() const { return count(Purpose::slot); }

size_t Connector::connected() const
{
    return size_t(std::ranges::count_if(links_, [](const auto& item) { return item.second.up; }));
}

bool Connector::holds_slot(const PeerId& peer) const
{
    const auto link = links_.find(peer);
    return link != links_.end() && link->second.up && link->second.purpose == Purpose::slot;
}

size_t Connector::dialling() const { return links_.size() - connected(); }

/// Nearly uniform: `below` is small.
uint64_t Connector::random(uint64_t below)
{
    std::array<uint8_t, 8> raw{};
    entropy_.fill(raw, "connector");
    uint64_t value = 0;
    std::memcpy(&value, raw.data(), raw.size());
    return value % below;
}

/// Sends the first dial. False when there is no address that a transport takes.
bool Connector::dial(const PeerId& peer, Purpose purpose, const std::vector<Multiaddr>& addresses, Time now)
{
    Link link{.purpose = purpose, .net = {}, .since = now};
    for (const auto& address : addresses)
        if (endpoint_of(address) && link.left.size() < PeerStore::kAddressesMax)
            link.left.push_back(address);
    std::ranges::reverse(link.left);
    if (peer == self_ || links_.contains(peer) || link.left.empty())
        return false;
    return dial_next(peer, links_.emplace(peer, std::move(link)).first->second);
}

bool Connector::dial_next(const PeerId& peer, Link& link)
{
    if (link.left.empty())
        return false;
    link.current = std::move(link.left.back());
    link.left.pop_back();
    link.net = net_of(link.current);
    effects_.emplace_back(connector_effect::Dial{peer, with_peer(link.current, peer)});
    return true;
}

void Connector::want(const KadContact& contact, Time now)
{
    if (links_.contains(contact.peer))
        return used(contact.peer, now);
    if (reserved_only_ || waiting_.size() >= limits_.waiting_max)
        return void(effects_.emplace_back(connector_effect::Unreachable{contact.peer, false}));
    waiting_.push_back(contact);
    serve_waiting(now);
}

void Connector::used(const PeerId& peer, Time now)
{
    const auto link = links_.find(peer);
    if (link != links_.end() && link->second.up && link->second.purpose == Purpose::lookup)
        link->second.since = now;
}

/// There is some, or the connection that was used least recently makes it.
bool Connector::room_for_lookup(Time now)
{
    if (dialling() >= limits_.dialling_max)
        return false;
    if (count(Purpose::lookup) < limits_.lookups_max)
        return true;
    const auto oldest = std::ranges::min_element(links_, {}, [](const auto& item) {
        const bool lookup = item.second.up && item.second.purpose == Purpose::lookup;
        return lookup ? item.second.since : Time::max();
    });
    if (oldest == links_.end())
        return false;
    const auto& link = oldest->second;
    if (!link.up || link.purpose != Purpose::lookup || now - link.since < limits_.lookup_safe)
        return false;
    effects_.emplace_back(connector_effect::Disconnect{oldest->first});
    links_.erase(oldest);
    return true;
}

void Connector::serve_waiting(Time now)
{
    while (!waiting_.empty() && room_for_lookup(now))
    {
        const auto contact = std::move(waiting_.front());
        waiting_.pop_front();
        if (links_.contains(contact.peer))
            continue;
        auto addresses = contact.addresses;
        if (const auto* known = store_.find(contact.peer); known != nullptr && known->reached)
            addresses.insert(addresses.begin(), known->addresses[0]);
        if (!dial(contact.peer, Purpose::lookup, addresses, now))
            effects_.emplace_back(connector_effect::Unreachable{contact.peer, true});
    }
}

void Connector::connected(const PeerId& peer, Role role, const Multiaddr& address, Time now)
{
    const auto* known = store_.find(peer);
    const bool reserved = known != nullptr && known->reserved;
    if (reserved_only_ && !reserved)
    {
        links_.erase(peer);
        effects_.emplace_back(connector_effect::Disconnect{peer});
        return;
    }
    auto plain = address;
    if (!plain.parts.empty() && plain.parts.back().code == AddressCode::p2p)
        plain.parts.pop_back();
    if (role == Role::dialer)
        store_.reached(peer, plain, now);
    auto& link = links_.try_emplace(peer, Link{.purpose = Purpose::inbound, .net = {}}).first->second;
    if (reserved)
        link.purpose = Purpose::reserved;
    else if (role == Role::listener)
        link.purpose = Purpose::inbound;
    else if (link.purpose == Purpose::inbound)
        link.purpose = Purpose::lookup; // a dial that was not ours
    link.net = net_of(plain);
    link.up = true;
    link.since = now;
    link.left.clear();
}

void Connector::disconnected(const PeerId& peer, Time now)
{
    const auto link = links_.find(peer);
    if (link == links_.end() || !link->second.up)
        return;
    const bool chosen = link->second.purpose == Purpose::slot || link->second.purpose == Purpose::reserved;
    if (chosen && now - link->second.since < limits_.stable_after)
        store_.failed(peer, now);
    else
        store_.postpone(peer, now + PeerStore::kRetryFirst);
    links_.erase(link);
    serve_waiting(now);
}

void Connector::dial_failed(const PeerId& peer, const Multiaddr& address, Time now)
{
    const auto link = links_.find(peer);
    if (link == links_.end() || link->second.up || with_peer(link->second.current, peer) != with_peer(address, peer))
        return; // it is connected in another way, or the dial was not ours
    if (!dial_next(peer, link->second))
        given_up(link, now);
}

void Connector::given_up(Links::iterator link, Time now)
{
    const auto peer = link->first;
    links_.erase(link);
    store_.failed(peer, now);
    effects_.emplace_back(connector_effect::Unreachable{peer, true});
}

void Connector::dial_refused(const PeerId& peer, Time now)
{
    const auto link = links_.find(peer);
    if (link == links_.end() || link->second.up)
        return;
    links_.erase(link);
    store_.postpone(peer, now + kRefusedWait);
    effects_.emplace_back(connector_effect::Unreachable{peer, false});
}

void Connector::suits(const PeerId& peer, bool suits, Time now)
{
    const auto found = links_.find(peer);
    if (found == links_.end() || !found->second.up)
        return;
    auto& link = found->second;
    link.suits = suits;
    if (link.purpose == Purpose::slot && !suits)
    {
        link.purpose = Purpose::lookup; // it may answer questions for a while
        link.since = now;
        store_.postpone(peer, now + PeerStore::kRetryLast);
    }
    else if (link.purpose == Purpose::lookup && suits && slots() < limits_.slots_max && room_in_net(link.net))
        link.purpose = Purpose::slot;
}

bool Connector::room_in_net(const Bytes& net) const
{
    if (addresses_.allow_local || net.empty())
        return true;
    const auto of_net = std::ranges::count_if(
        links_, [&](const auto& item) { return item.second.purpose == Purpose::slot && item.second.net == net; });
    return size_t(of_net) < limits_.of_net_max;
}

bool Connector::dialable(const PeerId& id, const PeerStore::Peer& peer, Time now) const
{
    return peer.retry_at <= now && id != self_ && !links_.contains(id) &&
           std::ranges::any_of(peer.addresses, [](const auto& address) { return endpoint_of(address).has_value(); });
}

/// One to fill a slot with: three times in four of those that we have reached before, else of the others; of these a
/// network at random, of it a peer at random.
std::optional<PeerId> Connector::candidate(Time now)
{
    std::array<std::map<Bytes, std::vector<PeerId>>, 2> nets; // not reached, reached
    for (const auto& [id, peer] : store_.peers())
    {
        if (peer.bootnode || peer.reserved || !dialable(id, peer, now))
            continue;
        if (const auto net = net_of(peer.addresses[0]); room_in_net(net))
            nets.at(peer.reached ? 1 : 0)[net].push_back(id);
    }
    const size_t first = random(4) != 0 ? 1 : 0;
    const auto& among = nets.at(nets.at(first).empty() ? 1 - first : first);
    if (among.empty())
        return std::nullopt;
    const auto& [net, peers] = *std::next(among.begin(), std::ptrdiff_t(random(among.size())));
    return peers[random(peers.size())];
}

void Connector::fill_slots(Time now)
{
    while (!reserved_only_ && slots() < limits_.slots_max && dialling() < limits_.dialling_max)
    {
        // Connections that serve already need no dial.
        const auto ready = std::ranges::find_if(links_, [&](const auto& item) {
            const auto& link = item.second;
            return link.purpose == Purpose::lookup && link.up && link.suits == true && room_in_net(link.net);
        });
        if (ready != links_.end())
        {
            ready->second.purpose = Purpose::slot;
            continue;
        }
        const auto peer = candidate(now);
        if (!peer || !dial(*peer, Purpose::slot, store_.find(*peer)->addresses, now))
            return;
    }
}

void Connector::call_reserved(Time now)
{
    for (const auto& id : store_.reserved())
        if (const auto* peer = store_.find(id); dialable(id, *peer, now))
            dial(id, Purpose::reserved, peer->addresses, now);
}

void Connector::call_bootnodes(Time now)
{
    // Who dialled us does not count: an attacker would see to it that we are never lonely.
    const auto chosen = std::ranges::count_if(links_, [](const auto& item) {
        const auto& link = item.second;
        return link.up && (link.purpose == Purpose::slot || link.purpose == Purpose::reserved);
    });
    if (reserved_only_ || size_t(chosen) >= limits_.lonely_below)
        return;
    for (const auto& [id, peer] : store_.peers())
        if (peer.bootnode && !peer.reserved && dialling() < limits_.dialling_max && dialable(id, peer, now))
            dial(id, Purpose::lookup, peer.addresses, now);
}

void Connector::close_what_is_over(Time now)
{
    for (auto& [peer, link] : links_)
    {
        if (!link.up)
            continue;
        if (link.purpose == Purpose::slot && !link.suits && now - link.since >= limits_.identify_wait)
        {
            link.purpose = Purpose::lookup; // it never said what it speaks
            store_.failed(peer, now);
        }
        if (link.purpose == Purpose::lookup && now - link.since >= limits_.lookup_keep)
        {
            link.since = now; // once
            effects_.emplace_back(connector_effect::Disconnect{peer});
        }
    }
}

void Connector::tick(Time now)
{
    if (now < next_tick_)
        return;
    next_tick_ = now + limits_.tick_every;
    call_reserved(now);
    fill_slots(now);
    call_bootnodes(now);
    close_what_is_over(now);
    serve_waiting(now);
}

} // namespace libp2p
