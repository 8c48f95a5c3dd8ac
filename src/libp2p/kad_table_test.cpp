#include "libp2p/kad_store.hpp"
#include "libp2p/testing/kad_world.hpp"

#include <gtest/gtest.h>

/// Messages, points, the table, the stores and addresses: the parts of Kademlia.
namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::from_hex;
using testing::pattern;
using Member = testing::KadWorld::Member;

KadContact contact(uint32_t number) { return {Member::id_of(number), {Member::address_of(number)}}; }

Multiaddr address(std::string_view text) { return *address_of_text(text); }

TEST(KadMessages, what_is_written_is_read_and_has_the_fields_of_the_specification)
{
    KadMessage message{.type = KadType::get_value, .key = bytes_of("key")};
    message.record = KadRecord{.key = bytes_of("key"), .value = bytes_of("v"), .publisher = PeerId{}, .ttl_s = 300};
    message.closer.push_back({Member::id_of(1), {address("/ip4/1.2.3.4/tcp/5").bytes()}});
    message.providers.push_back({Member::id_of(2)});
    EXPECT_EQ(decode_kad(message.encode()), message);

    const KadMessage find{.type = KadType::find_node, .key = bytes_of("ab")};
    EXPECT_EQ(find.encode(), from_hex("080412026162"));
    EXPECT_EQ(decode_kad({})->type, KadType::put_value); // proto3 leaves the first value out
    // Field 10 (clusterLevelRaw), field 5 of a record (timeReceived) and field 3 of a peer are read over.
    EXPECT_TRUE(decode_kad(from_hex("0804120261625000"
                                    "1a0a0a016b120176"
                                    "2a023132"
                                    "42021801")));
}

TEST(KadMessages, what_is_too_long_unknown_or_broken_is_refused_and_foreign_ids_are_passed_over)
{
    EXPECT_FALSE(decode_kad(from_hex("0806")));
    EXPECT_FALSE(decode_kad(from_hex("12ff")));
    EXPECT_FALSE(decode_kad(KadMessage{.type = KadType::ping, .key = Bytes(KadRecord::kKeyMax + 1)}.encode()));
    KadMessage large{.type = KadType::put_value};
    large.record = KadRecord{.key = {}, .value = Bytes(KadRecord::kValueMax + 1)};
    EXPECT_FALSE(decode_kad(large.encode()));
    EXPECT_EQ(decode_kad(from_hex("420a0a0612040102030412004200"))->closer.size(), 0U);
}

TEST(KadMessages, long_lists_are_cut_when_read_and_when_written)
{
    KadMessage message{.type = KadType::find_node};
    for (uint32_t i = 0; i != 100; ++i)
        message.closer.push_back({Member::id_of(i), std::vector<Bytes>(20, Bytes(100, 1))});
    EXPECT_LE(message.encode().size(), kKadPeersBytesMax + KadRecord::kKeyMax);
    const auto few = decode_kad(message.encode());
    ASSERT_TRUE(few);
    EXPECT_GT(few->closer.size(), 3U);
    EXPECT_EQ(few->closer[0].addresses.size(), KadPeer::kAddressesMax);
    for (auto& peer : message.closer)
        peer.addresses.resize(1);
    const auto many = decode_kad(message.encode());
    ASSERT_TRUE(many);
    EXPECT_EQ(many->closer.size(), KadMessage::kPeersMax);
}

TEST(Addresses, only_global_ones_are_kept_unless_local_ones_are_allowed)
{
    const auto peer = Member::id_of(1);
    for (const auto* text : {"/ip4/8.8.8.8/tcp/30333", "/ip6/2a00:1450::1/tcp/1/ws", "/dns/example.org/tcp/443/wss",
                             "/ip4/8.8.4.4/udp/30333/quic-v1"})
    {
        EXPECT_EQ(reach_of(address(text)), Reach::global) << text;
        EXPECT_TRUE(AddressRules{}.kept(address(text), peer)) << text;
    }
    for (const auto* text :
         {"/ip4/10.1.2.3/tcp/1", "/ip4/172.31.0.1/tcp/1", "/ip4/192.168.1.1/tcp/1", "/ip4/100.64.0.1/tcp/1",
          "/ip4/127.0.0.1/tcp/1", "/ip4/169.254.169.254/tcp/80", "/ip6/::1/tcp/1", "/ip6/fd00::1/tcp/1",
          "/ip6/fe80::1/tcp/1", "/ip6/::ffff:10.0.0.1/tcp/1", "/dns/localhost/tcp/1", "/dns4/printer.local/tcp/1"})
    {
        EXPECT_EQ(reach_of(address(text)), Reach::local) << text;
        EXPECT_FALSE(AddressRules{}.kept(address(text), peer)) << text;
        EXPECT_TRUE(AddressRules{.allow_local = true}.kept(address(text), peer)) << text;
    }
    for (const auto* text :
         {"/ip4/0.0.0.0/tcp/1", "/ip4/224.0.0.1/tcp/1", "/ip4/255.255.255.255/tcp/1", "/ip4/192.0.2.1/tcp/1",
          "/ip6/::/tcp/1", "/ip6/ff02::1/tcp/1", "/ip6/2001:db8::1/tcp/1", "/tcp/1", "/ip4/8.8.8.8",
          "/ip4/8.8.8.8/tcp/0", "/ip4/8.8.8.8/ws", "/dnsaddr/example.org/tcp/1"})
        EXPECT_FALSE(AddressRules{.allow_local = true}.kept(address(text), peer)) << text;
}

TEST(Addresses, an_address_of_another_peer_or_through_a_relay_is_none)
{
    const auto peer = Member::id_of(1);
    const auto plain = address("/ip4/8.8.8.8/tcp/1");
    EXPECT_EQ(AddressRules{}.kept(with_peer(plain, peer), peer), plain);
    EXPECT_FALSE(AddressRules{}.kept(with_peer(plain, Member::id_of(2)), peer));
    auto relayed = with_peer(plain, Member::id_of(2));
    relayed.parts.push_back({AddressCode::p2p_circuit, {}});
    EXPECT_FALSE(AddressRules{}.kept(with_peer(relayed, peer), peer));
    EXPECT_FALSE(AddressRules{}.kept(address("/dns/" + std::string(200, 'a') + "/tcp/1"), peer));
    EXPECT_EQ(AddressRules{}.kept({plain.bytes(), plain.bytes(), {1, 2, 3}, Bytes(600)}, peer, 4), std::vector{plain});
}

TEST(KadTable, the_closest_are_those_that_sorting_all_by_distance_gives)
{
    const PeerId self = Member::id_of(0);
    KadTable table(self, true);
    std::vector<PeerId> all;
    for (uint32_t i = 1; i != 200; ++i)
        if (table.add(contact(i), 0s))
            all.push_back(Member::id_of(i));
    EXPECT_EQ(table.size(), all.size());
    EXPECT_LT(all.size(), 199U); // half of all peers want the farthest bucket
    for (uint32_t target = 300; target != 310; ++target)
    {
        const auto point = kad_point(Member::id_of(target));
        std::ranges::sort(all, {}, [&](const auto& id) { return kad_distance(kad_point(id), point); });
        const auto closest = table.closest(point, 20);
        ASSERT_EQ(closest.size(), 20U);
        for (size_t i = 0; i != closest.size(); ++i)
            EXPECT_EQ(closest[i].peer, all[i]);
    }
    EXPECT_FALSE(table.add({self, {Member::address_of(0)}}, 0s));
    EXPECT_FALSE(table.add({Member::id_of(999), {}}, 0s));
}

TEST(KadTable, newcomers_take_the_place_of_those_that_failed_and_of_nobody_else)
{
    KadTable table(Member::id_of(0), true);
    std::vector<uint32_t> in, out;
    for (uint32_t i = 1; i != 300; ++i)
        (table.add(contact(i), 0s) ? in : out).push_back(i);
    ASSERT_GT(out.size(), 50U);
    for (const auto number : out)
        EXPECT_FALSE(table.add(contact(number), 1h));
    for (const auto number : in)
        EXPECT_TRUE(table.contains(Member::id_of(number)));
    for (const auto number : in)
        table.failed(Member::id_of(number));
    table.reached(Member::id_of(in[0]), 1h);
    EXPECT_EQ(table.size(), in.size()); // once is no proof
    size_t taken = 0;
    for (const auto number : out)
        taken += table.add(contact(number), 1h) ? 1 : 0;
    EXPECT_GT(taken, 0U);
    EXPECT_TRUE(table.contains(Member::id_of(in[0])));
    const auto last = Member::id_of(in[0]);
    for (uint32_t i = 0; i != KadTable::kFailuresMax; ++i)
        table.failed(last);
    EXPECT_FALSE(table.contains(last));
}

TEST(KadTable, one_network_gets_few_places_of_a_bucket)
{
    KadTable table(Member::id_of(0), false);
    size_t taken = 0;
    for (uint32_t i = 1; i != 200; ++i)
        taken += table.add({Member::id_of(i), {address_of_socket(Bytes{8, 8, uint8_t(i), 1}, 1)}}, 0s) ? 1 : 0;
    EXPECT_LE(taken, 10 * KadTable::kOfNetMax);
    EXPECT_TRUE(table.add({Member::id_of(201), {address_of_socket(Bytes{9, 9, 9, 9}, 1)}}, 0s));
}

TEST(KadRecords, those_nearest_to_us_and_our_own_stay_when_it_is_full)
{
    const auto self = Member::id_of(0);
    KadRecords records(self, {.records_max = 10, .records_of_peer_max = 8});
    const KadRecord own{.key = bytes_of("own"), .value = bytes_of("v")};
    EXPECT_TRUE(records.put(own, self, 0s));
    size_t kept = 0;
    for (uint32_t i = 0; i != 100; ++i)
        kept += records.put({.key = pattern(8, i), .value = bytes_of("v")}, Member::id_of(1 + i % 20), 0s) ? 1 : 0;
    EXPECT_EQ(records.size(), 10U);
    EXPECT_LT(kept, 100U);
    EXPECT_TRUE(records.get(own.key, 0s));
    std::vector<Bytes> keys;
    for (uint32_t i = 0; i != 100; ++i)
        keys.push_back(pattern(8, i));
    std::ranges::sort(keys, {}, [&](const auto& key) { return kad_distance(kad_point(key), kad_point(self)); });
    for (size_t i = 0; i != 9; ++i)
        EXPECT_TRUE(records.get(keys[i], 0s)) << i;
}

TEST(KadRecords, one_peer_fills_only_its_share_and_all_ends_with_time)
{
    const auto self = Member::id_of(0), peer = Member::id_of(1);
    KadRecords records(self, {.records_bytes_max = 1000, .records_of_peer_max = 3});
    for (uint32_t i = 0; i != 10; ++i)
        EXPECT_EQ(records.put({.key = pattern(4, i), .value = Bytes(10)}, peer, 0s), i < 3);
    EXPECT_TRUE(records.put({.key = pattern(4, 0), .value = Bytes(20)}, peer, 0s)); // again, larger
    EXPECT_EQ(records.bytes(), 4U * 3 + 10 + 10 + 20);
    EXPECT_FALSE(records.put({.key = pattern(4, 99), .value = Bytes(2000)}, self, 0s));
    EXPECT_TRUE(records.put({.key = bytes_of("short"), .value = {}, .ttl_s = 60}, Member::id_of(2), 0s));
    EXPECT_TRUE(records.get(bytes_of("short"), 59s));
    EXPECT_FALSE(records.get(bytes_of("short"), 60s));
    records.expire(36h);
    EXPECT_EQ(records.size(), 0U);
    EXPECT_EQ(records.bytes(), 0U);
}

TEST(KadProviders, keys_providers_of_a_key_and_keys_of_a_provider_are_bounded)
{
    KadProviders providers({.provided_keys_max = 5, .providers_of_key_max = 4, .keys_of_provider_max = 3});
    for (uint32_t i = 1; i != 30; ++i)
        providers.add(bytes_of("a"), contact(i), 0s);
    const auto of_a = providers.get(bytes_of("a"), 0s);
    ASSERT_EQ(of_a.size(), 4U);
    const auto far = [](const PeerId& id) { return kad_distance(kad_point(id), kad_point(bytes_of("a"))); };
    for (uint32_t i = 1; i != 30; ++i)
        if (std::ranges::find(of_a, Member::id_of(i), &KadContact::peer) == of_a.end())
            EXPECT_GT(far(Member::id_of(i)), far(of_a.back().peer));
    for (uint32_t i = 0; i != 6; ++i)
        EXPECT_EQ(providers.add(pattern(3, i), contact(100), 0s), i < 3);
    EXPECT_TRUE(providers.add(bytes_of("b"), contact(101), 0s));
    EXPECT_FALSE(providers.add(bytes_of("c"), contact(101), 0s)); // a sixth key
    EXPECT_TRUE(providers.add(bytes_of("b"), contact(101), 1h));  // again: lives longer
    providers.expire(36h);
    EXPECT_EQ(providers.keys(), 1U);
    EXPECT_EQ(providers.get(bytes_of("b"), 36h).size(), 1U);
    providers.expire(37h);
    EXPECT_EQ(providers.keys(), 0U);
}

} // namespace
} // namespace libp2p
