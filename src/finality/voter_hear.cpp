#include "finality/voter.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace finality {

namespace grandpa = primitives::grandpa;

namespace {

Verdict refused(Refusal why) { return {.heard = Heard::refused, .why = why}; }

} // namespace

Verdict Voter::hear(RoundNumber round, const SignedMessage& vote, Time now)
{
    if (round > current_ + 1)
        return {.heard = Heard::future};
    const auto at = rounds_.find(round);
    if (at == rounds_.end())
        return {.heard = Heard::past};
    const auto voter = voters_.find(vote.id);
    if (!voter)
        return refused(Refusal::stranger);
    const auto [step, target] = read_vote(vote.message);
    if (step == Step::propose)
        return hear_proposal(round, *voter, vote);
    if (at->second.knows(step, *voter, target))
        return {.heard = Heard::known};
    if (!signed_by(vote.id, step, target, round, voters_.set_id(), vote.signature))
        return refused(Refusal::signature);

    Verdict verdict;
    const auto number = chain_->number(target.hash);
    if (!number)
        verdict.lacking.push_back(target);
    else if (*number != target.number)
        verdict = refused(Refusal::number);
    if (at->second.import(step, *voter, {target, vote.signature}, *chain_) == Round::Imported::equivocation)
        effects_.emplace_back(effect::Equivocated{*at->second.equivocation(step, *voter)});
    advance(now);
    return verdict;
}

Verdict Voter::hear_proposal(RoundNumber round, size_t voter, const SignedMessage& vote)
{
    if (round < current_)
        return {.heard = Heard::past};
    if (voter != voters_.primary(round))
        return refused(Refusal::stranger);
    if (proposals_.contains(round))
        return {.heard = Heard::known};
    const auto target = read_vote(vote.message).second;
    if (!signed_by(vote.id, Step::propose, target, round, voters_.set_id(), vote.signature))
        return refused(Refusal::signature);
    proposals_.emplace(round, vote);
    return {.heard = Heard::fresh};
}

Verdict Voter::hear(RoundNumber round, const Commit& commit, Time now)
{
    if (commit.target_number <= finalised_.number)
        return {.heard = Heard::known};
    if (commit_ && commit_->what.commit.target_hash == commit.target_hash && commit_->what.round == round)
        return {.heard = Heard::known};
    if (const auto checked = check_votes(commit, round, voters_); !checked)
        return refused(checked.error());
    auto verdict = take({round, commit});
    advance(now);
    return verdict;
}

/// A commit whose signatures are good.
Verdict Voter::take(const effect::Publish& told)
{
    const auto& commit = told.commit;
    const BlockId target{commit.target_hash, commit.target_number};
    const auto wait = [&](std::vector<BlockId> lacking) {
        if (!commit_ || commit_->what.commit.target_number <= target.number)
            commit_ = {told, lacking};
        return Verdict{.heard = Heard::fresh, .lacking = std::move(lacking)};
    };
    const auto number = chain_->number(target.hash);
    if (!number)
        return wait({target});
    if (*number != target.number)
        return refused(Refusal::number);
    if (!is_above(target))
        return refused(Refusal::elsewhere);
    const auto votes = round_of(commit, told.round, voters_, *chain_);
    auto proof = votes.justify(target, *chain_);
    if (!proof)
    {
        auto lacking = votes.awaited();
        return lacking.empty() ? refused(Refusal::weight) : wait(std::move(lacking));
    }
    finalised_ = target;
    last_commit_ = effect::Publish{told.round, proof->commit};
    publish_at_.reset(); // somebody has
    effects_.emplace_back(effect::Decide{target, voters_.set_id(), std::move(*proof)});
    if (const auto round = rounds_.find(told.round); round != rounds_.end())
        for (size_t voter = 0; voter != voters_.size(); ++voter)
            for (const auto& vote : votes.votes(Step::precommit, voter))
                if (round->second.import(Step::precommit, voter, vote, *chain_) == Round::Imported::equivocation)
                    effects_.emplace_back(effect::Equivocated{*round->second.equivocation(Step::precommit, voter)});
    return {.heard = Heard::fresh};
}

Verdict Voter::hear(const CatchUp& catch_up, Time now)
{
    if (catch_up.set_id != voters_.set_id())
        return {.heard = catch_up.set_id < voters_.set_id() ? Heard::past : Heard::future};
    if (catch_up.round < current_)
        return {.heard = Heard::known};
    if (const auto checked = check_votes(catch_up, voters_); !checked)
        return refused(checked.error());
    auto verdict = take(catch_up);
    advance(now);
    return verdict;
}

/// A catch-up whose signatures are good.
Verdict Voter::take(const CatchUp& catch_up)
{
    const BlockId base{catch_up.base_hash, catch_up.base_number};
    const auto wait = [&](std::vector<BlockId> lacking) {
        catch_up_ = {catch_up, lacking};
        return Verdict{.heard = Heard::fresh, .lacking = std::move(lacking)};
    };
    const auto number = chain_->number(base.hash);
    if (!number)
        return wait({base});
    if (*number != base.number)
        return refused(Refusal::number);
    if (!is_final(base) && !is_above(base))
        return refused(Refusal::elsewhere);
    auto round = round_of(catch_up, voters_, *chain_);
    if (!round.completable())
    {
        auto lacking = round.awaited();
        return lacking.empty() ? refused(Refusal::unfinished) : wait(std::move(lacking));
    }
    adopt(std::move(round));
    return {.heard = Heard::fresh};
}

/// Reports the equivocators of a round that the one before it did not know.
void Voter::report_new(const Round& before, const Round& after)
{
    for (const auto step : {Step::prevote, Step::precommit})
        for (size_t voter = 0; voter != voters_.size(); ++voter)
            if (auto proof = after.equivocation(step, voter); proof && !before.equivocation(step, voter))
                effects_.emplace_back(effect::Equivocated{std::move(*proof)});
}

/// Goes on from a round that others completed.
void Voter::adopt(Round round)
{
    const auto number = round.number();
    if (number < current_)
        return;
    if (const auto here = rounds_.find(number); here != rounds_.end())
    {
        for (const auto step : {Step::prevote, Step::precommit}) // what only we have heard counts too
            for (size_t voter = 0; voter != voters_.size(); ++voter)
                for (const auto& vote : here->second.votes(step, voter))
                    (void)round.import(step, voter, vote, *chain_);
        report_new(here->second, round);
        rounds_.erase(here);
    }
    rounds_.emplace(number, std::move(round));
    if (number == current_)
        return;
    open(number, now_);
    silent_to_ = number;
}

void Voter::restore(const Memory& memory, Time now)
{
    now_ = now;
    auto completed = scale::decode<CatchUp>(base::ByteView(memory.completed));
    if (completed && completed->set_id == voters_.set_id() && check_votes(*completed, voters_))
    {
        // Its blocks may not be here yet: it is entered all the same, and left when they are.
        adopt(round_of(*completed, voters_, *chain_));
    }
    const auto votes = scale::decode<std::vector<protocols::grandpa::Vote>>(base::ByteView(memory.votes));
    if (!votes)
        return;
    for (const auto& vote : *votes)
        if (vote.set_id == voters_.set_id())
            (void)hear(vote.round, vote.message, now);
}

void Voter::block_imported(const Hash& block, Time now)
{
    for (auto& [number, round] : rounds_)
        (void)round.settle(block, *chain_);
    const auto lacked = [&](auto& waiting) {
        return waiting && std::erase_if(waiting->lacking, [&](const auto& id) { return id.hash == block; }) != 0;
    };
    if (lacked(commit_))
    {
        const auto told = commit_->what;
        commit_.reset();
        if (told.commit.target_number > finalised_.number)
            (void)take(told);
    }
    if (lacked(catch_up_))
    {
        const auto told = catch_up_->what;
        catch_up_.reset();
        if (told.round >= current_)
            (void)take(told);
    }
    advance(now);
}

void Voter::finalised(const BlockId& block, Time now)
{
    if (block.number > finalised_.number)
    {
        finalised_ = block;
        publish_at_.reset(); // others have the proof
    }
    advance(now);
}

void Voter::forgo(const effect::Cast& cast, Time now)
{
    if (cast.round == current_)
        forgone_.insert(cast.step);
    advance(now);
}

std::vector<BlockId> Voter::awaited() const
{
    std::vector<BlockId> blocks;
    for (const auto& [number, round] : rounds_)
        std::ranges::copy(round.awaited(), std::back_inserter(blocks));
    if (commit_)
        std::ranges::copy(commit_->lacking, std::back_inserter(blocks));
    if (catch_up_)
        std::ranges::copy(catch_up_->lacking, std::back_inserter(blocks));
    return blocks;
}

} // namespace finality
