#include "libp2p/swarm.hpp"

#include "libp2p/site.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace libp2p {

Swarm::Swarm(const Identity& identity, crypto::Entropy& entropy, Identify self, SwarmLimits limits, Waits waits)
    : host_{.identity = identity, .entropy = entropy, .self = std::move(self), .waits = waits}, limits_(limits)
{
}

ProtocolId Swarm::add(Protocol protocol)
{
    base::invariant(connections_.empty() && !host_.find(protocol.name));
    base::invariant(protocol.name.size() < Multistream::kMessageMax);
    host_.protocols.push_back(std::move(protocol));
    handshakes_.emplace_back();
    return ProtocolId(host_.protocols.size() - 1);
}

void Swarm::set_handshake(ProtocolId protocol, Bytes handshake) { handshakes_[protocol] = std::move(handshake); }

void Swarm::set_listen_addresses(std::vector<Multiaddr> addresses)
{
    listening_ = std::move(addresses);
    tell_addresses();
}

void Swarm::set_external_addresses(std::vector<Multiaddr> addresses)
{
    external_ = std::move(addresses);
    tell_addresses();
}

void Swarm::tell_addresses()
{
    auto& told = host_.self.listen_addresses;
    told.clear();
    for (const auto* list : {&external_, &listening_})
        for (const auto& address : *list)
            if (auto bytes = address.bytes(); reach_of(address) != Reach::nowhere &&
                                              told.size() < Identify::kAddressesMax &&
                                              std::ranges::find(told, bytes) == told.end())
                told.push_back(std::move(bytes));
}

std::optional<ConnectionId> Swarm::add_connection(Role role, const Multiaddr& remote, std::optional<PeerId> expected,
                                                  Time now)
{
    const auto id = next_connection_++;
    auto& entry = connections_[id];
    entry.connection = std::make_unique<Connection>(role, host_, expected, remote.bytes(), now);
    entry.role = role;
    entry.address = remote;
    entry.expected = expected;
    entry.site = site_of(remote);
    entry.net = net_of(remote);
    entry.since = now;
    touched_.insert(id);
    return id;
}

std::optional<ConnectionId> Swarm::dial(const Multiaddr& remote, std::optional<PeerId> expected, Time now)
{
    const auto outbound = std::ranges::count_if(connections_, [](const auto& item) {
        return item.second.role == Role::dialer && !item.second.connection->over();
    });
    const bool full = size_t(outbound) >= limits_.outbound_max && !(expected && reserved_.contains(*expected));
    if (full || (expected && reputations_.banned(*expected, now)))
        return std::nullopt;
    return add_connection(Role::dialer, remote, expected, now);
}

void Swarm::receive(ConnectionId id, ByteView input, Time now)
{
    const auto found = connections_.find(id);
    if (found == connections_.end())
        return;
    bytes_in_ += input.size();
    found->second.connection->receive(input, now);
    touch(id, found->second, now);
}

void Swarm::end_of_input(ConnectionId id)
{
    const auto found = connections_.find(id);
    if (found == connections_.end())
        return;
    found->second.connection->end_of_input();
    touch(id, found->second, now_);
}

bool Swarm::wants_input(ConnectionId id) const
{
    const auto found = connections_.find(id);
    return found != connections_.end() && found->second.connection->wants_input();
}

Bytes Swarm::take_output(ConnectionId id)
{
    const auto found = connections_.find(id);
    if (found == connections_.end())
        return {};
    auto output = found->second.connection->take_output();
    bytes_out_ += output.size();
    account(found->second);
    return output;
}

bool Swarm::over(ConnectionId id) const
{
    const auto found = connections_.find(id);
    return found == connections_.end() || found->second.connection->over();
}

void Swarm::drop(ConnectionId id)
{
    const auto found = connections_.find(id);
    if (found == connections_.end())
        return;
    found->second.connection->close();
    touch(id, found->second, now_);
    buffered_ -= found->second.buffered;
    connections_.erase(found);
    touched_.erase(id);
}

void Swarm::tick(Time now)
{
    now_ = now;
    if (wake_ <= now)
        wake_ = Time::max();
    for (auto& [id, entry] : connections_)
        if (entry.connection->deadline() <= now)
        {
            entry.connection->tick(now);
            touch(id, entry, now);
        }
}

Time Swarm::deadline() const
{
    Time first = wake_;
    for (const auto& [id, entry] : connections_)
        first = std::min(first, entry.connection->deadline());
    return first;
}

void Swarm::close_all()
{
    for (auto& [id, entry] : connections_)
    {
        entry.connection->close();
        touch(id, entry, now_);
    }
}

std::optional<ConnectionId> Swarm::next_touched()
{
    if (touched_.empty())
        return std::nullopt;
    return touched_.extract(touched_.begin()).value();
}

std::optional<SwarmEvent> Swarm::next_event()
{
    if (events_.empty())
        return std::nullopt;
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
}

std::vector<PeerId> Swarm::peers() const
{
    std::vector<PeerId> all;
    for (const auto& [peer, id] : peers_)
        all.push_back(peer);
    return all;
}

Swarm::Entry* Swarm::find(const PeerId& peer)
{
    const auto found = peers_.find(peer);
    return found == peers_.end() ? nullptr : &connections_.at(found->second);
}

/// Passes on what the connection has to say, and tells the driver to look at its output.
void Swarm::touch(ConnectionId id, Entry& entry, Time now)
{
    now_ = std::max(now_, now);
    touched_.insert(id);
    ++depth_;
    while (auto event = entry.connection->next_event())
        std::visit([&](auto& what) { on(id, entry, what, now); }, *event);
    account(entry);
    if (--depth_ == 0) // an event half handled may be of a connection that the budget would close
        keep_budget(now);
}

/// Two connections to one peer: of the same direction the newer stays, for the older may be a dead one; after a
/// simultaneous dial both ends keep the one that the smaller peer id dialled.
bool Swarm::keeps_new(const Entry& older, const Entry& newer, const PeerId& peer) const
{
    if (older.role == newer.role)
        return true;
    return (newer.role == Role::dialer) == (peer_id() < peer);
}

} // namespace libp2p
