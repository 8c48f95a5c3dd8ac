#include "finality/round.hpp"
#include "finality/testing/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace finality {
namespace {

using testing::child_of;
using testing::id_of;
using testing::Tree;
using Imported = Round::Imported;

VoterSet set_of(size_t count)
{
    VoterSet set{.id = 3, .authorities = {}};
    for (size_t i = 0; i != count; ++i)
        set.authorities.push_back({{{uint8_t(i), uint8_t(i >> 8), 1}}, 1});
    return set;
}

/// base ← a ← b and a ← c; base ← d.
struct Fork
{
    Header base, a = child_of(base), b = child_of(a, 1), c = child_of(a, 2), d = child_of(base, 3);
    Tree tree{base};
    std::vector<BlockId> blocks{id_of(base), id_of(a), id_of(b), id_of(c), id_of(d)};

    Fork()
    {
        for (const auto& header : {a, b, c, d})
            tree.add(header);
    }
};

struct RoundCase : ::testing::Test, Fork
{
    Voters voters{set_of(4)};
    Round round{voters, 1, id_of(base)};

    Imported prevote(size_t voter, const Header& block)
    {
        return round.import(Step::prevote, voter, {id_of(block), {}}, tree);
    }
    Imported precommit(size_t voter, const Header& block)
    {
        return round.import(Step::precommit, voter, {id_of(block), {}}, tree);
    }
};

TEST_F(RoundCase, prevotes_of_two_thirds_have_their_highest_common_block_as_ghost)
{
    prevote(0, b);
    prevote(1, c);
    EXPECT_FALSE(round.prevote_ghost());
    EXPECT_FALSE(round.estimate());
    prevote(2, b);
    EXPECT_EQ(round.prevote_ghost(), id_of(a));
    prevote(3, b);
    EXPECT_EQ(round.prevote_ghost(), id_of(b));
    EXPECT_TRUE(round.prevotes_settled());
}

TEST_F(RoundCase, a_round_completes_when_nothing_above_the_estimate_can_win)
{
    for (size_t i = 0; i != 4; ++i)
        prevote(i, b);
    EXPECT_EQ(round.estimate(), id_of(b));
    EXPECT_FALSE(round.completable());
    precommit(0, b);
    precommit(1, b);
    EXPECT_FALSE(round.completable()); // 2 may yet equivocate or vote for a child of b
    EXPECT_FALSE(round.finalised());
    precommit(2, b);
    EXPECT_TRUE(round.completable());
    EXPECT_EQ(round.finalised(), id_of(b));
    EXPECT_EQ(round.estimate(), id_of(b));
}

TEST_F(RoundCase, precommits_elsewhere_lower_the_estimate)
{
    for (size_t i = 0; i != 4; ++i)
        prevote(i, b);
    precommit(0, a);
    precommit(1, a);
    EXPECT_EQ(round.estimate(), id_of(b)); // one of both may equivocate
    precommit(2, a);
    EXPECT_EQ(round.estimate(), id_of(a));
    EXPECT_TRUE(round.completable());
    EXPECT_EQ(round.finalised(), id_of(a));
}

TEST_F(RoundCase, an_equivocator_counts_for_every_block_and_is_proven)
{
    prevote(0, b);
    prevote(1, b);
    EXPECT_EQ(prevote(2, d), Imported::fresh);
    EXPECT_EQ(round.prevote_ghost(), id_of(base));
    EXPECT_EQ(prevote(2, d), Imported::known);
    EXPECT_FALSE(round.equivocation(Step::prevote, 2));
    EXPECT_EQ(prevote(2, c), Imported::equivocation);
    EXPECT_EQ(round.prevote_ghost(), id_of(b));
    EXPECT_EQ(prevote(2, a), Imported::known); // a third is nothing new
    const auto proof = round.equivocation(Step::prevote, 2);
    ASSERT_TRUE(proof);
    const auto& pair = *proof->equivocation.get<primitives::grandpa::Equivocation<primitives::grandpa::Prevote>>();
    EXPECT_EQ(pair.first.first.target_hash, id_of(d).hash);
    EXPECT_EQ(pair.second.first.target_hash, id_of(c).hash);
    EXPECT_EQ(round.prevotes().size(), 4);
}

TEST_F(RoundCase, votes_wait_for_their_block)
{
    const auto e = child_of(b, 9);
    for (size_t i = 0; i != 3; ++i)
        EXPECT_EQ(prevote(i, e), Imported::fresh);
    EXPECT_FALSE(round.prevote_ghost());
    EXPECT_EQ(round.awaited().size(), 3);
    EXPECT_TRUE(round.prevotes().empty());
    EXPECT_FALSE(round.settle(id_of(e).hash, tree)); // still not there: it waits on
    tree.add(e);
    EXPECT_TRUE(round.settle(id_of(e).hash, tree));
    EXPECT_EQ(round.prevote_ghost(), id_of(e));
    EXPECT_TRUE(round.awaited().empty());
}

TEST_F(RoundCase, a_vote_with_a_wrong_number_or_below_the_base_counts_for_nothing)
{
    Round above(voters, 1, id_of(a));
    for (size_t i = 0; i != 4; ++i)
        above.import(Step::prevote, i, {i % 2 == 0 ? BlockId{id_of(b).hash, 7} : id_of(d), {}}, tree);
    EXPECT_FALSE(above.prevote_ghost());
    EXPECT_TRUE(above.prevotes().empty());
    EXPECT_EQ(above.import(Step::prevote, 0, {id_of(b), {}}, tree), Imported::equivocation);
}

TEST_F(RoundCase, a_proof_names_as_few_votes_and_headers_as_suffice)
{
    const auto e = child_of(b, 9);
    tree.add(e);
    precommit(0, e);
    precommit(1, b);
    precommit(2, c);
    precommit(3, a);
    ASSERT_EQ(round.finalised(), id_of(a));
    const auto proof = round.prove(id_of(base), tree);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->commit.target_hash, id_of(a).hash);
    EXPECT_EQ(proof->commit.precommits.size(), 3); // of a, b and c
    EXPECT_EQ(proof->votes_ancestries.size(), 2);
    EXPECT_FALSE(round.prove(id_of(a), tree));
}

TEST_F(RoundCase, an_equivocator_proves_no_block_that_it_did_not_choose)
{
    precommit(0, b);
    precommit(1, b);
    precommit(2, c);
    precommit(2, d);
    EXPECT_EQ(round.finalised(), id_of(b));
    const auto proof = round.prove(id_of(base), tree);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->commit.target_hash, id_of(a).hash); // c stands on a, and light clients count it there
}

TEST_F(RoundCase, a_base_that_only_equivocators_make_final_is_proven_by_nobody)
{
    const Voters five(set_of(5));
    Round above(five, 1, id_of(b));
    for (size_t i = 0; i != 4; ++i)
        for (const auto& header : {c, d})
            above.import(Step::precommit, i, {id_of(header), {}}, tree);
    EXPECT_EQ(above.finalised(), id_of(b));
    EXPECT_FALSE(above.prove(id_of(base), tree));
}

TEST(Round, a_thousand_voters_on_a_long_chain_are_counted_by_their_median)
{
    Header base;
    Tree tree(base);
    std::vector<Header> chain{base};
    for (int i = 0; i != 2000; ++i)
    {
        chain.push_back(child_of(chain.back()));
        tree.add(chain.back());
    }
    const Voters voters(set_of(1000));
    Round round(voters, 1, id_of(base));
    std::mt19937_64 random{5};
    std::vector<BlockNumber> heights;
    for (size_t i = 0; i != 1000; ++i)
    {
        const auto height = random() % 2001;
        heights.push_back(BlockNumber(height));
        for (const auto step : {Step::prevote, Step::precommit})
            round.import(step, i, {id_of(chain[height]), {}}, tree);
    }
    std::ranges::sort(heights, std::greater<>{});
    EXPECT_EQ(round.prevote_ghost()->number, heights[666]); // of 1,000 voters 667 decide
    EXPECT_EQ(round.finalised()->number, heights[666]);
}

/// What one voter did in a step: blocks by index, two if it equivocated.
using Choice = std::vector<size_t>;

/// The definitions, word by word, on the fork's five blocks and one more child of each that nobody has seen.
struct Reference
{
    const std::vector<Choice>& choices;
    uint64_t tolerated, threshold;
    static constexpr std::array<int, 10> kParent{-1, 0, 1, 1, 0, 0, 1, 2, 3, 4}; // 5… are the unseen ones

    static bool stands_on(int block, int below)
    {
        while (block > 0 && block != below)
            block = kParent[block];
        return block == below;
    }
    /// With some of the voters turned into equivocators, and the silent ones for the block if they `join`.
    bool supermajority(int block, uint32_t turned, bool join) const
    {
        uint64_t weight = 0;
        for (size_t i = 0; i != choices.size(); ++i)
            weight += (turned >> i & 1) != 0 || choices[i].size() == 2 ||
                      (choices[i].empty() ? join : stands_on(int(choices[i][0]), block));
        return weight >= threshold;
    }
    bool has(int block) const { return supermajority(block, 0, false); }
    bool can_get(int block) const
    {
        for (uint32_t turned = 0; turned != uint32_t{1} << choices.size(); ++turned)
        {
            uint64_t before = 0, after = 0;
            for (size_t i = 0; i != choices.size(); ++i)
            {
                before += choices[i].size() == 2;
                after += choices[i].size() == 2 || (turned >> i & 1) != 0;
            }
            if (after <= std::max(tolerated, before) && supermajority(block, turned, true))
                return true;
        }
        return false;
    }
    bool child_can_get(int block) const
    {
        for (int child = 1; child != 10; ++child)
            if (kParent[child] == block && can_get(child))
                return true;
        return false;
    }
    /// The highest of the seen blocks that have a supermajority.
    std::optional<int> ghost() const
    {
        std::optional<int> highest;
        for (const int block : {0, 1, 4, 2, 3}) // lower ones first
            if (has(block) && (!highest || stands_on(block, *highest)))
                highest = block;
        return highest;
    }
};

/// All ways for n voters to choose, up to their order.
std::vector<std::vector<Choice>> all_choices(size_t n)
{
    const std::vector<Choice> one{{}, {0}, {1}, {2}, {3}, {4}, {2, 4}};
    std::vector<std::vector<Choice>> all;
    std::vector<size_t> at(n, 0);
    for (;;)
    {
        all.emplace_back();
        for (const auto i : at)
            all.back().push_back(one[i]);
        size_t last = n;
        while (last != 0 && at[last - 1] == one.size() - 1)
            --last;
        if (last == 0)
            return all;
        const auto next = at[last - 1] + 1;
        std::fill(at.begin() + long(last) - 1, at.end(), next);
    }
}

/// Whether a round says of these votes, in a random order and with some blocks coming late, what the definitions say.
void compare(size_t n, const std::vector<Choice>& prevotes, const std::vector<Choice>& precommits,
             std::mt19937_64& random)
{
    Fork fork;
    const Voters voters(set_of(n));
    Round round(voters, 1, fork.blocks[0]);
    std::vector<std::tuple<Step, size_t, size_t>> votes;
    for (size_t i = 0; i != n; ++i)
    {
        for (const auto block : prevotes[i])
            votes.emplace_back(Step::prevote, i, block);
        for (const auto block : precommits[i])
            votes.emplace_back(Step::precommit, i, block);
    }
    std::ranges::shuffle(votes, random);
    Tree late(fork.base);
    const auto cut = random() % (votes.size() + 1);
    for (size_t i = 0; i != votes.size(); ++i)
    {
        const auto& [step, voter, block] = votes[i];
        round.import(step, voter, {fork.blocks[block], {}}, i < cut ? late : fork.tree);
    }
    for (const auto& block : fork.blocks)
        round.settle(block.hash, fork.tree);

    const Reference v{prevotes, voters.tolerated(), voters.threshold()};
    const Reference c{precommits, voters.tolerated(), voters.threshold()};
    const auto id = [&](std::optional<int> block) {
        return block ? std::optional(fork.blocks[size_t(*block)]) : std::nullopt;
    };
    const auto equivocators = [](const auto& choices) { return std::ranges::count(choices, 2, &Choice::size); };
    const bool tolerant = uint64_t(std::max(equivocators(prevotes), equivocators(precommits))) <= voters.tolerated();
    if (!tolerant)
        return; // more than one block may win: nothing is promised but that nothing stops
    const auto ghost = v.ghost();
    ASSERT_EQ(round.prevote_ghost(), id(ghost));
    ASSERT_EQ(round.finalised(), id(c.ghost()));
    auto estimate = ghost;
    while (estimate && !c.can_get(*estimate))
        estimate = Reference::kParent[size_t(*estimate)];
    ASSERT_EQ(round.estimate(), id(estimate));
    ASSERT_EQ(round.completable(), ghost && (estimate != ghost || !c.child_can_get(*ghost)));
    ASSERT_EQ(round.prevotes_settled(), ghost && !v.child_can_get(*ghost));
}

TEST(Round, agrees_with_the_definitions_on_every_vote_of_three_and_four_voters)
{
    std::mt19937_64 random{1};
    size_t cases = 0;
    for (const size_t n : {3, 4})
    {
        const auto all = all_choices(n);
        for (const auto& prevotes : all)
            for (const auto& precommits : all)
            {
                ASSERT_NO_FATAL_FAILURE(compare(n, prevotes, precommits, random));
                ++cases;
            }
    }
    EXPECT_EQ(cases, 84 * 84 + 210 * 210);
}

TEST(Round, agrees_with_the_definitions_on_random_votes_of_five_to_eight_voters)
{
    std::mt19937_64 random{2};
    const std::vector<Choice> one{{}, {0}, {1}, {2}, {3}, {4}, {1}, {2}, {3}, {2, 4}};
    for (int i = 0; i != 20000; ++i)
    {
        const auto n = 5 + random() % 4;
        std::vector<Choice> prevotes, precommits;
        for (size_t k = 0; k != n; ++k)
        {
            prevotes.push_back(one[random() % one.size()]);
            precommits.push_back(one[random() % one.size()]);
        }
        ASSERT_NO_FATAL_FAILURE(compare(n, prevotes, precommits, random));
    }
}

} // namespace
} // namespace finality
