#include "finality/round.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace finality {

namespace grandpa = primitives::grandpa;

Round::Round(const Voters& voters, RoundNumber number, const BlockId& base)
    : voters_(&voters), number_(number), graph_(base)
{
    for (auto& tally : tallies_)
        tally.ballots.resize(voters.size());
}

bool Round::knows(Step step, size_t voter, const BlockId& target) const
{
    const auto& ballot = tally(step).ballots[voter];
    return ballot.standing == Standing::equivocator ||
           std::ranges::find(ballot.votes, target, &Signed::target) != ballot.votes.end();
}

Round::Imported Round::import(Step step, size_t voter, const Signed& vote, const Chain& chain)
{
    base::invariant(step != Step::propose);
    if (knows(step, voter, vote.target))
        return Imported::known;
    auto& ballot = tally(step).ballots[voter];
    voted_ = true;
    ballot.votes.push_back(vote);
    if (ballot.votes.size() == 2)
        equivocate(step, voter);
    else
        count(step, voter, chain);
    update();
    return ballot.votes.size() == 2 ? Imported::equivocation : Imported::fresh;
}

/// Puts a voter's only vote into the graph, or among those that wait for their block.
void Round::count(Step step, size_t voter, const Chain& chain)
{
    auto& tally = this->tally(step);
    auto& ballot = tally.ballots[voter];
    const auto& target = ballot.votes.front().target;
    const auto node = graph_.place(target, chain);
    if (node)
    {
        ballot.standing = Standing::counted;
        ballot.node = *node;
        tally.counted += voters_->weight(voter);
        graph_.add(*node, step, voters_->weight(voter));
    }
    else if (node.error() == Misplaced::unknown_block)
    {
        ballot.standing = Standing::awaiting;
        tally.awaiting[target.hash].push_back(voter);
    }
    else
        ballot.standing = Standing::misplaced;
}

/// From now on the voter counts for every block; what it chose first is undone.
void Round::equivocate(Step step, size_t voter)
{
    auto& tally = this->tally(step);
    auto& ballot = tally.ballots[voter];
    const auto weight = voters_->weight(voter);
    if (ballot.standing == Standing::counted)
    {
        tally.counted -= weight;
        graph_.remove(ballot.node, step, weight);
    }
    ballot.standing = Standing::equivocator;
    tally.equivocated += weight;
}

bool Round::settle(const Hash& block, const Chain& chain)
{
    bool some = false;
    for (const auto step : {Step::prevote, Step::precommit})
    {
        const auto waiting = tally(step).awaiting.extract(block);
        if (!waiting)
            continue;
        for (const auto voter : waiting.mapped())
            if (tally(step).ballots[voter].standing == Standing::awaiting)
            {
                count(step, voter, chain);
                some |= tally(step).ballots[voter].standing != Standing::awaiting;
            }
    }
    if (some)
        update();
    return some;
}

std::vector<BlockId> Round::awaited() const
{
    std::vector<BlockId> blocks;
    for (const auto& tally : tallies_)
        for (const auto& [block, voters] : tally.awaiting)
            for (const auto voter : voters)
                if (tally.ballots[voter].standing == Standing::awaiting)
                    blocks.push_back(tally.ballots[voter].votes.front().target);
    return blocks;
}

bool Round::has(VoteGraph::Node node, Step step) const
{
    return graph_.weight(node, step) + tally(step).equivocated >= voters_->threshold();
}

/// Whether a block that voters of weight `chosen` chose, beside the equivocators, can get a supermajority: with all
/// that have not voted, and with as many of those that chose otherwise as may still turn out to be equivocators.
bool Round::can_get(uint64_t chosen, Step step) const
{
    const auto& tally = this->tally(step);
    const auto against = tally.counted - chosen;
    const auto silent = voters_->total() - tally.counted - tally.equivocated;
    const auto room = voters_->tolerated() - std::min(tally.equivocated, voters_->tolerated());
    return chosen + tally.equivocated + silent + std::min(against, room) >= voters_->threshold();
}

/// Whether some block just above the node can, one that nobody chose included.
bool Round::child_can_get(VoteGraph::Node node, Step step) const
{
    uint64_t most = 0;
    for (const auto child : graph_.children(node))
        most = std::max(most, graph_.weight(child, step));
    return can_get(most, step);
}

/// Moves the ghost up as far as there is a supermajority. It never moves down: votes only come, and an equivocator
/// counts for its first block still.
void Round::climb(Step step)
{
    auto& ghost = tally(step).ghost;
    if (!ghost)
    {
        if (!has(VoteGraph::kBase, step))
            return;
        ghost = VoteGraph::kBase;
    }
    for (bool higher = true; higher;)
    {
        const auto& children = graph_.children(*ghost);
        const auto next = std::ranges::find_if(children, [&](auto child) { return has(child, step); });
        higher = next != children.end();
        if (higher)
            ghost = *next;
    }
}

void Round::update()
{
    climb(Step::prevote);
    climb(Step::precommit);
    const auto ghost = tally(Step::prevote).ghost;
    if (!ghost)
        return;
    auto estimate = *ghost;
    while (estimate != VoteGraph::kBase && !can_get(graph_.weight(estimate, Step::precommit), Step::precommit))
        estimate = graph_.parent(estimate);
    estimate_ = estimate;
    completable_ = estimate != *ghost || !child_can_get(*ghost, Step::precommit);
    prevotes_settled_ = !child_can_get(*ghost, Step::prevote);
}

std::optional<BlockId> Round::prevote_ghost() const
{
    const auto ghost = tally(Step::prevote).ghost;
    return ghost ? std::optional(graph_.block(*ghost)) : std::nullopt;
}

std::optional<BlockId> Round::estimate() const
{
    return estimate_ ? std::optional(graph_.block(*estimate_)) : std::nullopt;
}

std::optional<BlockId> Round::finalised() const
{
    const auto ghost = tally(Step::precommit).ghost;
    return ghost ? std::optional(graph_.block(*ghost)) : std::nullopt;
}

std::optional<EquivocationProof> Round::equivocation(Step step, size_t voter) const
{
    const auto& ballot = tally(step).ballots[voter];
    if (ballot.standing != Standing::equivocator)
        return std::nullopt;
    const auto prove = [&]<class Vote>(Vote) {
        const auto side = [](const Signed& vote) {
            return std::pair(Vote{vote.target.hash, vote.target.number}, vote.signature);
        };
        return EquivocationProof{
            voters_->set_id(),
            grandpa::Equivocation<Vote>{number_, voters_->key(voter), side(ballot.votes[0]), side(ballot.votes[1])}};
    };
    return step == Step::prevote ? prove(grandpa::Prevote{}) : prove(grandpa::Precommit{});
}

std::optional<Justification> Round::prove(const BlockId& above, const Chain& chain) const
{
    const auto ghost = tally(Step::precommit).ghost;
    if (!ghost)
        return std::nullopt;
    for (auto node = *ghost; graph_.block(node).number > above.number; node = graph_.parent(node))
    {
        auto proof = justify(graph_.block(node), chain);
        if (proof || node == VoteGraph::kBase)
            return proof;
    }
    return std::nullopt;
}

std::optional<Justification> Round::justify(const BlockId& block, const Chain& chain) const
{
    std::vector<std::pair<const Signed*, size_t>> choices;
    for (size_t voter = 0; voter != voters_->size(); ++voter)
        for (const auto& vote : votes(Step::precommit, voter))
            if (chain.number(vote.target.hash) == vote.target.number && chain.leads(block, vote.target))
            {
                choices.emplace_back(&vote, voter);
                break;
            }
    std::ranges::sort(choices, {},
                      [](const auto& choice) { return std::pair(choice.first->target.number, choice.second); });

    Justification proof{.round = number_, .commit = {block.hash, block.number, {}}, .votes_ancestries = {}};
    std::set<Hash> led{block.hash};
    uint64_t weight = 0;
    for (const auto& [vote, voter] : choices)
    {
        if (weight >= voters_->threshold())
            break;
        weight += voters_->weight(voter);
        proof.commit.precommits.push_back(
            {{vote->target.hash, vote->target.number}, vote->signature, voters_->key(voter)});
        for (auto at = vote->target.hash; led.insert(at).second;)
        {
            auto header = chain.header(at);
            if (!header)
                return std::nullopt;
            at = header->parent_hash;
            proof.votes_ancestries.push_back(std::move(*header));
        }
    }
    return weight >= voters_->threshold() ? std::optional(std::move(proof)) : std::nullopt;
}

namespace {

template <class SignedVote>
void append(std::vector<SignedVote>& list, const std::vector<Round::Signed>& votes, const Ed25519Public& id)
{
    for (const auto& vote : votes)
        list.push_back({{vote.target.hash, vote.target.number}, vote.signature, id});
}

} // namespace

std::vector<grandpa::SignedPrevote> Round::prevotes() const
{
    std::vector<grandpa::SignedPrevote> list;
    const auto& ballots = tally(Step::prevote).ballots;
    for (size_t voter = 0; voter != ballots.size(); ++voter)
        if (ballots[voter].standing == Standing::counted || ballots[voter].standing == Standing::equivocator)
            append(list, ballots[voter].votes, voters_->key(voter));
    return list;
}

std::vector<grandpa::SignedPrecommit> Round::precommits() const
{
    std::vector<grandpa::SignedPrecommit> list;
    const auto& ballots = tally(Step::precommit).ballots;
    for (size_t voter = 0; voter != ballots.size(); ++voter)
        if (ballots[voter].standing == Standing::counted || ballots[voter].standing == Standing::equivocator)
            append(list, ballots[voter].votes, voters_->key(voter));
    return list;
}

} // namespace finality
