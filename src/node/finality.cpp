#include "node/finality.hpp"
#include "node/key_types.hpp"

#include "scale/scale.hpp"

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
        if (auto failed = decide(*set, block))
            return failed;
        if (ledger_.finalised() == finalised)
            return std::nullopt; // the keys that are here do not suffice
    }
}

std::expected<void, watermark::Refusal> Finality::mark(const finality::VoterSet& set, finality::RoundNumber round,
                                                       const BlockId& block)
{
    std::vector<watermark::Key> ours;
    for (const auto& authority : set.authorities)
        if (keystore_.has(kGrandpa, authority.id.bytes))
            ours.push_back(authority.id.bytes);
    return record_.vote(ours,
                        {.set_id = set.id, .round = round, .step = watermark::Step::precommit, .target = block.hash});
}

std::optional<std::string> Finality::decide(const finality::VoterSet& set, const BlockId& block)
{
    const auto header = ledger_.header(block.hash);
    if (!header)
        return "the block to finalise has no header";
    // Rounds must not be used twice: the block's number is one that grows, across restarts too.
    const finality::RoundNumber round = block.number;
    const auto lend = [&](const primitives::Ed25519Public& id, const auto& use) {
        return keystore_
            .with<signature::ed25519::Keypair>(kGrandpa, id.bytes,
                                               [&](const auto& pair, crypto::Entropy&) { return use(pair), true; })
            .value_or(false);
    };
    if (const auto marked = mark(set, round, block); !marked)
        return marked.error().words;
    auto justification = finality::decide_alone(set, round, block, lend);
    if (!justification)
        return std::nullopt;
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
