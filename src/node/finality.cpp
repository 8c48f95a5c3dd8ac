#include "node/finality.hpp"
#include "node/key_types.hpp"

#include "scale/scale.hpp"

#include <algorithm>

namespace node {
Finality::Finality(ledger::Ledger& ledger, host::Keystore& keystore, watermark::Record& record)
    : ledger_(ledger), keystore_(keystore), record_(record)
{
    const auto newest = ledger_.newest_proof();
    const auto header = newest ? ledger_.header(newest->block) : std::nullopt;
    auto proof = newest ? scale::decode<finality::Justification>(base::ByteView(newest->justification))
                        : std::unexpected(scale::Error{});
    if (!header || !proof)
        return;
    set_id_ = newest->set_id;
    round_ = proof->round;
    latest_ = Decision{{newest->block, header->number.value}, *header, newest->set_id, std::move(*proof)};
}

std::optional<Decision> Finality::latest() const
{
    const std::lock_guard lock(mutex_);
    return latest_;
}

finality::SetId Finality::set_id() const
{
    const std::lock_guard lock(mutex_);
    return set_id_;
}

finality::RoundNumber Finality::round() const
{
    const std::lock_guard lock(mutex_);
    return round_;
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

/// The best block, or the first on the way to it at which other authorities take over.
BlockId Finality::target(const BlockId& finalised) const
{
    const auto best = ledger_.best();
    const auto way = ledger_.route(finalised.hash, best.hash);
    if (!way)
        return finalised;
    std::optional<uint64_t> limit = ledger_.due_change(); // a final block may have scheduled it
    for (const auto& block : way->enacted)
    {
        if (limit && block.number >= *limit)
            return block;
        const auto header = ledger_.header(block.hash);
        if (const auto change = header ? finality::scheduled_change(*header) : std::nullopt; change && !limit)
            limit = uint64_t{block.number} + change->delay;
        if (limit && block.number >= *limit)
            return block;
    }
    return best;
}

Finality::Ours Finality::ours(const finality::VoterSet& set) const
{
    const auto marks = record_.marks();
    Ours ours;
    for (const auto& authority : set.authorities)
    {
        const auto& key = authority.id.bytes;
        if (std::ranges::find(ours.keys, key) != ours.keys.end() || !keystore_.has(kGrandpa, key))
            continue;
        ours.keys.push_back(key);
        ours.weight += authority.weight;
        const auto last = marks.last_vote(key);
        if (last && last->set_id == set.id && (!ours.last || last->round > ours.last->round))
            ours.last = last;
    }
    return ours;
}

std::expected<std::optional<BlockId>, std::string> Finality::begun(const Ours& ours, const BlockId& finalised) const
{
    if (!ours.last)
        return std::nullopt;
    const auto header = ledger_.header(ours.last->target);
    if (!header)
        return std::unexpected("no vote: in round " + std::to_string(ours.last->round) + " of set " +
                               std::to_string(ours.last->set_id) +
                               " this node's keys voted for a block that its chain does not have. The database is an "
                               "old copy, or another chain's: restore the newest one");
    if (header->number.value <= finalised.number)
        return std::nullopt;
    return BlockId{ours.last->target, header->number.value};
}

std::optional<std::string> Finality::vote()
{
    for (auto finalised = ledger_.finalised();; finalised = ledger_.finalised())
    {
        const auto block = target(finalised);
        if (block == finalised)
            return std::nullopt;
        const auto set = voters(finalised.hash);
        if (!set)
            return set.error();
        const auto keys = ours(*set);
        if (keys.weight < set->threshold())
            return std::nullopt; // the keys that are here do not suffice
        const auto first = begun(keys, finalised);
        if (!first)
            return first.error();
        if (auto failed = decide(*set, keys, first->value_or(block)))
            return failed;
    }
}

/// The round after the newest one that was voted in or decided; the same one for the same vote.
finality::RoundNumber Finality::round_for(const finality::VoterSet& set, const Ours& ours, const BlockId& block) const
{
    if (ours.last && ours.last->target == block.hash)
        return ours.last->round;
    const std::lock_guard lock(mutex_);
    // The proof counts too: it may be all that is left, where the record was made anew.
    const auto decided = latest_ && latest_->set_id == set.id ? latest_->justification.round : 0;
    return std::max(ours.last ? ours.last->round : 0, decided) + 1;
}

std::optional<std::string> Finality::decide(const finality::VoterSet& set, const Ours& ours, const BlockId& block)
{
    const auto header = ledger_.header(block.hash);
    if (!header)
        return "the block to finalise has no header";
    const auto round = round_for(set, ours, block);
    const auto lend = [&](const primitives::Ed25519Public& id, const auto& use) {
        return keystore_
            .with<signature::ed25519::Keypair>(kGrandpa, id.bytes,
                                               [&](const auto& pair, crypto::Entropy&) { return use(pair), true; })
            .value_or(false);
    };
    // Both outlive a power cut before anything is signed: the block, then the mark of the vote for it.
    if (const auto settled = ledger_.settle(); !settled)
        return settled.error().words;
    if (const auto marked = record_.vote(
            ours.keys, {.set_id = set.id, .round = round, .step = watermark::Step::precommit, .target = block.hash});
        !marked)
        return marked.error().words;
    auto justification = finality::decide_alone(set, round, block, lend);
    if (!justification)
        return "a key that votes has left the keystore";
    const bool kept = block.number % kJustificationPeriod == 0; // those of changes of authorities are kept anyway
    const auto done = ledger_.finalise(
        block.hash, ledger::Proof{.set_id = set.id, .justification = scale::encode(*justification), .kept = kept});
    if (!done)
        return done.error().words;
    const Decision decision{block, *header, set.id, std::move(*justification)};
    {
        const std::lock_guard lock(mutex_);
        latest_ = decision;
        set_id_ = set.id;
        round_ = round;
    }
    if (told_)
        told_(decision);
    return std::nullopt;
}

} // namespace node
