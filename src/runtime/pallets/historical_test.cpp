#include "runtime/testing/chain.hpp"
#include "runtime/testing/keys.hpp"
#include "runtime/testing/world.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using Historical = historical::Pallet<Runtime>;

std::vector<base::Digest> leaves(size_t count)
{
    std::vector<base::Digest> all;
    for (size_t i = 0; i != count; ++i)
        all.push_back(seat_tree::leaf(Bytes{uint8_t(i)}));
    return all;
}

TEST(SeatTree, of_up_to_40_leaves_is_climbed_by_each_leaf_at_its_own_place_only)
{
    const World world;
    for (size_t count = 1; count <= 40; ++count)
    {
        const auto all = leaves(count);
        const auto root = seat_tree::root(all);
        for (size_t i = 0; i != count; ++i)
        {
            std::vector<base::Digest> branch;
            EXPECT_EQ(seat_tree::root(all, i, &branch), root);
            for (size_t at = 0; at != count + 2; ++at)
                EXPECT_EQ(seat_tree::climb(all[i], at, count, branch) == root, at == i) << count << " " << i;
            auto longer = branch;
            longer.push_back(root);
            EXPECT_FALSE(seat_tree::climb(all[i], i, count, longer));
            if (!branch.empty())
            {
                EXPECT_FALSE(seat_tree::climb(all[i], i, count, std::span{branch}.first(branch.size() - 1)));
                EXPECT_NE(seat_tree::climb(all[(i + 1) % count], i, count, branch), root);
            }
        }
    }
}

TEST(SeatTree, takes_no_node_for_a_leaf_and_no_longer_list_for_a_shorter_one)
{
    const World world;
    const auto all = leaves(3);
    Bytes pair;
    for (const auto& one : {all[0], all[1]})
        pair.insert(pair.end(), one.begin(), one.end());
    EXPECT_NE(seat_tree::leaf(pair), seat_tree::node(all[0], all[1]));
    // The last leaf repeated is another list with another root.
    auto repeated = all;
    repeated.push_back(all.back());
    EXPECT_NE(seat_tree::root(all), seat_tree::root(repeated));
}

session::Queued seats_of(std::initializer_list<std::pair<uint8_t, uint32_t>> holdings)
{
    session::Queued seats;
    for (const auto& [who, count] : holdings)
        for (uint32_t i = 0; i != count; ++i)
            seats.emplace_back(account(who), SeatKeys{"//" + std::to_string(who) + "//" + std::to_string(i)}.keys());
    return seats;
}

TEST(Historical, proves_every_key_of_every_seat)
{
    const World world;
    const auto seats = seats_of({{1, 1}, {2, 3}, {3, 2}});
    session::CurrentIndex::put(7);
    Historical::on_new_session(7, seats);
    for (const auto& [owner, keys] : seats)
        for (const auto& key : keys.keys())
        {
            const auto proof = historical::prove(key);
            ASSERT_TRUE(proof);
            const auto held = uint32_t(std::ranges::count(seats, owner, &session::Queued::value_type::first));
            EXPECT_EQ(historical::check(key, *proof), (historical::Membership{owner, held, 6, 7}));
        }
    EXPECT_FALSE(historical::prove(SeatKeys{"//Stranger"}.keys().keys()[0]));
}

/// Forgery by hand: every byte of every node, the session, the number of seats, the number of nodes, other keys.
TEST(Historical, believes_no_changed_proof)
{
    const World world;
    const auto seats = seats_of({{1, 3}, {2, 4}});
    session::CurrentIndex::put(7);
    Historical::on_new_session(6, seats);
    Historical::on_new_session(7, seats);
    const auto key = seats[4].second.keys()[1];
    const auto good = historical::prove(key).value();
    ASSERT_TRUE(historical::check(key, good));
    const auto refuses = [&](const historical::MembershipProof& proof) {
        const auto found = historical::check(key, proof);
        return !found;
    };
    for (size_t node = 0; node != good.trie_nodes.size(); ++node)
        for (size_t byte = 0; byte != good.trie_nodes[node].size(); ++byte)
        {
            auto forged = good;
            forged.trie_nodes[node][byte] ^= 1;
            EXPECT_TRUE(refuses(forged)) << node << " " << byte;
        }
    for (size_t node = 0; node != good.trie_nodes.size(); ++node)
    {
        auto forged = good;
        forged.trie_nodes[node].push_back(0);
        EXPECT_TRUE(refuses(forged));
        forged.trie_nodes[node].clear();
        EXPECT_TRUE(refuses(forged));
        forged.trie_nodes.erase(forged.trie_nodes.begin() + std::ptrdiff_t(node));
        EXPECT_TRUE(refuses(forged));
    }
    auto forged = good;
    forged.session = 6; // the same seats, an earlier session
    EXPECT_TRUE(refuses(forged));
    forged.session = 8;
    EXPECT_TRUE(refuses(forged));
    for (const uint32_t count : {0, 1, 6, 8})
    {
        forged = good;
        forged.validator_count = count;
        EXPECT_TRUE(refuses(forged));
    }
    forged = good;
    forged.trie_nodes.resize(40, Bytes(32));
    EXPECT_TRUE(refuses(forged));
    EXPECT_FALSE(historical::check(seats[5].second.keys()[1], good)) << "a key of another seat";
    EXPECT_FALSE(historical::check({session::kAuthorityDiscoveryKey, seats[4].second.keys()[0].second}, good))
        << "the bytes of a key as a key of another kind";
}

TEST(Historical, forgets_sessions_after_168_and_what_was_reported_of_them)
{
    const World world;
    const auto seats = seats_of({{1, 2}});
    const auto key = seats[0].second.keys()[0];
    session::CurrentIndex::put(0);
    Historical::on_new_session(0, seats);
    offences::ReportCount::insert(0, account(1), 3);
    const auto proof = historical::prove(key).value();
    for (SessionIndex i = 1; i <= historical::kSessionsKept; ++i)
    {
        EXPECT_TRUE(historical::check(key, proof)) << i;
        Historical::on_new_session(i, seats);
    }
    EXPECT_TRUE(historical::check(key, proof));
    EXPECT_EQ(offences::ReportCount::get(0, account(1)), 3u);
    Historical::on_new_session(historical::kSessionsKept + 1, seats);
    EXPECT_FALSE(historical::check(key, proof));
    EXPECT_EQ(offences::ReportCount::get(0, account(1)), 0u);
    EXPECT_EQ(historical::StoredRange::get(), (std::pair<SessionIndex, SessionIndex>{1, 170}));
}

TEST(AuthorityDiscovery, names_the_keys_of_this_session_and_the_next_each_once)
{
    Chain chain;
    using Ids = std::vector<session::AuthorityDiscoveryId>;
    const auto old_id = SeatKeys{"//Alice"}.keys().authority_discovery;
    const SeatKeys seat{"//New"};
    const auto new_id = seat.keys().authority_discovery;
    EXPECT_EQ(chain.query<Ids>("AuthorityDiscoveryApi_authorities"), Ids{old_id});
    chain.build({chain.signed_by(alice(), set_keys(alice().id(), seat))});
    while (chain.best().number < 21)
        chain.build();
    Ids both{old_id, new_id};
    std::ranges::sort(both);
    EXPECT_EQ(chain.query<Ids>("AuthorityDiscoveryApi_authorities"), both);
    while (chain.best().number < 41)
        chain.build();
    EXPECT_EQ(chain.query<Ids>("AuthorityDiscoveryApi_authorities"), Ids{new_id});
}

} // namespace
} // namespace runtime
