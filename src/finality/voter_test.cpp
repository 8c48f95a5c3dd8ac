#include "finality/testing/tree.hpp"
#include "finality/voter.hpp"

#include "signature/ed25519.hpp"

#include <gtest/gtest.h>

namespace finality {
namespace {

namespace grandpa = primitives::grandpa;
using signature::ed25519::Keypair;
using testing::child_of;
using testing::id_of;
using testing::Tree;

constexpr Time kT{300};

/// Four voters, of which this node has some; base ← a ← b and a ← c, of which b came first.
struct VoterCase : ::testing::Test
{
    Header base, a = child_of(base), b = child_of(a, 1), c = child_of(a, 2);
    Tree tree{base};
    std::vector<Keypair> pairs;
    VoterOptions options{.set = {.id = 7, .authorities = {}}, .base = id_of(base), .gossip = kT};
    std::optional<Voter> voter;

    VoterCase()
    {
        for (uint8_t i = 0; i != 5; ++i)
        {
            signature::Seed seed;
            seed.expose()[0] = uint8_t(i + 1);
            pairs.push_back(Keypair::from_seed(seed));
            if (i != 4) // the fifth is a stranger
                options.set.authorities.push_back({{pairs.back().public_key()}, 1});
        }
    }
    Ed25519Public key(size_t who) const { return {pairs[who].public_key()}; }
    void start(const std::vector<size_t>& seats, Time now = {})
    {
        options.ours.clear();
        for (const auto seat : seats)
            options.ours.push_back(key(seat));
        voter.emplace(options, tree, now);
    }
    void import(const Header& header, Time now = {})
    {
        tree.add(header);
        voter->block_imported(id_of(header).hash, now);
    }
    grandpa::SignedMessage vote(size_t who, Step step, const BlockId& block, RoundNumber round, SetId set = 7) const
    {
        const auto message = message_of(step, block);
        return {
            message, {signature::ed25519::sign(pairs[who], grandpa::signed_payload(message, round, set))}, key(who)};
    }
    Verdict say(size_t who, Step step, const Header& block, RoundNumber round = 1, Time now = {})
    {
        return voter->hear(round, vote(who, step, id_of(block), round), now);
    }
    /// The next effect of a kind; those before it are dropped.
    template <class What>
    std::optional<What> next()
    {
        while (auto effect = voter->next_effect())
            if (auto* what = std::get_if<What>(&*effect))
                return std::move(*what);
        return std::nullopt;
    }
    void expect_cast(Step step, const Header& block, RoundNumber round = 1)
    {
        const auto cast = next<effect::Cast>();
        ASSERT_TRUE(cast);
        EXPECT_EQ(cast->step, step);
        EXPECT_EQ(cast->round, round);
        EXPECT_EQ(cast->target, id_of(block));
    }
    /// Everybody's votes for a block in a round.
    void decide_all(const Header& block, RoundNumber round = 1, Time now = {})
    {
        for (const auto step : {Step::prevote, Step::precommit})
            for (size_t who = 0; who != 4; ++who)
                say(who, step, block, round, now);
    }
    /// Brings this node, with one seat, to round 2 over the estimate a, which is not final.
    void begin_unsettled(size_t seat)
    {
        start({seat});
        import(a);
        for (size_t who = 0; who != 4; ++who)
            say(who, Step::prevote, a);
        size_t others = 0;
        for (size_t who = 0; who != 4; ++who)
            if (who != seat)
                say(who, Step::precommit, ++others <= 2 ? base : a);
        say(seat, Step::precommit, a);
        ASSERT_EQ(voter->round(), 2);
        ASSERT_EQ(voter->votes_of(1)->estimate(), id_of(a));
        ASSERT_EQ(voter->finalised(), id_of(base));
        import(b);
        import(c);
    }
    Commit commit(const std::vector<std::pair<size_t, Header>>& votes, const Header& target, RoundNumber round = 1,
                  SetId set = 7) const
    {
        Commit commit{id_of(target).hash, id_of(target).number, {}};
        for (const auto& [who, block] : votes)
        {
            const auto one = vote(who, Step::precommit, id_of(block), round, set);
            commit.precommits.push_back({{id_of(block).hash, id_of(block).number}, one.signature, one.id});
        }
        return commit;
    }
};

TEST_F(VoterCase, when_all_votes_come_at_once_a_block_is_final_without_any_wait)
{
    start({0});
    EXPECT_FALSE(next<effect::Cast>());
    import(a);
    expect_cast(Step::prevote, a);
    say(1, Step::prevote, a);
    say(2, Step::prevote, a);
    say(3, Step::prevote, a);
    EXPECT_FALSE(next<effect::Cast>()); // our own vote has not come back
    say(0, Step::prevote, a);
    expect_cast(Step::precommit, a);
    for (size_t who = 0; who != 3; ++who)
        say(who, Step::precommit, a);
    const auto decision = next<effect::Decide>();
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->block, id_of(a));
    EXPECT_TRUE(check(decision->proof, options.set, id_of(a)));
    EXPECT_EQ(voter->round(), 2);
}

TEST_F(VoterCase, on_an_idle_chain_nobody_votes)
{
    start({0});
    import(a);
    decide_all(a);
    while (voter->next_effect())
        continue;
    for (Time now{}; now < std::chrono::hours(1); now += Time(100))
        voter->tick(now);
    voter->tick(std::chrono::hours(1));
    EXPECT_FALSE(next<effect::Cast>());
    EXPECT_EQ(voter->round(), 2);
}

TEST_F(VoterCase, over_an_estimate_that_is_not_final_the_prevote_waits_for_two_gossip_times)
{
    ASSERT_NO_FATAL_FAILURE(begin_unsettled(0));
    while (auto cast = next<effect::Cast>())
        EXPECT_EQ(cast->round, 1);
    EXPECT_EQ(voter->deadline(), 2 * kT);
    voter->tick(2 * kT - Time(1));
    EXPECT_FALSE(next<effect::Cast>());
    voter->tick(2 * kT);
    expect_cast(Step::prevote, b, 2);
}

TEST_F(VoterCase, the_primary_tells_its_estimate_and_others_heed_it)
{
    ASSERT_NO_FATAL_FAILURE(begin_unsettled(2));
    std::optional<effect::Cast> hint;
    while (auto cast = next<effect::Cast>())
        hint = cast;
    ASSERT_TRUE(hint);
    EXPECT_EQ(hint->step, Step::propose);
    EXPECT_EQ(hint->round, 2);
    EXPECT_EQ(hint->target, id_of(a));
    EXPECT_EQ(hint->keys, std::vector{key(2)});
    EXPECT_EQ(say(1, Step::propose, a, 2).why, Refusal::stranger); // who is not the primary
    EXPECT_EQ(say(2, Step::propose, a, 2).heard, Heard::fresh);
    EXPECT_EQ(say(2, Step::propose, b, 2).heard, Heard::known);
}

TEST_F(VoterCase, split_prevotes_are_waited_for_two_gossip_times)
{
    start({0});
    import(a);
    import(b);
    import(c);
    say(0, Step::prevote, a);
    say(1, Step::prevote, b, 1, Time(10));
    say(2, Step::prevote, c, 1, Time(10));
    expect_cast(Step::prevote, a); // of when only a was there
    EXPECT_FALSE(next<effect::Cast>());
    EXPECT_EQ(voter->deadline(), 2 * kT);
    voter->tick(2 * kT);
    expect_cast(Step::precommit, a);
}

TEST_F(VoterCase, no_precommit_beside_the_estimate)
{
    start({0});
    import(a);
    import(b);
    import(c);
    say(0, Step::prevote, b);
    decide_all(b);
    ASSERT_EQ(voter->round(), 2);
    import(child_of(b));
    say(0, Step::prevote, child_of(b), 2);
    for (const size_t who : {1, 2, 3})
        say(who, Step::prevote, c, 2); // as no honest voter would
    ASSERT_EQ(voter->votes_of(2)->prevote_ghost(), id_of(c));
    voter->tick(std::chrono::hours(1));
    while (const auto cast = next<effect::Cast>())
        EXPECT_FALSE(cast->round == 2 && cast->step == Step::precommit);
}

TEST_F(VoterCase, seats_vote_alike_and_all_must_come_back)
{
    start({0, 3});
    import(a);
    const auto cast = next<effect::Cast>();
    ASSERT_TRUE(cast);
    EXPECT_EQ(cast->keys, (std::vector{key(0), key(3)}));
    for (const size_t who : {0, 1, 2})
        say(who, Step::prevote, a);
    EXPECT_FALSE(next<effect::Cast>());
    say(3, Step::prevote, a);
    expect_cast(Step::precommit, a);
}

TEST_F(VoterCase, a_restart_casts_the_marked_vote_again_and_no_other)
{
    tree.add(a);
    tree.add(b);
    tree.add(c);
    options.mark = Mark{7, 1, Step::prevote, id_of(c).hash};
    start({0});
    expect_cast(Step::prevote, c); // b is best
    EXPECT_FALSE(next<effect::Cast>());
    for (const size_t who : {0, 1, 2, 3})
        say(who, Step::prevote, who == 0 ? c : b);
    expect_cast(Step::precommit, b); // what comes after the mark is free

    options.mark = Mark{7, 1, Step::precommit, id_of(c).hash};
    start({0});
    expect_cast(Step::precommit, c);
    EXPECT_FALSE(next<effect::Cast>());

    options.mark = Mark{7, 3, Step::prevote, id_of(c).hash};
    start({0});
    decide_all(a);
    EXPECT_FALSE(next<effect::Cast>());
    decide_all(b, 2);
    expect_cast(Step::prevote, c, 3); // whatever it would choose now
    EXPECT_EQ(voter->round(), 3);

    options.mark = Mark{8, 1, Step::prevote, id_of(c).hash};
    start({0});
    decide_all(a);
    decide_all(b, 2);
    EXPECT_FALSE(next<effect::Cast>()); // of a later set
}

TEST_F(VoterCase, a_marked_block_that_is_lost_does_not_hold_the_node_for_ever)
{
    options.mark = Mark{7, 1, Step::prevote, {9, 9}};
    tree.add(a);
    start({0});
    EXPECT_FALSE(next<effect::Cast>());
    for (const size_t who : {1, 2, 3})
        say(who, Step::prevote, a);
    for (const size_t who : {1, 2, 3})
        say(who, Step::precommit, a);
    EXPECT_EQ(voter->round(), 2);
    EXPECT_FALSE(next<effect::Cast>());
}

TEST_F(VoterCase, what_was_kept_brings_a_restart_back_to_its_round)
{
    start({0});
    import(a);
    decide_all(a);
    import(b);
    for (const size_t who : {0, 1})
        say(who, Step::prevote, b, 2);
    while (auto keep = next<effect::Keep>())
        (keep->what == effect::Keep::What::completed ? options.memory.completed : options.memory.votes) = keep->bytes;
    options.mark = Mark{7, 2, Step::prevote, id_of(b).hash};
    options.base = id_of(a);
    start({0});
    EXPECT_EQ(voter->round(), 2);
    EXPECT_EQ(voter->votes_of(1)->estimate(), id_of(a));
    EXPECT_EQ(voter->votes_of(2)->votes(Step::prevote, 0).size(), 1); // our own; others tell theirs again
    EXPECT_FALSE(next<effect::Cast>());

    options.memory = {{1, 2, 3}, {4}}; // damaged: as if there were none
    start({0});
    EXPECT_EQ(voter->round(), 1);
}

TEST_F(VoterCase, votes_that_cannot_be_had_are_forgone)
{
    start({0});
    import(a);
    const auto cast = next<effect::Cast>();
    ASSERT_TRUE(cast);
    voter->forgo(*cast, {});
    for (const size_t who : {1, 2, 3})
        say(who, Step::prevote, a);
    expect_cast(Step::precommit, a);
}

TEST_F(VoterCase, nothing_above_a_change_of_authorities_is_voted_for)
{
    tree.changes.insert(id_of(a).hash);
    start({0});
    import(a);
    import(b);
    expect_cast(Step::prevote, a);
    decide_all(a);
    EXPECT_EQ(voter->round(), 2);
    EXPECT_EQ(voter->finalised(), id_of(a));
    while (const auto cast = next<effect::Cast>())
        EXPECT_EQ(cast->round, 1);
}

TEST_F(VoterCase, votes_out_of_place_or_forged_are_refused)
{
    start({0});
    import(a);
    EXPECT_EQ(say(4, Step::prevote, a).why, Refusal::stranger);
    EXPECT_EQ(voter->hear(1, vote(1, Step::prevote, id_of(a), 2), {}).why, Refusal::signature);
    EXPECT_EQ(voter->hear(1, vote(1, Step::prevote, id_of(a), 1, 8), {}).why, Refusal::signature);
    EXPECT_EQ(voter->hear(1, vote(1, Step::prevote, {id_of(a).hash, 9}, 1), {}).why, Refusal::number);
    EXPECT_EQ(say(1, Step::prevote, a, 3).heard, Heard::future);
    EXPECT_EQ(voter->hear(~RoundNumber{0}, vote(1, Step::prevote, id_of(a), 1), {}).heard, Heard::future);
    EXPECT_EQ(say(1, Step::prevote, a, 0).heard, Heard::past);
    EXPECT_EQ(say(2, Step::prevote, a, 2).heard, Heard::fresh); // one ahead
    EXPECT_EQ(say(2, Step::prevote, a, 2).heard, Heard::known);
}

TEST_F(VoterCase, two_votes_of_one_voter_are_a_proof_against_it)
{
    start({0});
    import(a);
    say(1, Step::precommit, a);
    EXPECT_FALSE(next<effect::Equivocated>());
    EXPECT_EQ(say(1, Step::precommit, b).heard, Heard::fresh);
    const auto told = next<effect::Equivocated>();
    ASSERT_TRUE(told);
    const auto& pair = *told->proof.equivocation.get<grandpa::Equivocation<grandpa::Precommit>>();
    EXPECT_EQ(pair.identity, key(1));
    EXPECT_EQ(told->proof.set_id, 7);
    for (const auto& [precommit, signature] : {pair.first, pair.second})
        EXPECT_TRUE(
            signature::ed25519::verify(grandpa::signed_payload(precommit, 1, 7), signature.bytes, pair.identity.bytes));
    EXPECT_EQ(say(1, Step::precommit, c).heard, Heard::known);
    EXPECT_FALSE(next<effect::Equivocated>());
}

TEST_F(VoterCase, a_commit_of_any_round_decides)
{
    start({0});
    import(a);
    import(b);
    EXPECT_EQ(voter->hear(40, commit({{1, a}, {2, b}, {3, a}}, a, 40), {}).heard, Heard::fresh);
    const auto decision = next<effect::Decide>();
    ASSERT_TRUE(decision);
    EXPECT_TRUE(check(decision->proof, options.set, id_of(a)));
    EXPECT_EQ(decision->proof.votes_ancestries.size(), 1);
    EXPECT_EQ(voter->round(), 1); // rounds are passed by their votes alone
    EXPECT_EQ(voter->hear(40, commit({{1, a}, {2, b}, {3, a}}, a, 40), {}).heard, Heard::known);
}

TEST_F(VoterCase, a_commit_waits_for_its_blocks)
{
    start({0});
    const auto verdict = voter->hear(1, commit({{1, b}, {2, b}, {3, c}}, a), {});
    EXPECT_EQ(verdict.lacking, std::vector{id_of(a)});
    import(a);
    EXPECT_FALSE(next<effect::Decide>());
    EXPECT_EQ(voter->awaited().size(), 3);
    import(b);
    EXPECT_FALSE(next<effect::Decide>());
    import(c);
    EXPECT_EQ(next<effect::Decide>()->block, id_of(a));
    EXPECT_TRUE(voter->awaited().empty());
}

TEST_F(VoterCase, forged_commits_are_refused)
{
    start({0});
    import(a);
    import(b);
    const auto why = [&](const Commit& told) { return voter->hear(1, told, {}).why; };
    EXPECT_EQ(why(commit({{1, a}, {2, a}}, a)), Refusal::weight);
    EXPECT_EQ(why(commit({{1, a}, {2, a}, {2, a}}, a)), Refusal::weight);
    EXPECT_EQ(why(commit({{1, a}, {2, a}, {4, a}}, a)), Refusal::stranger);
    EXPECT_EQ(why(commit({{1, a}, {2, a}, {3, a}}, a, 2)), Refusal::signature);    // votes of another round
    EXPECT_EQ(why(commit({{1, a}, {2, a}, {3, a}}, a, 1, 8)), Refusal::signature); // and of another set
    EXPECT_EQ(why(commit({{1, b}, {2, a}, {3, a}}, b)), Refusal::weight);          // votes below the target
    EXPECT_EQ(why(commit(std::vector<std::pair<size_t, Header>>(9, {1, a}), a)), Refusal::malformed);
    auto number = commit({{1, a}, {2, a}, {3, a}}, a);
    number.target_number = 5;
    EXPECT_EQ(why(number), Refusal::number);
    EXPECT_FALSE(next<effect::Decide>());
    EXPECT_TRUE(voter->awaited().empty());
}

TEST_F(VoterCase, an_equivocator_in_a_commit_counts_once_and_only_for_what_it_chose)
{
    const auto d = child_of(base, 9);
    start({0});
    for (const auto& header : {a, b, c, d})
        import(header);
    EXPECT_EQ(voter->hear(1, commit({{1, b}, {2, b}, {2, c}, {3, c}, {3, d}}, b), {}).why, Refusal::weight);
    EXPECT_EQ(voter->hear(1, commit({{1, b}, {2, b}, {3, d}, {3, c}}, a), {}).heard, Heard::fresh);
    const auto decision = next<effect::Decide>();
    ASSERT_TRUE(decision);
    EXPECT_TRUE(check(decision->proof, options.set, id_of(a)));
    EXPECT_TRUE(next<effect::Equivocated>());
}

TEST_F(VoterCase, a_decision_is_published_in_turns_unless_somebody_has)
{
    for (const bool heard : {false, true})
    {
        start({0}); // third in turn in round 2, fourth in round 1
        import(a);
        decide_all(a);
        EXPECT_FALSE(next<effect::Publish>());
        EXPECT_EQ(voter->deadline(), kT * 3 / 4);
        if (heard)
        {
            import(b);
            voter->hear(1, commit({{1, b}, {2, b}, {3, b}}, b), Time(1));
        }
        voter->tick(kT * 3 / 4);
        const auto told = next<effect::Publish>();
        EXPECT_EQ(told.has_value(), !heard);
        if (told)
            EXPECT_EQ(told->commit.target_hash, id_of(a).hash);
    }
}

struct CatchUpCase : VoterCase
{
    /// What a node knows that saw rounds 1 to 3 decide a, b and b.
    CatchUp ahead;

    CatchUpCase()
    {
        for (const auto& header : {a, b, c})
            tree.add(header);
        start({});
        decide_all(a);
        decide_all(b, 2);
        decide_all(b, 3);
        ahead = *voter->catch_up(3);
        EXPECT_FALSE(voter->catch_up(4));
        start({0});
    }
};

TEST_F(CatchUpCase, brings_a_node_to_the_round_after_it)
{
    EXPECT_EQ(voter->hear(ahead, {}).heard, Heard::fresh);
    EXPECT_EQ(voter->round(), 4);
    EXPECT_EQ(voter->finalised(), id_of(b));
    EXPECT_EQ(voter->hear(ahead, {}).heard, Heard::known); // an old round, told again
    while (const auto cast = next<effect::Cast>())
        EXPECT_EQ(cast->round, 1);
    import(child_of(b));
    expect_cast(Step::prevote, child_of(b), 4);
}

TEST_F(CatchUpCase, waits_for_its_blocks)
{
    Tree little(base);
    Voter away(options, little, {});
    EXPECT_EQ(away.hear(ahead, {}).lacking, std::vector{id_of(a)});
    for (const auto& header : {a, b})
    {
        little.add(header);
        away.block_imported(id_of(header).hash, {});
    }
    EXPECT_EQ(away.round(), 4);
}

TEST_F(CatchUpCase, that_does_not_complete_its_round_is_refused)
{
    auto few = ahead;
    few.prevotes.resize(2);
    EXPECT_EQ(voter->hear(few, {}).why, Refusal::weight);
    few = ahead;
    few.precommits.resize(1);
    EXPECT_EQ(voter->hear(few, {}).why, Refusal::unfinished);
    auto swapped = ahead;
    std::swap(swapped.prevotes[0].signature, swapped.prevotes[1].signature);
    EXPECT_EQ(voter->hear(swapped, {}).why, Refusal::signature);
    auto later = ahead;
    later.round = 9;
    EXPECT_EQ(voter->hear(later, {}).why, Refusal::signature);
    auto set = ahead;
    set.set_id = 8;
    EXPECT_EQ(voter->hear(set, {}).heard, Heard::future);
    auto many = ahead;
    many.prevotes.resize(9, ahead.prevotes[0]);
    EXPECT_EQ(voter->hear(many, {}).why, Refusal::malformed);
    auto base_number = ahead;
    base_number.base_number += 1;
    EXPECT_EQ(voter->hear(base_number, {}).why, Refusal::number);
    EXPECT_EQ(voter->round(), 1);
}

TEST_F(CatchUpCase, from_a_base_beside_what_is_final_is_refused)
{
    voter->finalised(id_of(c), {});
    ahead.base_hash = id_of(b).hash;
    ahead.base_number = id_of(b).number;
    EXPECT_EQ(voter->hear(ahead, {}).why, Refusal::elsewhere);
    EXPECT_EQ(voter->round(), 1);
}

} // namespace
} // namespace finality
