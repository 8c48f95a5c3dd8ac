#include "libp2p/testing/discovery_world.hpp"

#include <gtest/gtest.h>

/// Whole nodes find and keep each other.
namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::DiscoveryWorld;
using Member = DiscoveryWorld::Member;

struct Nodes : ::testing::Test
{
    /// Node `number` of a network that knows the first as its bootnode.
    Member& add(uint8_t number, uint8_t net, SwarmLimits limits = {})
    {
        std::vector<Multiaddr> bootnodes;
        if (!world.members.empty())
            bootnodes.push_back(with_peer(world.members[0]->address, world.members[0]->id()));
        return world.add(DiscoveryWorld::address(number, net), DiscoveryWorld::options(std::move(bootnodes)), limits);
    }
    void make(uint8_t count, uint8_t nets = 25)
    {
        for (uint8_t i = 0; i != count; ++i)
            add(i, uint8_t(1 + i % nets));
    }
    std::vector<Member*> outbound_of(const Member& node) const
    {
        std::vector<Member*> out;
        for (const auto& each : world.members)
            if (node.discovery.connector().holds_slot(each->id()))
                out.push_back(each.get());
        return out;
    }
    bool finds(Member& from, const Member& to)
    {
        from.results.clear();
        if (!from.discovery.kad().find_node(to.id(), world.now))
            return false;
        for (int i = 0; i != 100 && from.results.empty(); ++i)
            world.run(1s);
        const auto* found = from.results.empty() ? nullptr : std::get_if<kad_effect::Closest>(&from.results[0]);
        return found != nullptr && !found->peers.empty() && found->peers[0].peer == to.id();
    }

    DiscoveryWorld world;
};

TEST_F(Nodes, fifty_nodes_with_one_bootnode_fill_their_slots_and_find_each_other)
{
    make(50);
    world.run(40s);
    for (const auto& node : world.members)
    {
        const auto slots = outbound_of(*node);
        if (node != world.members[0]) // to which all others are connected
            EXPECT_GE(slots.size(), 6U);
        EXPECT_LE(slots.size(), ConnectorLimits{}.slots_max);
        std::map<Bytes, size_t> nets;
        for (const auto* peer : slots)
            EXPECT_LE(++nets[net_of(peer->address)], ConnectorLimits{}.of_net_max);
        EXPECT_GE(node->discovery.kad().table().size(), 20U);
    }
    for (size_t i = 0; i < 50; i += 7)
        EXPECT_TRUE(finds(*world.members[i], *world.members[(i + 17) % 50])) << i;
}

TEST_F(Nodes, the_network_stays_when_its_bootnode_goes_and_a_node_with_saved_peers_comes_back)
{
    make(12);
    world.run(60s);
    auto& node = *world.members[5];
    const auto saved = node.discovery.save(world.now, 1'000'000);
    world.kill(*world.members[0]);
    world.kill(node);
    world.run(30s);
    for (size_t i = 1; i != 12; ++i)
        if (i != 5)
            EXPECT_GE(world.members[i]->peers.size(), 4U) << i;
    auto& again = world.add(DiscoveryWorld::address(200, 200), DiscoveryWorld::options());
    ASSERT_TRUE(again.discovery.load(saved, world.now, 1'000'100));
    world.run(30s);
    EXPECT_GE(again.peers.size(), 5U);
    EXPECT_TRUE(finds(again, *world.members[9]));
}

TEST_F(Nodes, an_attacker_who_surrounds_the_victim_leaves_its_honest_connections)
{
    make(14);
    world.run(40s);
    auto& victim = *world.members[3];
    std::set<PeerId> honest;
    for (const auto* peer : outbound_of(victim))
        honest.insert(peer->id());
    ASSERT_GE(honest.size(), 6U);
    // Twenty nodes of three networks, all of which dial the victim and tell of each other.
    const auto to = with_peer(victim.address, victim.id());
    for (uint8_t i = 0; i != 20; ++i)
        world.add(DiscoveryWorld::address(i, uint8_t(100 + i % 3)), DiscoveryWorld::options({to}));
    world.run(60s);
    std::set<PeerId> now;
    size_t hostile = 0;
    for (const auto* peer : outbound_of(victim))
    {
        now.insert(peer->id());
        hostile += peer->address.parts[0].value[1] >= 100 ? 1 : 0;
    }
    EXPECT_TRUE(std::ranges::includes(now, honest));
    EXPECT_LE(hostile, ConnectorLimits{}.slots_max - honest.size());
    // And after all its connections are lost, it has honest ones again.
    for (const auto& peer : now)
        victim.swarm.disconnect(peer);
    world.run(40s);
    hostile = 0;
    const auto later = outbound_of(victim);
    for (const auto* peer : later)
        hostile += peer->address.parts[0].value[1] >= 100 ? 1 : 0;
    EXPECT_GE(later.size(), 6U);
    EXPECT_LE(hostile, 6U); // two of each of its networks
    EXPECT_LT(hostile, later.size());
}

TEST_F(Nodes, a_reserved_peer_is_dialled_until_it_is_there_and_gets_a_slot_where_none_is_free)
{
    auto& full = add(0, 1, {.inbound_max = 2});
    for (uint8_t i = 1; i != 5; ++i)
        add(i, uint8_t(1 + i));
    world.run(40s);
    auto options = DiscoveryWorld::options();
    options.reserved = {with_peer(full.address, full.id())};
    options.reserved_only = true;
    auto& friendly = world.add(DiscoveryWorld::address(9, 9), options);
    world.run(30s);
    const auto dials = friendly.dialled.size();
    EXPECT_GE(dials, 2U); // it is refused, and tries again
    EXPECT_LE(dials, 12U);
    full.discovery.add_reserved(with_peer(friendly.address, friendly.id()));
    world.run(90s);
    EXPECT_TRUE(friendly.knows(full.id()));
    EXPECT_EQ(friendly.peers.size(), 1U); // reserved_only: nobody else
    world.kill(full);
    world.run(5s);
    full.alive = true;
    world.run(90s);
    EXPECT_TRUE(friendly.knows(full.id()));
}

TEST_F(Nodes, peers_of_another_chain_get_no_slot)
{
    make(3);
    auto options = DiscoveryWorld::options({with_peer(world.members[0]->address, world.members[0]->id())});
    options.needed = {"/another/chain"};
    auto& foreign = world.add(DiscoveryWorld::address(77, 77), options);
    world.run(120s);
    EXPECT_TRUE(outbound_of(foreign).empty());
    EXPECT_FALSE(outbound_of(*world.members[1]).empty());
}

TEST_F(Nodes, who_speaks_only_the_old_name_of_the_protocol_is_asked_by_it)
{
    auto options = DiscoveryWorld::options();
    options.kad_names = {"/old/kad"};
    auto& old = world.add(DiscoveryWorld::address(1, 1), options);
    options.kad_names = {"/new/kad", "/old/kad"};
    options.bootnodes = {with_peer(old.address, old.id())};
    auto& both = world.add(DiscoveryWorld::address(2, 2), options);
    world.run(20s);
    EXPECT_TRUE(both.discovery.kad().table().contains(old.id()));
    EXPECT_TRUE(old.discovery.kad().table().contains(both.id()));
    EXPECT_TRUE(finds(both, old));
}

TEST_F(Nodes, addresses_where_nobody_answers_cost_no_slot_for_long)
{
    auto options = DiscoveryWorld::options();
    for (uint8_t i = 0; i != 20; ++i)
    {
        PeerId nobody;
        nobody.key[0] = i;
        options.bootnodes.push_back(with_peer(DiscoveryWorld::address(i, uint8_t(50 + i)), nobody));
    }
    auto& node = world.add(DiscoveryWorld::address(1, 1), options);
    auto& other = add(2, 2);
    world.run(60s);
    EXPECT_TRUE(node.knows(other.id())); // which dialled it
    EXPECT_LE(node.discovery.connector().dialling(), ConnectorLimits{}.dialling_max);
    EXPECT_LE(node.dialled.size(), 20U * 5);
    EXPECT_LE(node.swarm.connections(), 1 + ConnectorLimits{}.dialling_max);
}

TEST_F(Nodes, an_address_that_three_networks_see_is_told_and_one_that_a_liar_tells_is_not)
{
    make(8);
    auto& node = world.add(DiscoveryWorld::address(44, 44),
                           DiscoveryWorld::options({with_peer(world.members[0]->address, world.members[0]->id())}));
    node.swarm.set_listen_addresses({*address_of_text("/ip4/0.0.0.0/tcp/30333")});
    world.run(60s);
    EXPECT_EQ(node.discovery.external(), std::vector{node.address});
    EXPECT_TRUE(finds(*world.members[3], node));
}

TEST_F(Nodes, values_and_providers_cross_the_network)
{
    for (uint8_t i = 0; i != 12; ++i)
    {
        auto options = DiscoveryWorld::options();
        options.rules.valid = [](ByteView, ByteView value) { return !value.empty(); };
        if (i != 0)
            options.bootnodes = {with_peer(world.members[0]->address, world.members[0]->id())};
        world.add(DiscoveryWorld::address(i, uint8_t(i + 1)), std::move(options));
    }
    world.run(60s);
    auto &a = *world.members[2], &b = *world.members[9];
    a.discovery.kad().put_value({.key = bytes_of("key"), .value = bytes_of("value")}, world.now);
    a.discovery.kad().provide(bytes_of("thing"), world.now);
    world.run(20s);
    b.results.clear();
    b.discovery.kad().get_value(bytes_of("key"), 4, world.now);
    b.discovery.kad().find_providers(bytes_of("thing"), 1, world.now);
    world.run(20s);
    ASSERT_EQ(b.results.size(), 2U);
    for (const auto& result : b.results)
    {
        if (const auto* value = std::get_if<kad_effect::Value>(&result))
            EXPECT_EQ(value->best, bytes_of("value"));
        if (const auto* providers = std::get_if<kad_effect::Providers>(&result))
            EXPECT_EQ(providers->peers, (std::vector<KadContact>{{a.id(), {a.address}}}));
    }
}

TEST(External, votes_are_by_network_majority_wins_and_votes_end)
{
    ExternalAddresses external{{}};
    const std::vector<Multiaddr> listening{*address_of_text("/ip4/0.0.0.0/tcp/30333"),
                                           *address_of_text("/ip4/0.0.0.0/tcp/30334/ws"),
                                           *address_of_text("/ip4/127.0.0.1/tcp/1")};
    const auto vote = [&](uint8_t net, std::string_view seen, Time now) {
        external.observed(DiscoveryWorld::address(1, net), address_of_text(seen)->bytes(), now);
    };
    for (int i = 0; i != 10; ++i)
        vote(1, "/ip4/6.6.6.6/tcp/50000", 0s); // one network, one vote
    vote(2, "/ip4/6.6.6.6/tcp/50001", 0s);
    EXPECT_TRUE(external.confirmed(listening, 0s).empty());
    for (uint8_t net = 3; net != 6; ++net)
        vote(net, "/ip4/7.7.7.7/tcp/50002", 10s);
    EXPECT_EQ(external.confirmed(listening, 10s),
              (std::vector{*address_of_text("/ip4/7.7.7.7/tcp/30333"), *address_of_text("/ip4/7.7.7.7/tcp/30334/ws")}));
    EXPECT_TRUE(external.confirmed(listening, 2h).empty());
    for (uint8_t net = 10; net != 20; ++net)
        vote(net, "/ip4/192.168.1.1/tcp/1", 10s); // no address of the internet
    EXPECT_EQ(external.confirmed(listening, 10s).size(), 2U);
    external.observed(DiscoveryWorld::address(1, 1), bytes_of("junk"), 0s);
}

} // namespace
} // namespace libp2p
