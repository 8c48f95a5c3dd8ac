#pragma once

#include "libp2p/swarm.hpp"
#include "libp2p/testing/pair.hpp"

namespace libp2p::testing {

/// Swarms joined by wires that lose nothing: what network does, without sockets.
struct World
{
    struct Member
    {
        explicit Member(uint32_t seed, SwarmLimits limits = {})
            : entropy(seed), identity(entropy), swarm(identity, entropy, {}, limits)
        {
            gossip = swarm.add({.name = "/test/gossip/1", .kind = ProtocolKind::notifications});
            fetch = swarm.add({.name = "/test/fetch/1", .kind = ProtocolKind::requests});
        }
        const PeerId& id() const { return swarm.peer_id(); }
        SeededEntropy entropy;
        Identity identity;
        Swarm swarm;
        ProtocolId gossip, fetch;
    };
    struct Wire
    {
        Member *a, *b;
        ConnectionId at_a, at_b;
    };

    static Multiaddr address(uint8_t last, uint8_t net = 0)
    {
        return address_of_socket(Bytes{10, net, 0, last}, 30333);
    }

    /// `last` and `net`: of the address 10.net.0.last that each sees of the other.
    bool dial(Member& from, Member& to, uint8_t last = 1, uint8_t net = 0)
    {
        const auto outbound = from.swarm.dial(address(last, net), std::nullopt, now);
        const auto inbound = outbound ? to.swarm.accept(address(last, net), now) : std::nullopt;
        if (!inbound)
        {
            if (outbound)
                from.swarm.end_of_input(*outbound);
            return false;
        }
        wires.push_back({&from, &to, *outbound, *inbound});
        return true;
    }
    static bool carry(Swarm& from, ConnectionId at_from, Swarm& to, ConnectionId at_to, Time now)
    {
        const auto bytes = from.take_output(at_from);
        to.receive(at_to, bytes, now);
        if (bytes.empty() && from.over(at_from) && !to.over(at_to))
            to.end_of_input(at_to);
        return !bytes.empty();
    }
    void run()
    {
        for (bool moved = true; moved;)
        {
            moved = false;
            for (const auto& [a, b, at_a, at_b] : wires)
            {
                moved |= carry(a->swarm, at_a, b->swarm, at_b, now);
                moved |= carry(b->swarm, at_b, a->swarm, at_a, now);
            }
        }
    }

    Time now{};
    std::vector<Wire> wires;
};

template <class E>
std::optional<E> next(Swarm& swarm)
{
    while (auto event = swarm.next_event())
        if (auto* found = std::get_if<E>(&*event))
            return std::move(*found);
    return std::nullopt;
}

} // namespace libp2p::testing
