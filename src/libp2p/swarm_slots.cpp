#include "libp2p/site.hpp"
#include "libp2p/swarm.hpp"

#include <algorithm>
#include <tuple>

namespace libp2p {

std::optional<ConnectionId> Swarm::accept(const Multiaddr& remote, Time now)
{
    if (!admit(site_of(remote), net_of(remote), now))
        return std::nullopt;
    return add_connection(Role::listener, remote, std::nullopt, now);
}

/// Whether one more may begin its handshake; another may have to end its own for that. Until a peer has told its
/// identity, nothing but its address tells it from others.
bool Swarm::admit(const Bytes& site, const Bytes& net, Time now)
{
    size_t pending = 0, of_site = 0, pending_of_site = 0;
    std::map<Bytes, size_t> crowds;
    for (const auto& [id, entry] : connections_)
    {
        if (entry.role != Role::listener)
            continue;
        of_site += entry.site == site;
        if (entry.current)
            continue;
        ++pending;
        pending_of_site += entry.site == site;
        ++crowds[entry.net];
    }
    if (of_site >= limits_.per_address_max || pending_of_site >= limits_.pending_per_address_max)
        return false;
    if (pending < limits_.pending_max)
        return true;
    // The oldest of the most crowded network.
    std::optional<std::tuple<size_t, Time, ConnectionId>> worst;
    for (const auto& [id, entry] : connections_)
    {
        const auto crowd = crowds[entry.net];
        const bool old = now - entry.since >= limits_.pending_safe && crowd >= crowds[net];
        const bool may_go = entry.role == Role::listener && !entry.current && !entry.connection->over() &&
                            (old || crowd >= crowds[net] + 2);
        if (const std::tuple mark(crowds[entry.net], now - entry.since, id); may_go && (!worst || mark > *worst))
            worst = mark;
    }
    if (worst)
        close_one(std::get<2>(*worst), CloseReason::full, now);
    return worst.has_value();
}

/// Who should give its slot to the newcomer, if anybody: first the idle; then those of crowded networks, those who have
/// earned the least, and the newest: who has stayed long has been paid for, an attacker's connections above all.
std::optional<ConnectionId> Swarm::victim(const Entry& newcomer, Time now) const
{
    std::map<Bytes, size_t> crowds{{newcomer.net, 0}};
    for (const auto& [id, entry] : connections_)
        if (entry.current && entry.role == Role::listener)
            ++crowds[entry.net];
    using Mark = std::tuple<bool, size_t, int32_t, Time>;
    std::optional<Mark> worst;
    std::optional<ConnectionId> found;
    for (const auto& [id, entry] : connections_)
    {
        if (!entry.current || entry.role != Role::listener || now - entry.since < limits_.newcomer_safe ||
            reserved_.contains(entry.connection->peer()))
            continue;
        const bool idle = now - entry.last_use >= limits_.idle_after;
        const auto score = reputations_.score(entry.connection->peer(), now);
        const size_t crowd = crowds[entry.net];
        if (!idle && score >= 0 && crowd < crowds[newcomer.net] + 2) // else networks would only change places
            continue;
        if (const Mark mark(idle, crowd, -score, entry.since); !worst || mark > *worst)
        {
            worst = mark;
            found = id;
        }
    }
    return found;
}

bool Swarm::make_slot(const Entry& newcomer, Time now)
{
    if (reserved_.contains(newcomer.connection->peer()))
        return true;
    const auto taken = std::ranges::count_if(connections_, [&](const auto& item) {
        const auto& entry = item.second;
        return entry.current && entry.role == Role::listener && !reserved_.contains(entry.connection->peer());
    });
    if (size_t(taken) < limits_.inbound_max)
        return true;
    if (reputations_.score(newcomer.connection->peer(), now) < 0)
        return false;
    const auto id = victim(newcomer, now);
    if (id)
        close_one(*id, CloseReason::full, now);
    return id.has_value();
}

void Swarm::close_one(ConnectionId id, CloseReason why, Time now)
{
    auto& entry = connections_.at(id);
    entry.connection->close(why);
    touch(id, entry, now);
}

void Swarm::account(Entry& entry)
{
    const size_t held = entry.connection->buffered();
    buffered_ += held - entry.buffered; // modulo 2⁶⁴, so that it may fall
    entry.buffered = held;
}

/// Closes who holds the most until the rest is within the budget.
void Swarm::keep_budget(Time now)
{
    while (buffered_ > limits_.buffered_max)
    {
        const auto greediest = std::ranges::max_element(connections_, {}, [](const auto& item) {
            return item.second.connection->over() ? 0 : item.second.buffered;
        });
        if (greediest == connections_.end() || greediest->second.connection->over())
            return; // only last bytes are left, which their links send or drop soon
        close_one(greediest->first, CloseReason::greedy, now);
    }
}

size_t Swarm::backlog(const PeerId& peer) const
{
    const auto found = peers_.find(peer);
    return found == peers_.end() ? 0 : connections_.at(found->second).connection->queued();
}

} // namespace libp2p
