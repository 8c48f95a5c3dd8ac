#include "libp2p/swarm.hpp"

namespace libp2p {

void Swarm::on(ConnectionId id, Entry& entry, event::Established& event, Time now)
{
    const auto& peer = event.peer;
    if (reputations_.banned(peer, now) || peer == peer_id())
        return entry.connection->close();
    if (const auto found = peers_.find(peer); found != peers_.end())
    {
        auto& older = connections_.at(found->second);
        if (!keeps_new(older, entry, peer))
            return entry.connection->close();
        close_one(found->second, CloseReason::ours, now);
    }
    else if (entry.role == Role::listener && !make_slot(entry, now))
        return entry.connection->close(CloseReason::full);
    peers_[peer] = id;
    entry.current = true;
    entry.since = entry.last_use = now;
    events_.push_back(swarm_event::Connected{peer, entry.role, entry.address});
}

void Swarm::on(ConnectionId id, Entry& entry, event::Closed& event, Time)
{
    std::erase_if(due_, [&](const auto& item) { return item.second.connection == id; });
    if (!entry.current)
    {
        if (entry.role == Role::dialer)
            events_.push_back(swarm_event::DialFailed{id, event.why, entry.address, entry.expected});
        return;
    }
    const auto peer = entry.connection->peer();
    entry.current = false;
    peers_.erase(peer);
    for (const auto& [stream, asked] : std::exchange(entry.requests, {}))
        events_.push_back(
            swarm_event::Response{peer, asked.protocol, asked.id, std::unexpected(RequestFailure::disconnected)});
    events_.push_back(swarm_event::Disconnected{peer, event.why});
}

void Swarm::on(ConnectionId, Entry& entry, event::Identified& event, Time)
{
    if (entry.current)
        events_.push_back(swarm_event::Identified{entry.connection->peer(), std::move(event.info)});
}

void Swarm::on(ConnectionId, Entry& entry, event::NotificationsWanted& event, Time now)
{
    auto& link = entry.links[event.protocol];
    if (!entry.current || link.in)
        return entry.connection->end_notifications(event.stream, now);
    link.in = event.stream;
    events_.push_back(
        swarm_event::NotificationsWanted{entry.connection->peer(), event.protocol, std::move(event.handshake)});
}

void Swarm::on(ConnectionId, Entry& entry, event::NotificationsOpen& event, Time now)
{
    entry.last_use = now;
    const auto link = entry.links.find(event.protocol);
    if (link == entry.links.end() || link->second.out != event.stream)
        return; // of a stream that we have closed since
    link->second.out_open = true;
    events_.push_back(
        swarm_event::NotificationsOpen{entry.connection->peer(), event.protocol, std::move(event.handshake)});
}

void Swarm::on(ConnectionId, Entry& entry, event::NotificationsEnded& event, Time)
{
    const auto link = entry.links.find(event.protocol);
    if (link == entry.links.end())
        return;
    auto& [in, out, in_accepted, out_open] = link->second;
    auto& stream = event.role == Role::dialer ? out : in;
    if (stream != event.stream)
        return;
    stream.reset();
    (event.role == Role::dialer ? out_open : in_accepted) = false;
    events_.push_back(swarm_event::NotificationsClosed{entry.connection->peer(), event.protocol, event.role});
}

void Swarm::on(ConnectionId, Entry& entry, event::Notification& event, Time now)
{
    entry.last_use = now;
    events_.push_back(swarm_event::Notification{entry.connection->peer(), event.protocol, std::move(event.message)});
}

void Swarm::on(ConnectionId id, Entry& entry, event::Request& event, Time now)
{
    if (!entry.current || entry.answers_due >= limits_.answers_max)
        return entry.connection->refuse_request(event.stream, now);
    entry.last_use = now;
    const auto request = next_request_++;
    due_[request] = {id, event.stream};
    ++entry.answers_due;
    events_.push_back(
        swarm_event::Request{entry.connection->peer(), event.protocol, request, std::move(event.message)});
}

void Swarm::on(ConnectionId, Entry& entry, event::Response& event, Time now)
{
    if (event.result)
        entry.last_use = now;
    const auto request = entry.requests.extract(event.stream);
    if (request)
        events_.push_back(swarm_event::Response{entry.connection->peer(), event.protocol, request.mapped().id,
                                                std::move(event.result)});
}

void Swarm::open(const PeerId& peer, ProtocolId protocol, Time now)
{
    const auto entry = find(peer);
    if (!entry)
        return;
    auto& link = entry->links[protocol];
    if (link.out)
        return;
    link.out = entry->connection->open_notifications(protocol, handshakes_[protocol], now);
    touched_.insert(peers_.at(peer));
    if (!link.out)
        events_.push_back(swarm_event::NotificationsClosed{peer, protocol, Role::dialer});
}

void Swarm::accept(const PeerId& peer, ProtocolId protocol, Time now)
{
    const auto entry = find(peer);
    if (!entry)
        return;
    auto& link = entry->links[protocol];
    if (!link.in || link.in_accepted)
        return;
    link.in_accepted = true;
    entry->connection->accept_notifications(*link.in, handshakes_[protocol]);
    touched_.insert(peers_.at(peer));
    open(peer, protocol, now);
}

void Swarm::refuse(const PeerId& peer, ProtocolId protocol, Time now)
{
    const auto entry = find(peer);
    if (!entry)
        return;
    auto& link = entry->links[protocol];
    if (!link.in || link.in_accepted)
        return;
    entry->connection->end_notifications(*link.in, now);
    link.in.reset();
    touched_.insert(peers_.at(peer));
}

void Swarm::close(const PeerId& peer, ProtocolId protocol, Time now)
{
    const auto entry = find(peer);
    if (!entry)
        return;
    const auto link = entry->links.extract(protocol);
    if (!link)
        return;
    for (const auto stream : {link.mapped().in, link.mapped().out})
        if (stream)
            entry->connection->end_notifications(*stream, now);
    touched_.insert(peers_.at(peer));
}

bool Swarm::notify(const PeerId& peer, ProtocolId protocol, ByteView message)
{
    const auto entry = find(peer);
    if (!entry)
        return false;
    const auto link = entry->links.find(protocol);
    if (link == entry->links.end() || !link->second.out_open)
        return false;
    const bool taken = entry->connection->notify(*link->second.out, message, now_);
    touch(peers_.at(peer), *entry, now_);
    return taken;
}

std::optional<RequestId> Swarm::request(const PeerId& peer, ProtocolId protocol, Bytes message, Time now)
{
    const auto entry = find(peer);
    const auto stream = entry ? entry->connection->request(protocol, std::move(message), now) : std::nullopt;
    if (!stream)
        return std::nullopt;
    entry->requests[*stream] = {next_request_, protocol};
    const auto id = next_request_++;
    touch(peers_.at(peer), *entry, now);
    return id;
}

void Swarm::answer(RequestId id, ByteView message, Time now)
{
    const auto due = due_.extract(id);
    if (!due)
        return;
    auto& entry = connections_.at(due.mapped().connection);
    --entry.answers_due;
    entry.connection->respond(due.mapped().stream, message, now);
    touch(due.mapped().connection, entry, now);
}

void Swarm::refuse_request(RequestId id, Time now)
{
    const auto due = due_.extract(id);
    if (!due)
        return;
    auto& entry = connections_.at(due.mapped().connection);
    --entry.answers_due;
    entry.connection->refuse_request(due.mapped().stream, now);
    touched_.insert(due.mapped().connection);
}

void Swarm::report(const PeerId& peer, int32_t change, Time now)
{
    if (reputations_.change(peer, change, now))
        disconnect(peer);
}

void Swarm::disconnect(const PeerId& peer)
{
    const auto found = peers_.find(peer);
    if (found == peers_.end())
        return;
    close_one(found->second, CloseReason::ours, now_);
}

} // namespace libp2p
