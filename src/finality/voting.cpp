#include "finality/voting.hpp"

#include <algorithm>

namespace finality {

namespace grandpa = primitives::grandpa;
namespace wire = protocols::grandpa;

Voting::Voting(const Chain& chain, const VoterOptions& options, Time now, VotingLimits limits)
    : chain_(&chain), limits_(limits), voter_(std::make_unique<Voter>(options, chain, now)),
      neighbour_at_(now + limits.neighbour)
{
    settle(now);
}

void Voting::begin_set(const VoterOptions& options, Time now)
{
    if (const auto& last = voter_->last_commit())
        before_ = {voter_->voters().set_id(), *last};
    voter_ = std::make_unique<Voter>(options, *chain_, now);
    audience_.begin_set();
    asked_.reset();
    settle(now);
    for (auto& [key, peer] : audience_.peers())
        tell_all(key, peer);
}

void Voting::serve(SetId set, const Justification& proof)
{
    if (set == voter_->voters().set_id())
        voter_->recall({proof.round, proof.commit});
    else if (set + 1 == voter_->voters().set_id())
        before_ = {set, {proof.round, proof.commit}};
}

void Voting::peer_joined(const PeerKey& peer, bool light, Time now)
{
    audience_.join(peer, light);
    settle(now);
    send({peer}, wire::Neighbor{*said_});
}

void Voting::peer_left(const PeerKey& peer, Time now)
{
    audience_.leave(peer);
    if (asked_ && asked_->peer == peer)
        asked_.reset();
    ask_catch_up(now);
}

void Voting::on_message(const PeerKey& peer, const Message& message, Time now)
{
    if (audience_.find(peer) == nullptr)
        return;
    message.visit([&](const auto& what) { hear(peer, what, now); });
    settle(now);
}

void Voting::cast(RoundNumber round, const std::vector<grandpa::SignedMessage>& votes, Time now)
{
    for (const auto& vote : votes)
        if (voter_->hear(round, vote, now).heard == Heard::fresh)
            forward(round, vote);
    settle(now);
}

void Voting::forgo(const effect::Cast& cast, Time now)
{
    voter_->forgo(cast, now);
    settle(now);
}

void Voting::block_imported(const Hash& block, Time now)
{
    voter_->block_imported(block, now);
    settle(now);
}

void Voting::finalised(const BlockId& block, Time now)
{
    voter_->finalised(block, now);
    settle(now);
}

void Voting::tick(Time now)
{
    voter_->tick(now);
    if (asked_ && now >= asked_->at + limits_.catch_up)
    {
        report(asked_->peer, conduct::kNoAnswer);
        asked_.reset();
        ask_catch_up(now);
    }
    settle(now);
    if (now < neighbour_at_)
        return;
    introduce(now, true);
    ask_catch_up(now);
    for (const auto& block : voter_->awaited())
        effects_.emplace_back(effect::Want{block, std::nullopt});
}

std::optional<Time> Voting::deadline() const
{
    auto first = neighbour_at_;
    if (const auto vote = voter_->deadline())
        first = std::min(first, *vote);
    if (asked_)
        first = std::min(first, asked_->at + limits_.catch_up);
    return first;
}

std::optional<Effect> Voting::next_effect()
{
    if (effects_.empty())
        return std::nullopt;
    auto effect = std::move(effects_.front());
    effects_.pop_front();
    return effect;
}

/// Passes on what the voter wants, and tells the peers where we are if that has changed.
void Voting::settle(Time now)
{
    while (auto effect = voter_->next_effect())
        std::visit(
            [&]<class What>(What& what) {
                if constexpr (std::is_same_v<What, effect::Publish>)
                    publish(what);
                else
                    effects_.emplace_back(std::move(what));
            },
            *effect);
    introduce(now, false);
}

/// Our neighbour packet to everybody, if it says something new or it is time `again`.
void Voting::introduce(Time now, bool again)
{
    const Audience::View view{.round = voter_->round(),
                              .set_id = voter_->voters().set_id(),
                              .commit_finalized_height = voter_->finalised().number};
    if (!again && said_ == view)
        return;
    said_ = view;
    neighbour_at_ = now + limits_.neighbour;
    std::vector<PeerKey> all;
    for (const auto& [key, peer] : audience_.peers())
        all.push_back(key);
    send(std::move(all), wire::Neighbor{view});
}

void Voting::send(std::vector<PeerKey> peers, Message message)
{
    if (!peers.empty())
        effects_.emplace_back(effect::Send{std::move(peers), std::move(message)});
}

void Voting::report(const PeerKey& peer, int32_t change) { effects_.emplace_back(effect::Report{peer, change}); }

void Voting::want(const Verdict& verdict, const PeerKey& peer)
{
    for (const auto& block : verdict.lacking)
        effects_.emplace_back(effect::Want{block, peer});
}

/// Whether a peer is to be told a vote that is here, now that it is noted as told.
bool Voting::tell_vote(Peer& peer, RoundNumber round, const grandpa::SignedMessage& vote)
{
    const auto& voters = voter_->voters();
    const auto [step, target] = read_vote(vote.message);
    if (!Audience::wants_votes(peer, voters.set_id(), round))
        return false;
    if (step == Step::propose)
        return Audience::tell(peer, round, voters.size(), voters.size(), 1);
    const auto* votes = voter_->votes_of(round);
    const auto voter = voters.find(vote.id);
    if (votes == nullptr || !voter)
        return false;
    const auto& cast = votes->votes(step, *voter);
    for (size_t i = 0; i != cast.size(); ++i)
        if (cast[i].target == target)
            return Audience::tell(peer, round, voters.size(), *voter, Audience::bit_of(step, i));
    return false;
}

/// Tells a vote to all who want it.
void Voting::forward(RoundNumber round, const grandpa::SignedMessage& vote)
{
    std::vector<PeerKey> to;
    for (auto& [key, peer] : audience_.peers())
        if (tell_vote(peer, round, vote))
            to.push_back(key);
    send(std::move(to), wire::Vote{round, voter_->voters().set_id(), vote});
}

/// Tells a peer all that it wants and was not told: it has just said where it is.
void Voting::tell_all(const PeerKey& key, Peer& peer)
{
    tell_commit(key, peer);
    const auto& voters = voter_->voters();
    const auto set = voters.set_id();
    if (!peer.view || peer.view->set_id != set)
        return;
    const auto first = voter_->round() - 1;
    for (auto round = first; round != first + 3; ++round)
    {
        const auto* votes = voter_->votes_of(round);
        if (votes == nullptr || !Audience::wants_votes(peer, set, round))
            continue;
        if (const auto* proposal = voter_->proposal(round); proposal != nullptr && tell_vote(peer, round, *proposal))
            send({key}, wire::Vote{round, set, *proposal});
        for (const auto step : {Step::prevote, Step::precommit})
            for (size_t voter = 0; voter != voters.size(); ++voter)
                for (const auto& vote : votes->votes(step, voter))
                {
                    const grandpa::SignedMessage whole{message_of(step, vote.target), vote.signature,
                                                       voters.key(voter)};
                    if (tell_vote(peer, round, whole))
                        send({key}, wire::Vote{round, set, whole});
                }
    }
}

namespace {

wire::Commit message_for(SetId set, const effect::Publish& decision)
{
    return {.round = decision.round, .set_id = set, .commit = protocols::grandpa::compact(decision.commit)};
}

} // namespace

/// Tells a peer the newest commit of the set it is in, if that is news to it.
void Voting::tell_commit(const PeerKey& key, Peer& peer)
{
    const auto tell = [&](SetId set, const effect::Publish& decision) {
        if (!Audience::wants_commit(peer, set, decision.commit.target_number))
            return;
        peer.commit = decision.commit.target_number;
        send({key}, message_for(set, decision));
    };
    if (before_)
        tell(before_->first, before_->second);
    if (const auto& last = voter_->last_commit())
        tell(voter_->voters().set_id(), *last);
}

/// Tells a decision to all to whom it is news.
void Voting::publish(const effect::Publish& decision)
{
    const auto set = voter_->voters().set_id();
    std::vector<PeerKey> to;
    for (auto& [key, peer] : audience_.peers())
        if (Audience::wants_commit(peer, set, decision.commit.target_number))
        {
            peer.commit = decision.commit.target_number;
            to.push_back(key);
        }
    send(std::move(to), message_for(set, decision));
}

} // namespace finality
