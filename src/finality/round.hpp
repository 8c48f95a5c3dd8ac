#pragma once

#include "finality/vote_graph.hpp"

#include <set>

namespace finality {

using primitives::grandpa::EquivocationProof;

/// The votes of one round of one voter set, and what follows from them.
///
/// An equivocator, a voter that cast two different votes in one step, counts for every block. With f =
/// Voters::tolerated, a block *has a supermajority* in a step when the voters that chose it, or a block on it, or
/// equivocated weigh at least the threshold, and it *can get* one when that may still come about while at most f
/// equivocate.
///
/// Caller  has checked the signatures, and passes the same chain always
/// Holds   votes for blocks that the chain does not have are kept and count once settle() finds them
/// Bound   two votes for each voter and step: the second proves the equivocation, further ones are nothing new
/// Source  GRANDPA paper, sections 2.2, 2.3 and 3.1
class Round
{
public:
    /// base  a block that every honest vote of the round stands on: one that was final before the round
    Round(const Voters& voters, RoundNumber number, const BlockId& base);

    struct Signed
    {
        BlockId target;
        Ed25519Signature signature;
    };
    enum class Imported : uint8_t
    {
        fresh,        ///< the voter's first vote in the step
        known,        ///< it was here, or the voter is an equivocator already
        equivocation, ///< the voter's second vote in the step
    };

    RoundNumber number() const { return number_; }
    const BlockId& base() const { return graph_.block(VoteGraph::kBase); }
    const Voters& voters() const { return *voters_; }

    /// Whether import() would say `known`.
    bool knows(Step step, size_t voter, const BlockId& target) const;
    /// Cost  the nodes of the graph below the vote and those above the prevotes' supermajority
    Imported import(Step step, size_t voter, const Signed& vote, const Chain& chain);
    /// Counts the votes for a block that has come to the chain. True if there were some.
    bool settle(const Hash& block, const Chain& chain);

    /// The votes of one voter in a step, the earlier one first: none, one, or two.
    const std::vector<Signed>& votes(Step step, size_t voter) const { return tally(step).ballots[voter].votes; }
    /// Whether anybody has voted.
    bool voted() const { return voted_; }
    /// The blocks that votes wait for.
    std::vector<BlockId> awaited() const;
    /// The proof against a voter; nothing if it has not equivocated in the step.
    std::optional<EquivocationProof> equivocation(Step step, size_t voter) const;

    /// g(V): the highest block that has a supermajority of prevotes; nothing before any has.
    std::optional<BlockId> prevote_ghost() const;
    /// E: the highest block on the chain of g(V) that can get a supermajority of precommits.
    std::optional<BlockId> estimate() const;
    /// Whether E is below g(V), or no block above g(V) can get a supermajority of precommits: E does not rise any more,
    /// and whatever this round finalises lies on its chain.
    bool completable() const { return completable_; }
    /// Whether no block above g(V) can get a supermajority of prevotes.
    bool prevotes_settled() const { return prevotes_settled_; }
    /// g(C): the highest block that has a supermajority of precommits.
    std::optional<BlockId> finalised() const;

    /// The proof that a block is final: the precommits of just enough voters for it or for blocks on it, the nearest
    /// first; one of each voter. Nothing when they do not suffice: light clients do not count an equivocator for a
    /// block that it did not choose.
    std::optional<Justification> justify(const BlockId& block, const Chain& chain) const;

    /// The proof of the highest block above `above` that these precommits prove final.
    std::optional<Justification> prove(const BlockId& above, const Chain& chain) const;

    /// All votes that count, both of an equivocator; what a node that was away needs of the round.
    std::vector<primitives::grandpa::SignedPrevote> prevotes() const;
    std::vector<primitives::grandpa::SignedPrecommit> precommits() const;

private:
    enum class Standing : uint8_t
    {
        silent,
        counted,
        awaiting,  ///< its block is not here
        misplaced, ///< its block is not on the base or has another number: it counts for nothing
        equivocator,
    };
    struct Ballot
    {
        std::vector<Signed> votes;
        Standing standing = Standing::silent;
        VoteGraph::Node node = VoteGraph::kBase;
    };
    struct Tally
    {
        std::vector<Ballot> ballots;
        uint64_t counted = 0;     ///< weight of the voters with one vote that is in the graph
        uint64_t equivocated = 0; ///< weight of the equivocators
        std::optional<VoteGraph::Node> ghost;
        std::map<Hash, std::vector<size_t>> awaiting; ///< voters by the block
    };

    Tally& tally(Step step) { return tallies_[step == Step::precommit]; }
    const Tally& tally(Step step) const { return tallies_[step == Step::precommit]; }
    void count(Step step, size_t voter, const Chain& chain);
    void equivocate(Step step, size_t voter);
    bool has(VoteGraph::Node node, Step step) const;
    bool can_get(uint64_t chosen, Step step) const;
    bool child_can_get(VoteGraph::Node node, Step step) const;
    void climb(Step step);
    void update();

    const Voters* voters_;
    RoundNumber number_;
    VoteGraph graph_;
    std::array<Tally, 2> tallies_;
    std::optional<VoteGraph::Node> estimate_;
    bool voted_ = false;
    bool completable_ = false;
    bool prevotes_settled_ = false;
};

} // namespace finality
