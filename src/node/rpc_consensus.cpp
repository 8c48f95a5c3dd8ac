#include "node/key_types.hpp"
#include "node/rpc_backend.hpp"

#include "author/claim.hpp"
#include "scale/scale.hpp"

/// What the server asks about BABE and GRANDPA.
namespace node {
namespace {

/// Headers between a block and the one whose justification makes it final.
constexpr rpc::BlockNumber kUnknownHeadersMax = 100'000;
constexpr uint64_t kSlotsShownMax = 20'000; ///< of a longer epoch the first ones

} // namespace

std::optional<rpc::RoundStates> RpcBackend::round_state()
{
    const auto view = parts_.finality.round_view();
    rpc::RoundState round{.round = view.round,
                          .total_weight = view.set.total(),
                          .threshold_weight = view.set.threshold(),
                          .prevotes = {},
                          .precommits = {}};
    for (size_t i = 0; i != view.set.authorities.size(); ++i)
    {
        const auto& authority = view.set.authorities[i];
        const auto count = [&](const std::vector<bool>& voted, rpc::RoundState::Votes& votes) {
            if (i < voted.size() && voted[i])
                votes.weight += authority.weight;
            else
                votes.missing.push_back(authority.id);
        };
        count(view.prevoted, round.prevotes);
        count(view.precommitted, round.precommits);
    }
    return rpc::RoundStates{.set_id = view.set.id, .best = std::move(round), .background = {}};
}

/// sc_consensus_grandpa::FinalityProof: the block of the next justification that is kept, the justification, and the
/// headers from the block asked for, exclusive, to that one, inclusive.
std::expected<std::optional<rpc::Bytes>, std::string> RpcBackend::prove_finality(rpc::BlockNumber number)
{
    const auto& chain = parts_.ledger;
    if (number > chain.finalised().number)
        return std::unexpected("block " + std::to_string(number) + " is not final yet");
    std::optional<ledger::BlockId> target;
    std::optional<rpc::Bytes> justification;
    const auto changes = number == 0 ? chain.set_changes(0) : chain.set_changes(number - 1);
    if (!changes.empty())
        if (const auto hash = chain.hash_at(changes.front()))
        {
            target = {*hash, changes.front()};
            justification = chain.justification(*hash);
        }
    if (!target)
        if (const auto latest = parts_.finality.latest(); latest && latest->block.number >= number)
        {
            target = latest->block;
            justification = scale::encode(latest->justification);
        }
    if (!target || !justification)
        return std::nullopt;
    if (target->number - number > kUnknownHeadersMax)
        return std::unexpected("more than " + std::to_string(kUnknownHeadersMax) + " headers lie between");
    std::vector<Header> unknown;
    for (auto each = number + 1; each <= target->number; ++each)
        if (const auto hash = chain.hash_at(each))
            if (auto header = chain.header(*hash))
                unknown.push_back(std::move(*header));
    scale::Writer proof;
    scale::encode(target->hash, proof);
    scale::encode(*justification, proof);
    scale::encode(unknown, proof);
    return proof.take();
}

std::expected<std::vector<rpc::EpochSlots>, std::string> RpcBackend::epoch_authorship()
{
    const auto epochs = parts_.ledger.epochs(parts_.ledger.best().hash);
    if (!epochs || !epochs->current())
        return std::unexpected("the first epoch begins with block 1");
    const auto& epoch = *epochs->current();
    const std::lock_guard lock(mutex_); // the entropy is used by one at a time
    std::vector<rpc::EpochSlots> all;
    for (const auto& authority : epoch.authorities)
    {
        if (!parts_.keystore.has(kBabe, authority.id.bytes))
            continue;
        const author::WithKey only_this = [&](const primitives::Sr25519Public& key, const auto& use) {
            if (key != authority.id)
                return false;
            return parts_.keystore
                .with<signature::sr25519::Keypair>(kBabe, key.bytes,
                                                   [&](const auto& pair, crypto::Entropy&) { return use(pair), true; })
                .value_or(false);
        };
        rpc::EpochSlots slots{.authority = authority.id, .primary = {}, .secondary = {}, .secondary_vrf = {}};
        for (uint64_t i = 0; i != std::min(epoch.duration, kSlotsShownMax); ++i)
        {
            const auto slot = epoch.start_slot + i;
            const auto claim = author::claim_slot(slot, epoch, only_this, parts_.entropy);
            if (!claim)
                continue;
            auto& kind = claim->primary()                                       ? slots.primary
                         : claim->digest.is<primitives::babe::SecondaryPlain>() ? slots.secondary
                                                                                : slots.secondary_vrf;
            kind.push_back(slot);
        }
        all.push_back(std::move(slots));
    }
    return all;
}

} // namespace node
