#include "finality/voting.hpp"

namespace finality {

namespace wire = protocols::grandpa;

namespace {

/// A catch-up pays from this many rounds on: the votes of nearer rounds are told anyway.
constexpr RoundNumber kCatchUpFrom = 2;

int32_t price(Refusal why)
{
    switch (why)
    {
    case Refusal::stranger:
    case Refusal::signature:
        return conduct::kForged;
    case Refusal::number: // its signer lies; who passed it on may not have had the block
        return conduct::kPast;
    default:
        return conduct::kBadCommit;
    }
}

} // namespace

void Voting::hear(const PeerKey& from, const wire::Vote& vote, Time now)
{
    const auto set = voter_->voters().set_id();
    if (vote.set_id != set)
    {
        if (vote.set_id > set)
            report(from, conduct::kFuture);
        else if (vote.set_id + 1 < set) // of the set before it may have been under way
            report(from, conduct::kPast);
        return;
    }
    const auto round = voter_->round();
    const auto verdict = voter_->hear(vote.round, vote.message, now);
    auto* peer = audience_.find(from);
    switch (verdict.heard)
    {
    case Heard::fresh:
        report(from, conduct::kNews);
        (void)tell_vote(*peer, vote.round, vote.message); // it knows
        forward(vote.round, vote.message);
        want(verdict, from);
        break;
    case Heard::known:
        (void)tell_vote(*peer, vote.round, vote.message);
        break;
    case Heard::past:
        if (vote.round + 2 < round) // of the round before last it may have been under way
            report(from, conduct::kPast);
        break;
    case Heard::future:
        report(from, conduct::kFuture);
        break;
    case Heard::refused:
        report(from, price(verdict.why));
        break;
    }
}

void Voting::hear(const PeerKey& from, const wire::Commit& commit, Time now)
{
    const auto set = voter_->voters().set_id();
    auto* peer = audience_.find(from);
    if (commit.set_id != set)
    {
        if (commit.set_id > set)
            report(from, conduct::kFuture);
        return;
    }
    const auto whole = wire::expand(commit.commit);
    if (!whole)
        return report(from, conduct::kBadCommit);
    const auto verdict = voter_->hear(commit.round, *whole, now);
    if (verdict.heard == Heard::refused)
        return report(from, conduct::kBadCommit);
    if (peer->view && peer->view->set_id == set && verdict.heard == Heard::fresh)
        peer->commit = std::max(peer->commit, whole->target_number);
    if (verdict.heard != Heard::fresh)
        return;
    report(from, conduct::kNews);
    want(verdict, from);
    if (verdict.lacking.empty() && voter_->last_commit())
        publish(*voter_->last_commit());
}

void Voting::hear(const PeerKey& from, const wire::Neighbor& neighbour, Time now)
{
    auto& peer = *audience_.find(from);
    const auto* view = neighbour.get<wire::NeighborV1>();
    if (view == nullptr)
        return;
    switch (audience_.moved(peer, *view, now, limits_.neighbour / 2))
    {
    case Audience::Moved::backwards:
        return report(from, conduct::kBackwards);
    case Audience::Moved::same:
        return;
    case Audience::Moved::stalled:
        // Where nobody votes, nobody lacks a vote.
        if (view->set_id != voter_->voters().set_id() || view->round < voter_->round() || voter_->voted())
            tell_all(from, peer);
        else
            tell_commit(from, peer);
        break;
    case Audience::Moved::forward:
        tell_all(from, peer);
        break;
    }
    ask_catch_up(now);
}

/// Asks a peer that is well ahead in our set for the votes of its last completed round; one at a time.
void Voting::ask_catch_up(Time now)
{
    if (asked_)
        return;
    const auto set = voter_->voters().set_id();
    std::optional<PeerKey> chosen;
    for (const auto& [key, peer] : audience_.peers())
    {
        if (peer.light || !peer.view || peer.view->set_id != set || peer.view->round < voter_->round() + kCatchUpFrom)
            continue;
        const bool next = !asked_last_ || key > *asked_last_; // in turn
        if (!chosen || next)
            chosen = key;
        if (next)
            break;
    }
    if (!chosen)
        return;
    const auto round = audience_.find(*chosen)->view->round - 1;
    asked_ = Asked{.peer = *chosen, .round = round, .at = now};
    asked_last_ = chosen;
    send({*chosen}, wire::CatchUpRequest{.round = round, .set_id = set});
}

void Voting::hear(const PeerKey& from, const wire::CatchUpRequest& request, Time now)
{
    auto& peer = *audience_.find(from);
    const auto set = voter_->voters().set_id();
    if (request.set_id != set)
    {
        if (request.set_id + 1 != set) // it may not know yet that the set is over
            report(from, conduct::kNeedlessRequest);
        return;
    }
    const bool soon = peer.answered && now < *peer.answered + limits_.answer_every;
    const bool behind =
        peer.view && peer.view->set_id == set && peer.view->round < voter_->round() - 1; // kCatchUpFrom and more
    auto answer = soon || !behind || peer.light ? std::nullopt : voter_->catch_up(request.round);
    if (!answer)
        return report(from, conduct::kNeedlessRequest);
    peer.answered = now;
    send({from}, std::move(*answer));
}

void Voting::hear(const PeerKey& from, const CatchUp& catch_up, Time now)
{
    if (!asked_ || asked_->peer != from || catch_up.set_id != voter_->voters().set_id() ||
        catch_up.round < asked_->round)
        return report(from, conduct::kUnasked);
    asked_.reset();
    const auto verdict = voter_->hear(catch_up, now);
    if (verdict.heard == Heard::refused)
        return report(from, conduct::kBadCommit);
    want(verdict, from);
}

} // namespace finality
