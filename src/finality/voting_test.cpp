#include "finality/testing/tree.hpp"
#include "finality/voting.hpp"

#include "signature/ed25519.hpp"

#include <gtest/gtest.h>

namespace finality {
namespace {

namespace grandpa = primitives::grandpa;
namespace wire = protocols::grandpa;
using signature::ed25519::Keypair;
using testing::child_of;
using testing::id_of;
using testing::Tree;

/// A node that follows four voters, and its peers.
struct VotingCase : ::testing::Test
{
    Header base, a = child_of(base), b = child_of(a);
    Tree tree{base};
    std::vector<Keypair> pairs;
    VoterOptions options{.set = {.id = 7, .authorities = {}}, .base = id_of(base)};
    std::optional<Voting> voting;
    static constexpr PeerKey kOne{1}, kTwo{2}, kLight{3};

    VotingCase()
    {
        tree.add(a);
        tree.add(b);
        for (uint8_t i = 0; i != 5; ++i)
        {
            signature::Seed seed;
            seed.expose()[0] = uint8_t(i + 1);
            pairs.push_back(Keypair::from_seed(seed));
            if (i != 4)
                options.set.authorities.push_back({{pairs.back().public_key()}, 1});
        }
        voting.emplace(tree, options, Time(0));
        voting->peer_joined(kOne, false, {});
        voting->peer_joined(kTwo, false, {});
        voting->peer_joined(kLight, true, {});
        (void)effects();
    }
    std::vector<Effect> effects()
    {
        std::vector<Effect> all;
        while (auto effect = voting->next_effect())
            all.push_back(std::move(*effect));
        return all;
    }
    /// What was sent to a peer since the last call, and what it cost or earned one.
    struct Heard
    {
        std::vector<wire::Message> messages;
        int32_t change = 0;
    };
    std::map<PeerKey, Heard> outcome()
    {
        std::map<PeerKey, Heard> by_peer;
        for (const auto& effect : effects())
        {
            if (const auto* send = std::get_if<effect::Send>(&effect))
                for (const auto& peer : send->peers)
                    by_peer[peer].messages.push_back(send->message);
            if (const auto* report = std::get_if<effect::Report>(&effect))
                by_peer[report->peer].change += report->change;
        }
        return by_peer;
    }
    wire::Vote vote(size_t who, Step step, const BlockId& block, RoundNumber round = 1, SetId set = 7) const
    {
        const auto message = message_of(step, block);
        const auto signature = signature::ed25519::sign(pairs[who], grandpa::signed_payload(message, round, set));
        return {round, set, {message, {signature}, {pairs[who].public_key()}}};
    }
    void hear(const PeerKey& peer, const wire::Message& message, Time now = {})
    {
        voting->on_message(peer, message, now);
    }
    void view(const PeerKey& peer, RoundNumber round, SetId set, BlockNumber height, Time now = {})
    {
        hear(peer, wire::Neighbor{wire::NeighborV1{round, set, height}}, now);
    }
    void decide(const Header& block, RoundNumber round)
    {
        for (const auto step : {Step::prevote, Step::precommit})
            for (size_t who = 0; who != 4; ++who)
                hear(kTwo, vote(who, step, id_of(block), round));
    }
    wire::Commit commit(const Header& block, RoundNumber round = 1) const
    {
        wire::Commit commit{round, 7, {id_of(block).hash, id_of(block).number, {}, {}}};
        for (size_t who = 0; who != 3; ++who)
        {
            const auto one = vote(who, Step::precommit, id_of(block), round);
            commit.commit.precommits.push_back({id_of(block).hash, id_of(block).number});
            commit.commit.auth_data.emplace_back(one.message.signature, one.message.id);
        }
        return commit;
    }
    template <class What>
    static size_t count(const Heard& heard)
    {
        return size_t(std::ranges::count_if(heard.messages, [](const auto& one) { return one.template is<What>(); }));
    }
};

TEST_F(VotingCase, a_peer_is_told_where_we_are_when_it_joins_when_that_changes_and_now_and_then)
{
    voting->peer_joined({9}, false, {});
    EXPECT_EQ(count<wire::Neighbor>(outcome()[{9}]), 1);
    decide(a, 1);
    auto told = outcome();
    EXPECT_EQ(told[kLight].messages.back(), wire::Message(wire::Neighbor{wire::NeighborV1{2, 7, 1}}));
    EXPECT_EQ(voting->deadline().has_value(), true);
    voting->tick(std::chrono::seconds(10));
    EXPECT_EQ(count<wire::Neighbor>(outcome()[kOne]), 1);
}

TEST_F(VotingCase, a_vote_goes_once_to_each_peer_that_wants_it_and_not_back)
{
    view(kOne, 1, 7, 0);
    view(kTwo, 2, 7, 0);
    view(kLight, 1, 7, 0);
    voting->peer_joined({9}, false, {});
    view({9}, 3, 7, 0); // two rounds on
    (void)effects();
    hear(kTwo, vote(1, Step::prevote, id_of(a)));
    auto told = outcome();
    EXPECT_EQ(count<wire::Vote>(told[kOne]), 1);
    EXPECT_EQ(count<wire::Vote>(told[kTwo]), 0);
    EXPECT_EQ(count<wire::Vote>(told[kLight]), 0);
    EXPECT_EQ(count<wire::Vote>(told[{9}]), 0);
    EXPECT_EQ(told[kTwo].change, conduct::kNews);
    hear(kOne, vote(1, Step::prevote, id_of(a)));
    told = outcome();
    EXPECT_EQ(told[kOne].change, 0);
    EXPECT_TRUE(told[kTwo].messages.empty());
}

TEST_F(VotingCase, a_peer_that_says_where_it_is_gets_what_it_lacks)
{
    hear(kTwo, vote(1, Step::prevote, id_of(a)));
    hear(kTwo, vote(2, Step::prevote, id_of(a)));
    (void)effects();
    view(kOne, 1, 7, 0);
    EXPECT_EQ(count<wire::Vote>(outcome()[kOne]), 2);
    view(kOne, 1, 7, 0, Time(1));
    EXPECT_EQ(count<wire::Vote>(outcome()[kOne]), 0);
    view(kOne, 1, 7, 0, Time(10'000)); // it stalls: it may have lost them
    EXPECT_EQ(count<wire::Vote>(outcome()[kOne]), 2);
}

TEST_F(VotingCase, a_peer_that_goes_backwards_pays_and_is_where_it_was)
{
    view(kOne, 5, 7, 3);
    (void)effects();
    for (const auto& [round, set, height] : {std::tuple(4, 7, 3), {5, 6, 3}, {6, 7, 2}})
    {
        view(kOne, RoundNumber(round), SetId(set), BlockNumber(height));
        EXPECT_EQ(outcome()[kOne].change, conduct::kBackwards);
    }
}

TEST_F(VotingCase, forged_and_misplaced_votes_cost)
{
    const auto price = [&](const wire::Vote& vote) {
        hear(kOne, vote);
        return outcome()[kOne].change;
    };
    EXPECT_EQ(price(vote(4, Step::prevote, id_of(a))), conduct::kForged);
    auto forged = vote(1, Step::prevote, id_of(a));
    forged.message.signature.bytes[3] ^= 1;
    EXPECT_EQ(price(forged), conduct::kForged);
    EXPECT_EQ(price(vote(1, Step::prevote, id_of(a), 3)), conduct::kFuture);
    EXPECT_EQ(price(vote(1, Step::prevote, id_of(a), 1, 8)), conduct::kFuture);
    EXPECT_EQ(price(vote(1, Step::prevote, id_of(a), 1, 6)), 0); // of the last set, under way
    EXPECT_EQ(price(vote(1, Step::prevote, id_of(a), 1, 5)), conduct::kPast);
    hear({42}, forged); // of nobody who joined
    EXPECT_TRUE(effects().empty());
}

TEST_F(VotingCase, a_flood_of_votes_for_unknown_blocks_is_kept_within_bounds)
{
    size_t wanted = 0;
    for (uint32_t i = 0; i != 500; ++i)
        for (const auto step : {Step::prevote, Step::precommit})
        {
            hear(kOne, vote(1, step, {{uint8_t(i), uint8_t(i >> 8), 77}, 5 + i}));
            for (const auto& effect : effects())
                wanted += std::holds_alternative<effect::Want>(effect);
        }
    EXPECT_LE(voting->voter().awaited().size(), 2);
    EXPECT_LE(wanted, 4); // two votes a step; the second is an equivocation, and then the voter is heard no more
}

TEST_F(VotingCase, a_commit_goes_to_whoever_is_below_it)
{
    view(kOne, 1, 7, 0);
    view(kLight, 0, 7, 0);
    (void)effects();
    hear(kTwo, commit(a));
    auto told = outcome();
    EXPECT_EQ(count<wire::Commit>(told[kOne]), 1);
    EXPECT_EQ(count<wire::Commit>(told[kLight]), 1);
    EXPECT_EQ(count<wire::Commit>(told[kTwo]), 0);
    voting->peer_joined({9}, true, {});
    (void)effects();
    view({9}, 0, 7, 0);
    EXPECT_EQ(count<wire::Commit>(outcome()[{9}]), 1); // later ones too
    auto torn = commit(b);
    torn.commit.auth_data.pop_back();
    hear(kOne, torn);
    EXPECT_EQ(outcome()[kOne].change, conduct::kBadCommit);
    auto other = commit(b, 2);
    other.round = 3;
    hear(kOne, other);
    EXPECT_EQ(outcome()[kOne].change, conduct::kBadCommit);
}

TEST_F(VotingCase, a_peer_in_the_set_before_is_told_how_that_ended)
{
    decide(a, 1);
    (void)effects();
    options.set.id = 8;
    options.base = id_of(a);
    voting->begin_set(options, {});
    EXPECT_EQ(outcome()[kOne].messages.back(), wire::Message(wire::Neighbor{wire::NeighborV1{1, 8, 1}}));
    view(kOne, 1, 7, 0);
    auto told = outcome();
    ASSERT_EQ(count<wire::Commit>(told[kOne]), 1);
    EXPECT_EQ(told[kOne].messages[0].get<wire::Commit>()->set_id, 7);
}

TEST_F(VotingCase, catch_ups_are_asked_for_one_at_a_time_and_from_whoever_is_well_ahead)
{
    view(kOne, 2, 7, 0);
    EXPECT_EQ(count<wire::CatchUpRequest>(outcome()[kOne]), 0);
    view(kOne, 3, 7, 0);
    auto told = outcome();
    ASSERT_EQ(count<wire::CatchUpRequest>(told[kOne]), 1);
    EXPECT_EQ(*told[kOne].messages.back().get<wire::CatchUpRequest>(), (wire::CatchUpRequest{2, 7}));
    view(kTwo, 9, 7, 0);
    EXPECT_EQ(count<wire::CatchUpRequest>(outcome()[kTwo]), 0);
    voting->tick(Time(5'000)); // no answer
    told = outcome();
    EXPECT_EQ(told[kOne].change, conduct::kNoAnswer);
    EXPECT_EQ(count<wire::CatchUpRequest>(told[kTwo]), 1);
    hear(kOne, wire::CatchUp{.set_id = 7, .round = 2, .prevotes = {}, .precommits = {}}); // late: not asked any more
    EXPECT_EQ(outcome()[kOne].change, conduct::kUnasked);
    hear(kTwo, wire::CatchUp{.set_id = 7, .round = 8, .prevotes = {}, .precommits = {}});
    EXPECT_EQ(outcome()[kTwo].change, conduct::kBadCommit);
}

TEST_F(VotingCase, a_catch_up_is_given_to_who_needs_it_and_not_too_often)
{
    decide(a, 1);
    decide(b, 2);
    const auto ask = [&](const PeerKey& peer, RoundNumber round, SetId set, Time now) {
        hear(peer, wire::CatchUpRequest{round, set}, now);
        auto told = outcome();
        return std::pair(count<wire::CatchUp>(told[peer]), told[peer].change);
    };
    EXPECT_EQ(ask(kOne, 2, 7, {}), std::pair(size_t(0), conduct::kNeedlessRequest)); // we do not know where it is
    view(kOne, 1, 7, 0);
    (void)effects();
    EXPECT_EQ(ask(kOne, 2, 7, {}), std::pair(size_t(1), 0));
    EXPECT_EQ(ask(kOne, 2, 7, Time(100)), std::pair(size_t(0), conduct::kNeedlessRequest));
    EXPECT_EQ(ask(kOne, 3, 7, Time(3'000)), std::pair(size_t(0), conduct::kNeedlessRequest)); // not over yet
    EXPECT_EQ(ask(kOne, 2, 6, Time(3'000)), std::pair(size_t(0), 0));
    EXPECT_EQ(ask(kOne, 2, 9, Time(3'000)), std::pair(size_t(0), conduct::kNeedlessRequest));
    EXPECT_EQ(ask(kOne, 2, 7, Time(3'000)), std::pair(size_t(1), 0));
    view(kTwo, 2, 7, 0);
    (void)effects();
    EXPECT_EQ(ask(kTwo, 2, 7, {}), std::pair(size_t(0), conduct::kNeedlessRequest)); // it is near enough
}

} // namespace
} // namespace finality
