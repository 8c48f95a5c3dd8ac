#include "finality/voter.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace finality {

namespace grandpa = primitives::grandpa;

Voter::Voter(const VoterOptions& options, const Chain& chain, Time now)
    : voters_(options.set), chain_(&chain), gossip_(options.gossip), base_(options.base), mark_(options.mark),
      finalised_(options.base)
{
    for (const auto& key : options.ours)
        if (const auto seat = voters_.find(key); seat && std::ranges::find(ours_, *seat) == ours_.end())
            ours_.push_back(*seat);
    open(1, now);
    restore(options.memory, now);
    advance(now);
}

/// Enters a round. The next one is opened with it, for those who are ahead of us.
void Voter::open(RoundNumber round, Time now)
{
    current_ = round;
    began_ = now;
    prevoted_.reset();
    asked_.clear();
    forgone_.clear();
    kept_votes_ = 0;
    std::erase_if(rounds_, [&](const auto& entry) { return entry.first + 1 < round; });
    std::erase_if(proposals_, [&](const auto& entry) { return entry.first < round; });
    for (const auto number : {round, round + 1})
        rounds_.try_emplace(number, voters_, number, finalised_);
}

/// E of the round before; nothing when that round is not here, which is so only where nothing is cast.
std::optional<BlockId> Voter::previous_estimate() const
{
    if (current_ == 1)
        return base_;
    const auto previous = rounds_.find(current_ - 1);
    return previous == rounds_.end() ? std::nullopt : previous->second.estimate();
}

Voter::Right Voter::right(Step step) const
{
    if (ours_.empty() || current_ <= silent_to_)
        return Right::none;
    if (!mark_ || mark_->set < voters_.set_id())
        return Right::free;
    const auto marked = std::pair(mark_->round, mark_->step), asked = std::pair(current_, step);
    if (mark_->set > voters_.set_id() || asked < marked)
        return Right::none;
    return asked == marked ? Right::bound : Right::free;
}

bool Voter::has_all(Step step) const
{
    return std::ranges::none_of(ours_, [&](size_t seat) { return now_voted().votes(step, seat).empty(); });
}

/// Whether nothing more of ours is to come in a step of the current round.
bool Voter::given(Step step) const { return forgone_.contains(step) || right(step) == Right::none || has_all(step); }

/// Whether a vote of ours must be repeated and cannot: it went to a block that this node does not have any more.
bool Voter::cut_off() const
{
    return std::ranges::any_of(std::array{Step::prevote, Step::precommit}, [&](Step step) {
        return right(step) == Right::bound && !given(step) && !chain_->number(mark_->target);
    });
}

/// What our keys have voted in a step already: as the mark says, or as one of them did by what came back.
std::optional<BlockId> Voter::said(Step step) const
{
    if (step != Step::propose)
        for (const auto seat : ours_)
            if (const auto& votes = now_voted().votes(step, seat); !votes.empty())
                return votes.front().target;
    if (right(step) != Right::bound)
        return std::nullopt;
    const auto number = chain_->number(mark_->target);
    return number ? std::optional(BlockId{mark_->target, *number}) : std::nullopt;
}

void Voter::cast(Step step, const BlockId& target)
{
    asked_.insert(step);
    effect::Cast cast{.set = voters_.set_id(), .round = current_, .step = step, .target = target, .keys = {}};
    for (const auto seat : ours_)
        if (step == Step::propose ? seat == voters_.primary(current_) : now_voted().votes(step, seat).empty())
            cast.keys.push_back(voters_.key(seat));
    if (!cast.keys.empty())
        effects_.emplace_back(std::move(cast));
}

/// The primary tells its estimate of the round before, unless everybody is to know it as final.
void Voter::propose()
{
    const auto estimate = previous_estimate();
    if (asked_.contains(Step::propose) || right(Step::propose) == Right::none || asked_.contains(Step::prevote) ||
        !estimate || std::ranges::find(ours_, voters_.primary(current_)) == ours_.end())
        return;
    if (right(Step::propose) == Right::free)
    {
        if (!is_final(*estimate))
            cast(Step::propose, *estimate);
    }
    else if (const auto same = said(Step::propose))
        cast(Step::propose, *same);
}

/// The hint of the primary where it helps: a block above our estimate that the round before may have meant.
BlockId Voter::hinted(const BlockId& estimate) const
{
    const auto proposal = proposals_.find(current_);
    const auto previous = rounds_.find(current_ - 1);
    if (proposal == proposals_.end() || previous == rounds_.end())
        return estimate;
    const auto hint = read_vote(proposal->second.message).second;
    const auto ghost = previous->second.prevote_ghost();
    const bool fits = chain_->number(hint.hash) == hint.number && ghost && hint.number > estimate.number &&
                      chain_->leads(estimate, hint) && chain_->leads(hint, *ghost);
    return fits ? hint : estimate;
}

/// What to prevote for, if now is the time. See docs/decisions/0011-finality-timing.md.
std::optional<BlockId> Voter::choice(const BlockId& estimate, Time now) const
{
    const bool over = now_voted().completable();
    if (is_final(estimate))
    {
        const auto best = chain_->best_containing(finalised_);
        return over || best.number > finalised_.number ? std::optional(best) : std::nullopt;
    }
    return over || now >= began_ + 2 * gossip_ ? std::optional(chain_->best_containing(hinted(estimate)))
                                               : std::nullopt;
}

void Voter::prevote(Time now)
{
    if (asked_.contains(Step::prevote) || given(Step::prevote))
        return;
    if (const auto same = said(Step::prevote))
        return cast(Step::prevote, *same);
    const auto estimate = previous_estimate();
    if (right(Step::prevote) == Right::bound || !estimate)
        return;
    if (const auto target = choice(*estimate, now))
        cast(Step::prevote, *target);
}

void Voter::precommit(Time now)
{
    if (asked_.contains(Step::precommit) || given(Step::precommit))
        return;
    if (const auto same = said(Step::precommit))
        return cast(Step::precommit, *same);
    const auto estimate = previous_estimate();
    const auto ghost = now_voted().prevote_ghost();
    if (right(Step::precommit) == Right::bound || !given(Step::prevote) || !estimate || !ghost ||
        !chain_->leads(*estimate, *ghost))
        return;
    if (now_voted().completable() || now_voted().prevotes_settled() || now >= *prevoted_ + 2 * gossip_)
        cast(Step::precommit, *ghost);
}

/// Whether the current round is over for this node.
bool Voter::may_go_on() const
{
    return now_voted().completable() && ((given(Step::prevote) && given(Step::precommit)) || cut_off());
}

/// How long a decision waits for somebody else to publish it: the voters take turns, so that one does it at once.
Time Voter::commit_delay(RoundNumber round) const
{
    const auto n = voters_.size(), first = voters_.primary(round);
    auto turn = n;
    for (const auto seat : ours_)
        turn = std::min(turn, (seat + n - first) % n);
    return gossip_ * Time::rep(turn) / Time::rep(n);
}

/// Takes what the rounds have decided.
void Voter::decide(Time now)
{
    for (const auto& [number, round] : rounds_)
    {
        const auto block = round.finalised();
        if (!block || block->number <= finalised_.number || !is_above(*block))
            continue;
        auto proof = round.prove(finalised_, *chain_);
        if (!proof)
            continue; // equivocators make it final, but no light client would count them
        finalised_ = {proof->commit.target_hash, proof->commit.target_number};
        last_commit_ = effect::Publish{number, proof->commit};
        publish_at_ = now + commit_delay(number);
        effects_.emplace_back(effect::Decide{finalised_, voters_.set_id(), std::move(*proof)});
    }
}

void Voter::keep_completed()
{
    if (!ours_.empty())
        effects_.emplace_back(
            effect::Keep{effect::Keep::What::completed, voters_.set_id(), scale::encode(catch_up_of(now_voted()))});
}

/// Our votes of the current round and, after a restart, of the next one: they are to outlive the next restart too.
void Voter::keep_votes()
{
    std::vector<protocols::grandpa::Vote> kept;
    for (const auto number : {current_, current_ + 1})
        for (const auto step : {Step::prevote, Step::precommit})
            for (const auto seat : ours_)
                for (const auto& vote : rounds_.at(number).votes(step, seat))
                    kept.push_back({number, voters_.set_id(),
                                    SignedMessage{message_of(step, vote.target), vote.signature, voters_.key(seat)}});
    if (kept.size() == kept_votes_)
        return;
    kept_votes_ = kept.size();
    effects_.emplace_back(effect::Keep{effect::Keep::What::votes, voters_.set_id(), scale::encode(kept)});
}

/// Does all that can be done now. Ends: a round is only left when its votes are here, and they are of two rounds.
void Voter::advance(Time now)
{
    now_ = std::max(now_, now);
    for (;;)
    {
        decide(now_);
        keep_votes();
        propose();
        prevote(now_);
        if (!prevoted_ && given(Step::prevote))
            prevoted_ = now_;
        precommit(now_);
        if (!may_go_on())
            break;
        keep_completed();
        open(current_ + 1, now_);
    }
    if (commit_ && commit_->what.commit.target_number <= finalised_.number)
        commit_.reset();
    if (catch_up_ && catch_up_->what.round < current_)
        catch_up_.reset();
    if (publish_at_ && now_ >= *publish_at_)
    {
        publish_at_.reset();
        effects_.emplace_back(*last_commit_);
    }
}

void Voter::tick(Time now) { advance(now); }

std::optional<Time> Voter::deadline() const
{
    std::optional<Time> first;
    const auto at = [&](Time time) {
        if (time > now_ && (!first || time < *first))
            first = time;
    };
    if (publish_at_)
        at(*publish_at_);
    if (right(Step::prevote) == Right::free && !asked_.contains(Step::prevote))
        at(began_ + 2 * gossip_);
    if (right(Step::precommit) == Right::free && !asked_.contains(Step::precommit) && prevoted_)
        at(*prevoted_ + 2 * gossip_);
    return first;
}

std::optional<VoterEffect> Voter::next_effect()
{
    if (effects_.empty())
        return std::nullopt;
    auto effect = std::move(effects_.front());
    effects_.pop_front();
    return effect;
}

const Round* Voter::votes_of(RoundNumber round) const
{
    const auto found = rounds_.find(round);
    return found == rounds_.end() ? nullptr : &found->second;
}

const grandpa::SignedMessage* Voter::proposal(RoundNumber round) const
{
    const auto found = proposals_.find(round);
    return found == proposals_.end() ? nullptr : &found->second;
}

std::optional<CatchUp> Voter::catch_up(RoundNumber asked) const
{
    const auto found = rounds_.find(current_ - 1);
    if (found == rounds_.end() || found->first < asked || !found->second.completable())
        return std::nullopt;
    return catch_up_of(found->second);
}

} // namespace finality
