#pragma once

#include "libp2p/discovery.hpp"
#include "libp2p/testing/pair.hpp"

#include <memory>

namespace libp2p::testing {

/// Whole nodes, swarm and discovery, joined by wires that lose nothing: one seed, one history, no sockets. Who is
/// dialled where nobody is never answers; time passes in steps.
struct DiscoveryWorld
{
    static constexpr Time kStep = std::chrono::milliseconds(500);

    struct Member
    {
        Member(uint8_t seed, Multiaddr at, DiscoveryOptions options, SwarmLimits limits)
            : address(std::move(at)), entropy(seed), identity(entropy),
              swarm(identity, entropy, {.agent_version = "test"}, limits),
              chain(swarm.add({.name = "/test/chain/1", .kind = ProtocolKind::notifications})),
              discovery(swarm, entropy, std::move(options))
        {
            swarm.set_listen_addresses({address});
        }
        const PeerId& id() const { return swarm.peer_id(); }
        bool knows(const PeerId& peer) const { return peers.contains(peer); }
        Multiaddr address;
        SeededEntropy entropy;
        Identity identity;
        Swarm swarm;
        ProtocolId chain;
        Discovery discovery;
        std::set<PeerId> peers;
        std::vector<Multiaddr> dialled;
        std::vector<KadEffect> results;
        std::map<ConnectionId, std::pair<Member*, ConnectionId>> wires;
        bool alive = true;
        bool mute = false; ///< takes what comes and says nothing
    };

    /// 9.net.number.1: global, so that what holds on the internet holds here.
    static Multiaddr address(uint8_t number, uint8_t net) { return address_of_socket(Bytes{9, net, number, 1}, 30333); }

    static DiscoveryOptions options(std::vector<Multiaddr> bootnodes = {})
    {
        return {.kad_names = {"/test/kad"}, .needed = {"/test/chain/1"}, .bootnodes = std::move(bootnodes)};
    }

    Member& add(Multiaddr at, DiscoveryOptions options, SwarmLimits limits = {})
    {
        return *members.emplace_back(
            std::make_unique<Member>(uint8_t(members.size() + 1), std::move(at), std::move(options), limits));
    }
    /// The member is off the network; its peers learn it as sockets do.
    void kill(Member& member)
    {
        member.alive = false;
        for (const auto& [id, end] : member.wires)
        {
            end.first->swarm.end_of_input(end.second);
            end.first->wires.erase(end.second);
        }
        member.wires.clear();
    }
    void run(Time time)
    {
        for (const auto end = now + time; now < end;)
        {
            now += kStep;
            for (auto& member : members)
                if (member->alive && member->swarm.deadline() <= now)
                    member->swarm.tick(now);
            while (std::ranges::count_if(members, [&](auto& member) { return member->alive && serve(*member); }) != 0)
                ;
        }
    }

    std::vector<std::unique_ptr<Member>> members;
    Time now{};

private:
    /// What a transport and an owner do; true when something moved.
    bool serve(Member& member)
    {
        if (member.mute)
            return false;
        bool moved = false;
        while (auto event = member.swarm.next_event())
        {
            moved = true;
            if (const auto* connected = std::get_if<swarm_event::Connected>(&*event))
                member.peers.insert(connected->peer);
            if (const auto* lost = std::get_if<swarm_event::Disconnected>(&*event))
                member.peers.erase(lost->peer);
            member.discovery.on(*event, now);
        }
        member.discovery.settle(now);
        while (const auto address = member.discovery.next_dial())
            dial(member, *address);
        while (auto result = member.discovery.next_result())
            member.results.push_back(std::move(*result));
        while (const auto id = member.swarm.next_touched())
            moved |= carry(member, *id);
        return moved;
    }
    void dial(Member& member, const Multiaddr& to)
    {
        member.dialled.push_back(to);
        const auto endpoint = endpoint_of(to);
        const auto out = member.swarm.dial(to, endpoint->peer, now);
        if (!out)
            return member.discovery.dial_refused(to, now);
        const auto found = std::ranges::find_if(members, [&](const auto& other) {
            return other->alive && endpoint_of(other->address)->host == endpoint->host;
        });
        if (found == members.end())
            return; // silence
        auto from = member.address;
        from.parts[1].value = {uint8_t(0xc0 | *out >> 8), uint8_t(*out)}; // a passing port
        const auto in = (*found)->swarm.accept(from, now);
        if (!in)
            return member.swarm.end_of_input(*out);
        member.wires[*out] = {found->get(), *in};
        (*found)->wires[*in] = {&member, *out};
    }
    bool carry(Member& from, ConnectionId id)
    {
        const auto wire = from.wires.find(id);
        const auto bytes = from.swarm.take_output(id);
        if (wire == from.wires.end())
        {
            if (from.swarm.over(id))
                from.swarm.drop(id);
            return false;
        }
        const auto [to, at] = wire->second;
        if (!bytes.empty())
            to->swarm.receive(at, bytes, now);
        else if (!from.swarm.over(id))
            return false;
        else
        {
            to->swarm.end_of_input(at);
            to->wires.erase(at);
            from.wires.erase(wire);
            from.swarm.drop(id);
        }
        if (!bytes.empty())
            carry(from, id); // the rest
        return true;
    }
};

} // namespace libp2p::testing
