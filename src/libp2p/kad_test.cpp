#include "libp2p/testing/kad_world.hpp"

#include <gtest/gtest.h>

/// Kademlia machines among themselves: one seed, no sockets.
namespace libp2p {
namespace {

using namespace std::chrono_literals;
using testing::bytes_of;
using testing::KadWorld;
using testing::pattern;
using Member = KadWorld::Member;

/// A value is its version, a colon and anything: the highest version is best.
KadRules versions()
{
    return {.valid = [](ByteView, ByteView value) { return value.size() > 2 && value[1] == ':'; },
            .best =
                [](ByteView, std::span<const Bytes> values) {
                    return size_t(std::ranges::max_element(values) - values.begin());
                }};
}

struct KadNetwork : ::testing::Test
{
    /// Members 1 to `count`, who know the first at the start, after `time`.
    void make(uint32_t count, Time time = 30s)
    {
        for (uint32_t i = 1; i <= count; ++i)
            all.push_back(&world.add(i, versions()));
        for (auto* member : all)
            world.connect(*member, *all[0]);
        world.run(time);
    }
    /// Of an answer to `from`, by its machine.
    static std::optional<KadMessage> ask(Member& to, const PeerId& from, const KadMessage& message, Time now)
    {
        to.kad.connected(from, now);
        const auto answer = to.kad.request(from, message.encode(), now);
        return answer ? decode_kad(*answer) : std::nullopt;
    }

    KadWorld world;
    std::vector<Member*> all;
};

/// Each looks for five others, so that each is looked for by five.
TEST_F(KadNetwork, fifty_machines_that_know_one_find_all_others)
{
    make(50, 40s);
    for (size_t i = 0; i != 250; ++i)
    {
        auto& from = *all[i / 5];
        const auto& to = *all[(i / 5 + 1 + i % 5 * 10) % all.size()];
        ASSERT_NE(&from, &to);
        ASSERT_TRUE(from.kad.find_node(to.id, world.now));
        const auto found = world.wait_for<kad_effect::Closest>(from);
        ASSERT_TRUE(found && !found->peers.empty());
        ASSERT_EQ(found->peers[0].peer, to.id);
        EXPECT_EQ(found->peers[0].addresses, std::vector{to.address});
    }
}

TEST_F(KadNetwork, values_are_found_by_all_and_of_several_the_best_wins)
{
    make(30);
    const auto key = bytes_of("/zkp/one");
    EXPECT_FALSE(all[3]->kad.put_value({.key = key, .value = bytes_of("no version")}, world.now));
    ASSERT_TRUE(all[3]->kad.put_value({.key = key, .value = bytes_of("1:old")}, world.now));
    EXPECT_EQ(world.wait_for<kad_effect::Stored>(*all[3])->peers, 20U);
    ASSERT_TRUE(all[9]->kad.put_value({.key = key, .value = bytes_of("2:new")}, world.now));
    EXPECT_GE(world.wait_for<kad_effect::Stored>(*all[9])->peers, 18U); // but 3, who has put the old one
    ASSERT_TRUE(all[3]->kad.put_value({.key = key, .value = bytes_of("1:old")}, world.now));
    EXPECT_LE(world.wait_for<kad_effect::Stored>(*all[3])->peers, 1U); // an old one does not replace it
    for (auto* member : all)
    {
        ASSERT_TRUE(member->kad.get_value(key, 5, world.now));
        const auto found = world.wait_for<kad_effect::Value>(*member);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->best, bytes_of("2:new"));
        EXPECT_GE(found->holders, 5U);
    }
    ASSERT_TRUE(all[5]->kad.get_value(bytes_of("none"), 1, world.now));
    const auto none = world.wait_for<kad_effect::Value>(*all[5]);
    EXPECT_TRUE(none && !none->best && none->holders == 0);
}

TEST_F(KadNetwork, providers_are_found_also_when_some_of_the_nearest_have_left)
{
    make(40);
    const auto key = pattern(34, 7);
    for (const size_t i : {4, 11, 20})
    {
        ASSERT_TRUE(all[i]->kad.provide(key, world.now));
        EXPECT_EQ(world.wait_for<kad_effect::Stored>(*all[i])->peers, 20U);
    }
    std::vector<PeerId> holders;
    for (const auto* member : all)
        if (member->kad.providers().keys() != 0 && member != all[4] && member != all[11] && member != all[20])
            holders.push_back(member->id);
    for (size_t i = 0; i + 6 < holders.size(); ++i)
        world.leave(holders[i]);
    for (auto& [id, member] : world.members)
    {
        ASSERT_TRUE(member->kad.find_providers(key, 3, world.now));
        const auto found = world.wait_for<kad_effect::Providers>(*member);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->peers.size(), 3U);
    }
}

TEST_F(KadNetwork, among_many_garbage_peers_the_honest_are_still_found)
{
    make(20);
    // Twelve liars: junk, huge lists of peers that do not exist, themselves, or nothing.
    for (uint32_t i = 0; i != 12; ++i)
    {
        auto& liar = world.add(1000 + i);
        liar.answers = [i, &liar](const PeerId&, ByteView) -> std::optional<Bytes> {
            KadMessage message{.type = KadType::find_node};
            if (i % 4 == 0)
                return pattern(5000, i);
            if (i % 4 == 1)
                for (uint32_t fake = 0; fake != 300; ++fake)
                    message.closer.push_back({Member::id_of(5000 + i * 300 + fake), {Member::address_of(9).bytes()}});
            if (i % 4 == 2)
                message.closer.assign(20, {liar.id, {liar.address.bytes()}});
            return i % 4 == 3 ? std::nullopt : std::optional(message.encode());
        };
        for (auto* member : all)
            world.connect(liar, *member);
    }
    world.run(15s);
    for (size_t i = 0; i != all.size(); ++i)
    {
        auto& from = *all[i];
        const auto& to = *all[(i * 7 + 3) % all.size()];
        if (&from == &to)
            continue;
        ASSERT_TRUE(from.kad.find_node(to.id, world.now));
        const auto found = world.wait_for<kad_effect::Closest>(from);
        ASSERT_TRUE(found && !found->peers.empty()) << i;
        EXPECT_EQ(found->peers[0].peer, to.id) << i;
        EXPECT_GT(from.junk, 0U);
        EXPECT_FALSE(from.kad.table().contains(Member::id_of(1003))); // never answered
    }
}

TEST_F(KadNetwork, ids_near_the_victim_do_not_displace_those_who_came_first)
{
    make(30, 60s);
    auto& victim = *all[7];
    const auto before = victim.kad.table().peers();
    ASSERT_GE(before.size(), 20U);
    // The nearest of 3,000 ids: what an attacker grinds in a moment.
    std::vector<uint32_t> numbers(3000);
    for (uint32_t i = 0; i != numbers.size(); ++i)
        numbers[i] = 10000 + i;
    const auto point = kad_point(victim.id);
    std::ranges::sort(numbers, {}, [&](auto n) { return kad_distance(kad_point(Member::id_of(n)), point); });
    for (size_t i = 0; i != 40; ++i)
        world.connect(world.add(numbers[i]), victim);
    world.run(20s);
    for (const auto& peer : before)
        EXPECT_TRUE(victim.kad.table().contains(peer));
    for (const auto* to : all)
        if (to != &victim)
        {
            ASSERT_TRUE(victim.kad.find_node(to->id, world.now));
            const auto found = world.wait_for<kad_effect::Closest>(victim);
            EXPECT_TRUE(found && !found->peers.empty() && found->peers[0].peer == to->id);
        }
}

TEST_F(KadNetwork, a_query_through_endless_liars_ends_in_time_and_in_questions)
{
    auto& victim = world.add(1);
    uint32_t next = 100000;
    size_t asked = 0;
    // Each liar knows twenty more, all of them there, each time nearer or farther: a network without end.
    std::function<std::optional<Bytes>(const PeerId&, ByteView)> answers = [&](const PeerId&, ByteView) {
        ++asked;
        KadMessage message{.type = KadType::find_node};
        for (int i = 0; i != 20; ++i)
        {
            auto& more = world.add(next++);
            more.answers = answers;
            message.closer.push_back({more.id, {more.address.bytes()}});
        }
        return std::optional(message.encode());
    };
    auto& first = world.add(2);
    first.answers = answers;
    world.connect(victim, first);
    world.run(500ms);
    victim.kad.set_walking(false);
    asked = 0;
    const auto began = world.now;
    ASSERT_TRUE(victim.kad.find_node(Member::id_of(77), world.now));
    ASSERT_TRUE(world.wait_for<kad_effect::Closest>(victim));
    EXPECT_LE(world.now - began, KadQueryLimits{}.wait);
    EXPECT_LE(asked, KadQueryLimits{}.asked_max + KadLimits{}.probes_max);
}

TEST_F(KadNetwork, a_dead_contact_is_forgotten_and_a_late_answer_changes_nothing)
{
    make(10);
    auto& node = *all[1];
    const auto gone = all[5]->id;
    ASSERT_TRUE(node.kad.table().contains(gone));
    world.leave(gone);
    world.run(2h);
    EXPECT_FALSE(node.kad.table().contains(gone));
    EXPECT_EQ(node.kad.table().size(), 8U);
    node.kad.response(1, Bytes{}, world.now);
    node.kad.response(1U << 30, std::unexpected(RequestFailure::timeout), world.now);
}

TEST_F(KadNetwork, a_peer_that_asks_too_often_gets_nothing_until_it_has_waited)
{
    auto& node = world.add(1);
    const auto peer = Member::id_of(2);
    const KadMessage question{.type = KadType::ping};
    size_t answered = 0;
    for (int i = 0; i != 1000; ++i)
        answered += ask(node, peer, question, 1s) ? 1 : 0;
    EXPECT_EQ(answered, KadLimits{}.burst);
    EXPECT_TRUE(ask(node, peer, question, 1100ms));
    EXPECT_FALSE(ask(node, peer, question, 1100ms));
    EXPECT_TRUE(ask(node, Member::id_of(3), question, 1100ms)); // others are not its fault
}

TEST_F(KadNetwork, only_valid_values_and_the_senders_own_offers_are_stored)
{
    auto& node = world.add(1, versions());
    const auto peer = Member::id_of(2), other = Member::id_of(3);
    const auto put = [&](std::string_view key, std::string_view record_key, std::string_view value) {
        KadMessage message{.type = KadType::put_value, .key = bytes_of(key)};
        message.record = KadRecord{.key = bytes_of(record_key), .value = bytes_of(value)};
        return ask(node, peer, message, 0s).has_value();
    };
    EXPECT_TRUE(put("a", "a", "1:x"));
    EXPECT_FALSE(put("a", "b", "1:x"));
    EXPECT_FALSE(put("b", "b", "junk"));
    EXPECT_FALSE(ask(node, peer, {.type = KadType::put_value, .key = bytes_of("c")}, 0s));
    EXPECT_EQ(node.kad.records().size(), 1U);

    KadMessage offer{.type = KadType::add_provider, .key = bytes_of("k")};
    for (const auto& each : {peer, other})
        offer.providers.push_back({each, {Member::address_of(9).bytes()}});
    EXPECT_FALSE(ask(node, peer, offer, 0s)); // it has no answer
    const auto known = node.kad.providers().get(bytes_of("k"), 0s);
    ASSERT_EQ(known.size(), 1U);
    EXPECT_EQ(known[0].peer, peer);
    const auto told = ask(node, other, {.type = KadType::get_providers, .key = bytes_of("k")}, 0s);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->providers.size(), 1U);

    node.kad.connected(peer, 0s);
    EXPECT_FALSE(node.kad.request(peer, pattern(100), 0s));
    bool junk = false;
    while (const auto effect = node.kad.next_effect())
        junk |= std::holds_alternative<kad_effect::Junk>(*effect);
    EXPECT_TRUE(junk);
    EXPECT_FALSE(node.kad.request(Member::id_of(50), KadMessage{.type = KadType::ping}.encode(), 0s)); // not connected
}

TEST_F(KadNetwork, an_answer_leaves_the_asker_out_and_keeps_within_the_message_bound)
{
    make(40, 60s);
    for (auto* member : all)
    {
        const auto& peer = all[3]->id;
        const auto answer = ask(*member, peer, {.type = KadType::find_node, .key = peer.multihash()}, world.now);
        ASSERT_TRUE(answer);
        EXPECT_LE(answer->closer.size(), 20U);
        EXPECT_EQ(std::ranges::find(answer->closer, peer, &KadPeer::peer), answer->closer.end());
    }
}

TEST_F(KadNetwork, walks_slow_down_from_a_second_to_a_minute_and_stop_when_told)
{
    auto& node = world.add(1);
    auto& other = world.add(2);
    world.connect(node, other);
    world.run(10s);
    const auto early = other.asked;
    EXPECT_GE(early, 2U);
    world.run(10min);
    EXPECT_LE(other.asked - early, 14U);
    node.kad.set_walking(false);
    other.kad.set_walking(false);
    world.run(2min);
    const auto later = other.asked;
    world.run(8min);
    EXPECT_LE(other.asked - later, 1U); // nothing but the question whether it lives
}

TEST_F(KadNetwork, queries_at_a_time_are_bounded_and_one_without_peers_ends_at_once)
{
    auto& node = world.add(1);
    for (size_t i = 0; i != KadLimits{}.queries_max; ++i)
        EXPECT_TRUE(node.kad.find_node(Member::id_of(uint32_t(i)), 0s));
    EXPECT_FALSE(node.kad.find_node(Member::id_of(9), 0s));
    node.kad.tick(0s);
    EXPECT_EQ(node.kad.queries(), 0U);
    EXPECT_FALSE(node.kad.get_value({}, 1, 0s));
    EXPECT_FALSE(node.kad.get_value(Bytes(KadRecord::kKeyMax + 1), 1, 0s));
}

} // namespace
} // namespace libp2p
