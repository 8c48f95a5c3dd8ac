#include "node/finality.hpp"
#include "node/key_types.hpp"

#include "finality/justification.hpp"
#include "scale/scale.hpp"

#include <algorithm>

namespace node {
namespace {

/// Within this a message reaches nearly everybody; of short slots less.
constexpr finality::Time kGossipMax = std::chrono::milliseconds(300), kGossipMin = std::chrono::milliseconds(50);
/// After a runtime that did not say who votes.
constexpr finality::Time kAskAgain = std::chrono::seconds(1);

finality::PeerKey key_of(const libp2p::PeerId& peer) { return peer.key; }
libp2p::PeerId peer_of(const finality::PeerKey& key) { return {.key = key}; }

/// What is kept of a set's votes, under the set's number.
struct MemoRow
{
    finality::SetId set = 0;
    base::Bytes bytes;
};

} // namespace

Finality::Finality(const FinalityParts& parts, FinalityEvents events)
    : loop_(parts.loop), ledger_(parts.ledger), keystore_(parts.keystore), record_(parts.record),
      reports_(parts.ledger, parts.submit), events_(std::move(events)), vote_(parts.vote)
{
    const auto newest = ledger_.newest_proof();
    const auto header = newest ? ledger_.header(newest->block) : std::nullopt;
    auto proof = newest ? scale::decode<finality::Justification>(base::ByteView(newest->justification))
                        : std::unexpected(scale::Error{});
    if (header && proof)
        latest_ = Decision{{newest->block, header->number.value}, *header, newest->set_id, std::move(*proof)};
}

void Finality::start()
{
    const auto base = ledger_.finalised();
    auto set = voters(base.hash);
    if (!set)
        return events_.log(host::LogLevel::error, set.error());
    begin_set(std::move(*set), base);
    if (const auto& mark = marked_; mark && !ledger_.contains(mark->target))
        events_.log(host::LogLevel::error,
                    "in round " + std::to_string(mark->round) + " of set " + std::to_string(mark->set) +
                        " this node's keys voted for a block that its chain does not have. Until it comes they are "
                        "silent: the database is an old copy, or another chain's");
    if (const auto newest = latest())
        voting_->serve(newest->set_id, newest->justification);
    for (const auto& [peer, light] : std::exchange(waiting_, {}))
        voting_->peer_joined(key_of(peer), light, loop_.now());
    drain();
}

std::optional<Decision> Finality::latest() const
{
    const std::lock_guard lock(mutex_);
    return latest_;
}

finality::SetId Finality::set_id() const
{
    const std::lock_guard lock(mutex_);
    return view_.set.id;
}

finality::RoundNumber Finality::round() const
{
    const std::lock_guard lock(mutex_);
    return view_.round;
}

RoundView Finality::round_view() const
{
    const std::lock_guard lock(mutex_);
    return view_;
}

std::expected<finality::VoterSet, std::string> Finality::voters(const ledger::Hash& at) const
{
    const auto list = ledger_.call(at, "GrandpaApi_grandpa_authorities");
    const auto id = ledger_.call(at, "GrandpaApi_current_set_id");
    if (!list || !id)
        return std::unexpected((list ? id : list).error().words);
    const auto authorities = scale::decode<primitives::grandpa::AuthorityList>(base::ByteView(*list));
    const auto set_id = scale::decode<finality::SetId>(base::ByteView(*id));
    if (!authorities || !set_id)
        return std::unexpected("the runtime's GRANDPA authorities do not read");
    return finality::VoterSet{*set_id, *authorities};
}

// Sets.

finality::Memory Finality::memory_of(finality::SetId set) const
{
    const auto row = [&](finality::effect::Keep::What what) {
        const auto bytes = ledger_.memo(uint8_t(what));
        const auto read = bytes ? scale::decode<MemoRow>(base::ByteView(*bytes)) : std::unexpected(scale::Error{});
        return read && read->set == set ? read->bytes : base::Bytes{};
    };
    using enum finality::effect::Keep::What;
    return {.completed = row(completed), .votes = row(votes)};
}

finality::VoterOptions Finality::options_for(finality::VoterSet set, const BlockId& base) const
{
    finality::VoterOptions options{.set = std::move(set), .base = base, .ours = {}, .mark = {}, .memory = {}};
    const auto quarter = finality::Time(ledger_.configuration().slot_duration_ms / 4);
    options.gossip = std::clamp(quarter, kGossipMin, kGossipMax);
    options.memory = memory_of(options.set.id);
    const auto marks = record_.marks();
    for (const auto& authority : options.set.authorities)
    {
        const auto& key = authority.id.bytes;
        if (!vote_ || !keystore_.has(kGrandpa, key))
            continue;
        options.ours.push_back(authority.id);
        const auto last = marks.last_vote(key);
        if (!last || last->set_id != options.set.id)
            continue;
        const finality::Mark mark{last->set_id, last->round, finality::Step(last->step), last->target};
        if (!options.mark || std::pair(mark.round, mark.step) > std::pair(options.mark->round, options.mark->step))
            options.mark = mark;
    }
    return options;
}

void Finality::begin_set(finality::VoterSet set, const BlockId& base)
{
    {
        const std::lock_guard lock(mutex_);
        view_ = {.set = set, .round = 1, .prevoted = {}, .precommitted = {}};
    }
    const auto options = options_for(std::move(set), base);
    marked_ = options.mark;
    set_base_ = base;
    if (voting_)
        voting_->begin_set(options, loop_.now());
    else
    {
        const finality::Chain& chain = *this;
        voting_.emplace(chain, options, loop_.now());
    }
}

bool Finality::same_set(const finality::VoterSet& set) const
{
    const std::lock_guard lock(mutex_);
    return view_.set.id == set.id && view_.set.authorities == set.authorities;
}

void Finality::finalised(const ledger::FinalisedBlocks& blocks)
{
    const auto last = blocks.chain.back();
    if (!ledger_.set_changes(blocks.chain.front().number - 1, 1).empty())
        return hand_over(last);
    loop_.post([this, last] {
        if (!voting_ || stopped_)
            return;
        voting_->finalised(last, loop_.now());
        drain();
    });
}

/// To the voters that decide on top of a final block. Until they are known the old ones vote for nothing above it.
void Finality::hand_over(const BlockId& block)
{
    auto next = voters(block.hash);
    loop_.post([this, block, next = std::move(next)] {
        if (!voting_ || stopped_)
            return;
        if (!next)
        {
            events_.log(host::LogLevel::error, "the next voters: " + next.error());
            return loop_.after(kAskAgain, [this] { loop_.write([this] { hand_over(ledger_.finalised()); }); });
        }
        if (!same_set(*next))
            begin_set(*next, block);
        else
            voting_->finalised(block, loop_.now());
        drain();
    });
}

// Peers.

void Finality::joined(const libp2p::PeerId& peer, protocols::Role role)
{
    const bool light = role == protocols::Role::light;
    peers_.push_back(peer);
    if (!voting_)
    {
        waiting_[peer] = light;
        return;
    }
    voting_->peer_joined(key_of(peer), light, loop_.now());
    drain();
}

void Finality::left(const libp2p::PeerId& peer)
{
    std::erase(peers_, peer);
    waiting_.erase(peer);
    if (!voting_)
        return;
    voting_->peer_left(key_of(peer), loop_.now());
    drain();
}

void Finality::heard(const libp2p::PeerId& peer, const protocols::grandpa::Message& message)
{
    if (!voting_)
        return;
    if (const auto* neighbor = message.get<protocols::grandpa::Neighbor>())
        if (const auto* view = neighbor->get<protocols::grandpa::NeighborV1>();
            view->set_id > voting_->voter().voters().set_id() &&
            view->commit_finalized_height > ledger_.finalised().number)
            events_.proofs(peer);
    voting_->on_message(key_of(peer), message, loop_.now());
    drain();
}

void Finality::imported(const ledger::Hash& block)
{
    if (!voting_)
        return;
    voting_->block_imported(block, loop_.now());
    drain();
}

// Effects.

void Finality::drain()
{
    if (stopped_)
        return;
    while (auto effect = voting_->next_effect())
        std::visit([&](const auto& each) { take(each); }, *effect);
    show_round();
    const auto due = voting_->deadline();
    if (!due || (due_ && *due_ <= *due))
        return;
    due_ = *due;
    loop_.after(std::max(*due - loop_.now(), finality::Time(1)), [this, due = *due] {
        if (due_ == due)
            due_.reset();
        voting_->tick(loop_.now());
        drain();
        events_.settle();
    });
}

void Finality::show_round()
{
    const auto& voter = voting_->voter();
    const auto* votes = voter.votes_of(voter.round());
    const std::lock_guard lock(mutex_);
    view_.round = voter.round();
    view_.prevoted.assign(voter.voters().size(), false);
    view_.precommitted.assign(voter.voters().size(), false);
    for (size_t i = 0; votes != nullptr && i != voter.voters().size(); ++i)
    {
        view_.prevoted[i] = !votes->votes(finality::Step::prevote, i).empty();
        view_.precommitted[i] = !votes->votes(finality::Step::precommit, i).empty();
    }
}

void Finality::take(const finality::effect::Send& send)
{
    for (const auto& key : send.peers)
        events_.send(peer_of(key), send.message);
}

void Finality::take(const finality::effect::Report& report) { events_.report(peer_of(report.peer), report.change); }

void Finality::take(const finality::effect::Want& want)
{
    if (want.peer)
        return events_.want(peer_of(*want.peer), want.block);
    for (const auto& peer : peers_)
        events_.want(peer, want.block);
}

void Finality::take(const finality::effect::Keep& keep)
{
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(memos_, [&](const auto& each) { return each.what == keep.what; });
        memos_.push_back(keep);
    }
    loop_.work([this] { write_memos(); });
}

/// Writes what waits, in order.
bool Finality::write_memos()
{
    const std::lock_guard writing(memos_mutex_);
    const auto memos = [&] {
        const std::lock_guard lock(mutex_);
        return std::exchange(memos_, {});
    }();
    for (const auto& memo : memos)
        if (!ledger_.set_memo(uint8_t(memo.what), scale::encode(MemoRow{memo.set, memo.bytes})))
            return false;
    return true;
}

void Finality::take(const finality::effect::Cast& cast)
{
    loop_.work([this, cast] {
        auto votes = sign(cast);
        loop_.post([this, cast, votes = std::move(votes)] {
            if (stopped_ || voting_->voter().voters().set_id() != cast.set)
                return; // the set is over
            if (votes)
                voting_->cast(cast.round, *votes, loop_.now());
            else
            {
                events_.log(host::LogLevel::error, "no vote in round " + std::to_string(cast.round) + " of set " +
                                                       std::to_string(cast.set) + ": " + votes.error());
                voting_->forgo(cast, loop_.now());
            }
            drain();
            events_.settle();
        });
    });
}

/// Marks a vote and signs it. What it stands on outlives a power cut before anything is signed: the block, the votes
/// that led to it, then the mark.
std::expected<std::vector<primitives::grandpa::SignedMessage>, std::string>
Finality::sign(const finality::effect::Cast& cast)
{
    if (!write_memos())
        return std::unexpected("the votes cannot be kept");
    if (const auto settled = ledger_.settle(); !settled)
        return std::unexpected(settled.error().words);
    std::vector<watermark::Key> keys;
    for (const auto& key : cast.keys)
        keys.push_back(key.bytes);
    if (const auto marked = record_.vote(
            keys,
            {.set_id = cast.set, .round = cast.round, .step = watermark::Step(cast.step), .target = cast.target.hash});
        !marked)
        return std::unexpected(marked.error().words);
    const auto message = finality::message_of(cast.step, cast.target);
    const auto payload = primitives::grandpa::signed_payload(message, cast.round, cast.set);
    std::vector<primitives::grandpa::SignedMessage> votes;
    for (const auto& key : cast.keys)
    {
        const bool here = keystore_
                              .with<signature::ed25519::Keypair>(
                                  kGrandpa, key.bytes,
                                  [&](const auto& pair, crypto::Entropy&) {
                                      votes.push_back({message, {signature::ed25519::sign(pair, payload)}, key});
                                      return true;
                                  })
                              .value_or(false);
        if (!here)
            return std::unexpected("a key that votes has left the keystore");
    }
    return votes;
}

void Finality::take(const finality::effect::Equivocated& equivocated)
{
    const auto& proof = equivocated.proof;
    events_.log(host::LogLevel::warn, "a voter of set " + std::to_string(proof.set_id) + " voted twice in one round");
    loop_.work([this, proof] { reports_.voter(proof); });
}

void Finality::report_author(const primitives::babe::EquivocationProof& proof, const ledger::Hash& seen_in)
{
    loop_.work([this, proof, seen_in] { reports_.author(proof, seen_in); });
}

void Finality::take(const finality::effect::Decide& decide)
{
    loop_.write([this, decide, base = set_base_.number] { finalise(decide.block, decide.set, base, decide.proof); });
}

bool Finality::finalise(const BlockId& block, finality::SetId set, finality::BlockNumber base,
                        finality::Justification proof)
{
    const auto header = ledger_.header(block.hash);
    if (!header || block.number <= ledger_.finalised().number)
        return false;
    if (!ledger_.set_changes(base, 1).empty())
        return false; // the set's last block is final: others decide what stands on it
    const bool kept = block.number % kJustificationPeriod == 0; // those of changes of authorities are kept anyway
    Decision decision{block, *header, set, std::move(proof)};
    const auto done = ledger_.finalise(
        block.hash, ledger::Proof{.set_id = set, .justification = scale::encode(decision.justification), .kept = kept});
    if (done)
    {
        const std::lock_guard lock(mutex_);
        latest_ = decision;
    }
    loop_.post(
        [this, decision = std::move(decision), done = bool(done), words = done ? std::string() : done.error().words] {
            if (done)
                events_.decided(decision);
            else
                events_.log(host::LogLevel::error, words);
            events_.settle();
        });
    return bool(done);
}

bool Finality::accept(const ledger::Hash& hash, base::ByteView bytes)
{
    const auto header = ledger_.header(hash);
    const auto finalised = ledger_.finalised();
    if (!header || header->number.value <= finalised.number || !ledger_.is_ancestor(finalised.hash, hash))
        return true;
    auto proof = scale::decode<finality::Justification>(bytes);
    const auto set = voters(finalised.hash);
    const BlockId block{hash, header->number.value};
    if (!proof || !set || !finality::check(*proof, *set, block))
        return false;
    return finalise(block, set->id, finalised.number, std::move(*proof));
}

} // namespace node
