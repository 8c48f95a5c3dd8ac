#include "finality/testing/alone.hpp"

#include <gtest/gtest.h>

namespace finality {
namespace {

namespace grandpa = primitives::grandpa;
using primitives::Ed25519Public;
using signature::ed25519::Keypair;
using testing::decide_alone;
using testing::WithKey;

/// n voters of weight 1, whose keys are here.
struct Voters
{
    std::vector<Keypair> pairs;
    VoterSet set{.id = 7, .authorities = {}};

    explicit Voters(uint8_t count)
    {
        for (uint8_t i = 0; i != count; ++i)
        {
            signature::Seed seed;
            seed.expose()[0] = uint8_t(i + 1);
            pairs.push_back(Keypair::from_seed(seed));
            set.authorities.push_back({{pairs.back().public_key()}, 1});
        }
    }
    /// Lends the first `count` keys.
    WithKey lend(size_t count) const
    {
        return [this, count](const Ed25519Public& id, const std::function<void(const Keypair&)>& use) {
            for (size_t i = 0; i != count; ++i)
                if (pairs[i].public_key() == id.bytes)
                    return use(pairs[i]), true;
            return false;
        };
    }
    grandpa::SignedPrecommit vote(size_t who, const BlockId& block, RoundNumber round) const
    {
        const grandpa::Precommit precommit{block.hash, block.number};
        return {precommit,
                {signature::ed25519::sign(pairs[who], grandpa::signed_payload(precommit, round, set.id))},
                set.authorities[who].id};
    }
};

const BlockId kTarget{{1, 2, 3}, 10};

TEST(Threshold, is_more_than_two_thirds_for_every_number_of_voters)
{
    for (uint8_t n = 1; n != 20; ++n)
        EXPECT_EQ(Voters(n).set.threshold(), uint64_t(n) * 2 / 3 + 1) << int(n); // what light clients count
}

TEST(DecideAlone, with_enough_keys_a_block_is_final)
{
    const Voters voters(4);
    EXPECT_FALSE(decide_alone(voters.set, 1, kTarget, voters.lend(2)));
    const auto proof = decide_alone(voters.set, 1, kTarget, voters.lend(3));
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->commit.precommits.size(), 3);
    EXPECT_TRUE(check(*proof, voters.set, kTarget));
}

TEST(Check, another_block_set_round_or_signature_is_refused)
{
    const Voters voters(4);
    const auto proof = *decide_alone(voters.set, 1, kTarget, voters.lend(4));
    EXPECT_EQ(check(proof, voters.set, {{9}, 10}).error(), JustificationRefusal::target);
    auto set = voters.set;
    set.id = 8;
    EXPECT_EQ(check(proof, set, kTarget).error(), JustificationRefusal::signature);
    auto round = proof;
    round.round = 2;
    EXPECT_EQ(check(round, voters.set, kTarget).error(), JustificationRefusal::signature);
    auto swapped = proof;
    std::swap(swapped.commit.precommits[0].signature, swapped.commit.precommits[1].signature);
    EXPECT_EQ(check(swapped, voters.set, kTarget).error(), JustificationRefusal::signature);
}

TEST(Check, strangers_and_repeated_voters_do_not_count)
{
    const Voters voters(4), others(6);
    auto proof = *decide_alone(voters.set, 1, kTarget, voters.lend(3));
    auto repeated = proof;
    repeated.commit.precommits[1] = repeated.commit.precommits[0];
    EXPECT_EQ(check(repeated, voters.set, kTarget).error(), JustificationRefusal::twice);
    proof.commit.precommits[1] = others.vote(5, kTarget, 1);
    EXPECT_EQ(check(proof, voters.set, kTarget).error(), JustificationRefusal::stranger);
    proof.commit.precommits.pop_back();
    proof.commit.precommits.pop_back();
    EXPECT_EQ(check(proof, voters.set, kTarget).error(), JustificationRefusal::weight);
}

TEST(Check, votes_for_descendants_count_when_the_headers_lead_there)
{
    const Voters voters(4);
    Header child;
    child.parent_hash = kTarget.hash;
    child.number.value = kTarget.number + 1;
    const BlockId above{primitives::hash_of(child), child.number.value};
    Justification proof{.round = 3, .commit = {kTarget.hash, kTarget.number, {}}, .votes_ancestries = {child}};
    for (size_t i = 0; i != 3; ++i)
        proof.commit.precommits.push_back(voters.vote(i, i == 0 ? above : kTarget, 3));
    EXPECT_TRUE(check(proof, voters.set, kTarget));

    auto missing = proof;
    missing.votes_ancestries.clear();
    EXPECT_EQ(check(missing, voters.set, kTarget).error(), JustificationRefusal::ancestry);
    auto unused = proof;
    unused.votes_ancestries.push_back({});
    EXPECT_EQ(check(unused, voters.set, kTarget).error(), JustificationRefusal::ancestry);
    auto elsewhere = proof;
    elsewhere.commit.precommits[0] = voters.vote(0, {{5}, 11}, 3);
    EXPECT_EQ(check(elsewhere, voters.set, kTarget).error(), JustificationRefusal::ancestry);
}

TEST(ScheduledChange, is_read_from_the_header)
{
    Header header;
    EXPECT_FALSE(scheduled_change(header));
    const grandpa::ScheduledChange change{.next_authorities = {{{{4}}, 1}}, .delay = 2};
    header.digest.logs.push_back(
        primitives::digest::Consensus{primitives::kGrandpaEngine, scale::encode(grandpa::ConsensusLog(change))});
    EXPECT_EQ(scheduled_change(header), change);
}

TEST(ScheduledChange, is_found_behind_other_items_and_apart_from_forced_ones)
{
    Header header;
    const auto add = [&](const grandpa::ConsensusLog& log) {
        header.digest.logs.push_back(primitives::digest::Consensus{primitives::kGrandpaEngine, scale::encode(log)});
    };
    add(grandpa::OnDisabled{3});
    EXPECT_FALSE(scheduled_change(header));
    EXPECT_FALSE(forces_change(header));
    const grandpa::ScheduledChange first{.next_authorities = {{{{4}}, 1}}, .delay = 2};
    add(first);
    add(grandpa::ScheduledChange{.next_authorities = {}, .delay = 0});
    EXPECT_EQ(scheduled_change(header), first);
    EXPECT_FALSE(forces_change(header));
    add(grandpa::ForcedChange{.median_last_finalized = 1, .next_authorities = {}, .delay = 0});
    EXPECT_TRUE(forces_change(header));
    EXPECT_EQ(scheduled_change(header), first);
}

} // namespace
} // namespace finality
