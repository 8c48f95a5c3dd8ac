#include "libp2p/connector.hpp"
#include "libp2p/testing/pair.hpp"

#include <gtest/gtest.h>

/// Whom to dial, whom to keep, and what is remembered of it.
namespace libp2p {
namespace {

using namespace std::chrono_literals;

PeerId id_of(uint32_t number)
{
    PeerId peer;
    peer.key[0] = uint8_t(number);
    peer.key[1] = uint8_t(number >> 8);
    return peer;
}

/// 20.net.number.1, of the internet.
Multiaddr address(uint32_t number, uint8_t net)
{
    return address_of_socket(Bytes{20, net, uint8_t(number), uint8_t(number >> 8)}, 30333);
}

struct Dialling : ::testing::Test
{
    /// The dials that tick() asks for at `time`.
    std::vector<connector_effect::Dial> dials(Time time)
    {
        connector.tick(now = time);
        return take<connector_effect::Dial>();
    }
    template <class E>
    std::vector<E> take()
    {
        std::vector<E> out;
        while (auto effect = connector.next_effect())
            if (auto* found = std::get_if<E>(&*effect))
                out.push_back(std::move(*found));
        return out;
    }
    void up(const connector_effect::Dial& dial, bool suits = true)
    {
        connector.connected(dial.peer, Role::dialer, dial.address, now);
        connector.suits(dial.peer, suits, now);
    }

    PeerId self = id_of(9999);
    PeerStore store{self};
    testing::SeededEntropy entropy{1};
    Connector connector{self, store, entropy, {}};
    Time now{};
};

TEST_F(Dialling, slots_are_filled_with_few_of_one_network_and_never_with_ourselves)
{
    for (uint32_t i = 0; i != 30; ++i)
        store.add(id_of(i), {address(i, 1)}); // a crowd
    for (uint32_t i = 100; i != 104; ++i)
        store.add(id_of(i), {address(i, uint8_t(i))});
    EXPECT_FALSE(store.add(self, {address(1, 77)}));
    std::map<Bytes, size_t> nets;
    const auto first = dials(0s);
    EXPECT_EQ(first.size(), 6U); // two of the crowd, and the four
    for (const auto& dial : first)
        EXPECT_LE(++nets[net_of(dial.address)], 2U);
    EXPECT_TRUE(dials(500ms).empty());
    EXPECT_TRUE(dials(1s).empty()); // they are under way
    for (const auto& dial : first)
        up(dial);
    EXPECT_TRUE(dials(2s).empty());
    EXPECT_EQ(connector.slots(), 6U);
}

TEST_F(Dialling, addresses_are_tried_in_turn_and_a_peer_that_fails_later_and_later)
{
    store.add(id_of(1), {address(1, 1), *address_of_text("/ip4/20.9.9.9/udp/1/quic-v1"), address(2, 2)});
    const auto first = dials(0s);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].address, with_peer(address(1, 1), id_of(1)));
    connector.dial_failed(id_of(1), address(7, 7), now); // not one of ours
    EXPECT_TRUE(take<connector_effect::Dial>().empty());
    connector.dial_failed(id_of(1), first[0].address, now);
    const auto second = take<connector_effect::Dial>();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].address, with_peer(address(2, 2), id_of(1)));
    connector.dial_failed(id_of(1), second[0].address, now);
    EXPECT_EQ(take<connector_effect::Unreachable>().size(), 1U);

    std::vector<Time> tries;
    for (Time time = 1s; time != 3h; time += 1s)
        for (auto dial = dials(time); !dial.empty(); dial = take<connector_effect::Dial>())
        {
            if (dial[0].address == first[0].address)
                tries.push_back(time);
            connector.dial_failed(id_of(1), dial[0].address, time);
        }
    ASSERT_EQ(tries.size(), 9U); // with the first, ten: then it is forgotten
    EXPECT_EQ(tries[0], 5s);
    EXPECT_EQ(tries[1], 15s);
    EXPECT_EQ(tries[2], 35s);
    EXPECT_EQ(store.find(id_of(1)), nullptr);
}

TEST_F(Dialling, a_connection_lost_at_once_counts_as_a_failure_and_a_long_one_does_not)
{
    store.add(id_of(1), {address(1, 1)});
    up(dials(0s).at(0));
    connector.disconnected(id_of(1), 2s);
    EXPECT_EQ(store.find(id_of(1))->failures, 1U);
    EXPECT_TRUE(dials(5s).empty());
    up(dials(8s).at(0));
    connector.disconnected(id_of(1), 10min);
    EXPECT_EQ(store.find(id_of(1))->failures, 0U);
    EXPECT_TRUE(dials(10min + 1s).empty());
    EXPECT_EQ(dials(10min + 6s).size(), 1U);
}

TEST_F(Dialling, reserved_peers_are_dialled_beyond_the_slots_and_again_within_a_minute)
{
    for (uint32_t i = 0; i != 20; ++i)
        store.add(id_of(i), {address(i, uint8_t(i))});
    store.add_reserved(id_of(500), {address(50, 50)});
    auto all = dials(0s);
    EXPECT_EQ(all.size(), 9U);
    EXPECT_TRUE(std::ranges::any_of(all, [](const auto& dial) { return dial.peer == id_of(500); }));
    for (const auto& dial : all)
        if (dial.peer != id_of(500))
            up(dial);
    Time last{};
    connector.dial_failed(id_of(500), with_peer(address(50, 50), id_of(500)), now);
    for (Time time = 1s; time != 30min; time += 1s)
        for (const auto& dial : dials(time))
        {
            EXPECT_EQ(dial.peer, id_of(500));
            EXPECT_LE(time - last, 61s);
            last = time;
            connector.dial_failed(dial.peer, dial.address, time);
        }
    EXPECT_GE(last, 28min);
}

TEST_F(Dialling, with_reserved_only_others_are_sent_away_and_nobody_else_is_dialled)
{
    connector.set_reserved_only(true);
    store.add(id_of(1), {address(1, 1)});
    store.add_bootnode(id_of(2), address(2, 2));
    EXPECT_TRUE(dials(0s).empty());
    connector.want({id_of(3), {address(3, 3)}}, now);
    EXPECT_EQ(take<connector_effect::Unreachable>().size(), 1U);
    connector.connected(id_of(4), Role::listener, address(4, 4), now);
    EXPECT_EQ(take<connector_effect::Disconnect>().at(0).peer, id_of(4));
}

TEST_F(Dialling, bootnodes_are_dialled_by_the_lonely_alone)
{
    store.add_bootnode(id_of(1), address(1, 1));
    up(dials(0s).at(0));
    EXPECT_TRUE(connector.holds_slot(id_of(1))); // there is nobody else
    for (uint32_t i = 2; i != 6; ++i)
        store.add(id_of(i), {address(i, uint8_t(i))});
    for (const auto& dial : dials(1min))
        up(dial);
    connector.disconnected(id_of(1), 5min);
    EXPECT_TRUE(dials(6min).empty());
    // Those whom we chose are gone, and strangers that dialled us are no company.
    for (uint32_t i = 2; i != 6; ++i)
    {
        connector.disconnected(id_of(i), 7min);
        connector.connected(id_of(100 + i), Role::listener, address(100, uint8_t(i)), 7min);
    }
    const auto again = dials(7min);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].peer, id_of(1));
}

TEST_F(Dialling, a_connection_for_a_question_ends_unless_it_gets_a_slot)
{
    connector.want({id_of(1), {address(1, 1)}}, now);
    connector.want({id_of(1), {address(1, 1)}}, now);
    const auto dial = take<connector_effect::Dial>();
    ASSERT_EQ(dial.size(), 1U); // one at a time
    up(dial[0], false);
    connector.tick(29s);
    EXPECT_TRUE(take<connector_effect::Disconnect>().empty());
    connector.tick(31s);
    EXPECT_EQ(take<connector_effect::Disconnect>().size(), 1U);
    connector.disconnected(id_of(1), 31s);
    connector.want({id_of(2), {address(2, 2)}}, now = 32s);
    up(take<connector_effect::Dial>().at(0));
    EXPECT_TRUE(connector.holds_slot(id_of(2)));
    connector.tick(2min);
    EXPECT_TRUE(take<connector_effect::Disconnect>().empty());
}

TEST_F(Dialling, many_questions_wait_for_room_and_too_many_are_refused)
{
    const ConnectorLimits limits;
    for (uint32_t i = 0; i != 200; ++i)
        connector.want({id_of(i), {address(i, uint8_t(i))}}, now);
    std::vector<connector_effect::Dial> all;
    size_t refused = 0;
    while (auto effect = connector.next_effect())
    {
        if (auto* dial = std::get_if<connector_effect::Dial>(&*effect))
            all.push_back(*dial);
        if (const auto* lost = std::get_if<connector_effect::Unreachable>(&*effect))
        {
            EXPECT_FALSE(lost->tried);
            ++refused;
        }
    }
    EXPECT_EQ(all.size(), limits.dialling_max);
    EXPECT_EQ(refused, 200 - limits.dialling_max - limits.waiting_max);
    for (const auto& dial : all)
        up(dial, false);
    connector.tick(1s);
    EXPECT_TRUE(take<connector_effect::Dial>().empty()); // just used
    connector.tick(5s);
    EXPECT_EQ(take<connector_effect::Dial>().size(), limits.lookups_max);
    EXPECT_EQ(connector.dialling(), limits.dialling_max);
}

TEST_F(Dialling, a_dial_that_the_transport_refuses_is_no_fault_and_waits)
{
    store.add(id_of(1), {address(1, 1)});
    ASSERT_EQ(dials(0s).size(), 1U);
    connector.dial_refused(id_of(1), now);
    EXPECT_EQ(store.find(id_of(1))->failures, 0U);
    EXPECT_TRUE(dials(10s).empty());
    EXPECT_EQ(dials(31s).size(), 1U);
}

TEST_F(Dialling, a_peer_in_a_slot_that_never_says_what_it_speaks_loses_it)
{
    store.add(id_of(1), {address(1, 1)});
    const auto dial = dials(0s).at(0);
    connector.connected(dial.peer, Role::dialer, dial.address, now);
    EXPECT_EQ(connector.slots(), 1U);
    connector.tick(21s);
    EXPECT_EQ(connector.slots(), 0U);
}

TEST_F(Dialling, peers_reached_before_are_drawn_more_often_and_not_alone)
{
    size_t known = 0;
    for (int round = 0; round != 60; ++round)
    {
        PeerStore peers(self);
        Connector one(self, peers, entropy, {}, {.slots_max = 1});
        peers.reached(id_of(1), address(1, 1), 0s);
        for (uint32_t i = 2; i != 30; ++i)
            peers.add(id_of(i), {address(i, uint8_t(i))});
        one.tick(1s);
        known += std::get<connector_effect::Dial>(*one.next_effect()).peer == id_of(1) ? 1 : 0;
    }
    EXPECT_GE(known, 35U);
    EXPECT_LE(known, 58U);
}

TEST(Peers, a_flood_of_new_ones_displaces_nobody_that_was_reached)
{
    PeerStore store(id_of(9999));
    for (uint32_t i = 0; i != 50; ++i)
        store.reached(id_of(i), address(i, uint8_t(i)), 1s);
    store.add_bootnode(id_of(60), address(60, 60));
    for (uint32_t i = 100; i != 6000; ++i)
        store.add(id_of(i), {address(i, uint8_t(i))});
    EXPECT_LE(store.peers().size(), PeerStore::kPeersMax);
    for (uint32_t i = 0; i != 50; ++i)
        EXPECT_TRUE(store.find(id_of(i)));
    EXPECT_TRUE(store.find(id_of(60)));
    size_t of_one = 0;
    for (uint32_t i = 30000; i != 30100; ++i)
        of_one += store.add(id_of(i), {address(i, 250)}) ? 1 : 0;
    EXPECT_LE(of_one, PeerStore::kOfNetMax);
    store.add(id_of(1), std::vector(100, address(1, 3)));
    for (uint32_t i = 0; i != 100; ++i)
        store.add(id_of(1), {address(i, 4), address(i, 5)});
    EXPECT_LE(store.find(id_of(1))->addresses.size(), PeerStore::kAddressesMax);
    EXPECT_EQ(store.find(id_of(1))->addresses[0], address(1, 1)); // the one that worked
}

TEST(Peers, what_is_saved_is_loaded_with_its_ages_and_bans)
{
    const auto self = id_of(9999);
    PeerStore store(self);
    store.reached(id_of(1), address(1, 1), 100s);
    store.add(id_of(2), {address(2, 2), address(3, 3)});
    store.failed(id_of(2), 100s);
    const auto bytes = store.save({{id_of(7), 300s}, {id_of(8), 60s}}, 160s, 1000);
    PeerStore again(self);
    const auto bans = again.load(bytes, 5s, 1100);
    ASSERT_TRUE(bans);
    EXPECT_EQ(*bans, (std::vector<Ban>{{id_of(7), 201s}})); // the other's is over
    EXPECT_EQ(again.find(id_of(1))->reached, 5s - 160s);
    EXPECT_EQ(again.find(id_of(1))->addresses, std::vector{address(1, 1)});
    EXPECT_EQ(again.find(id_of(2))->addresses.size(), 2U);
    EXPECT_EQ(again.find(id_of(2))->failures, 1U);
    EXPECT_EQ(again.find(id_of(2))->retry_at, 0s); // a new run may try at once
}

TEST(Peers, every_cut_and_every_changed_byte_of_a_file_is_refused)
{
    PeerStore store(id_of(9999));
    for (uint32_t i = 0; i != 3; ++i)
        store.reached(id_of(i), address(i, uint8_t(i)), 0s);
    const auto bytes = store.save({{id_of(7), 300s}}, 1s, 1000);
    for (size_t size = 0; size != bytes.size(); ++size)
        EXPECT_FALSE(PeerStore(id_of(1)).load(ByteView(bytes).first(size), 0s, 0));
    for (size_t i = 0; i != bytes.size(); ++i)
    {
        auto changed = bytes;
        changed[i] ^= 1;
        EXPECT_FALSE(PeerStore(id_of(1)).load(changed, 0s, 0)) << i;
    }
    EXPECT_FALSE(PeerStore(id_of(1)).load(Bytes(PeerStore::kSavedMax + 1), 0s, 0));
}

TEST(Reputation, bans_outlive_a_restart)
{
    ReputationTable before, after;
    before.change(id_of(1), -2000, 0s);
    before.change(id_of(2), -10, 0s);
    const auto bans = before.bans(60s);
    ASSERT_EQ(bans, (std::vector<Ban>{{id_of(1), 9min}}));
    after.restore(bans[0], 5s);
    EXPECT_TRUE(after.banned(id_of(1), 9min));
    EXPECT_FALSE(after.banned(id_of(1), 9min + 5s));
}

} // namespace
} // namespace libp2p
