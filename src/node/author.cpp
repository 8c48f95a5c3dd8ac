#include "node/author.hpp"
#include "node/key_types.hpp"

namespace node {
namespace {

/// Refusals that say nothing about the transaction, but that this block is full.
bool block_is_full(const primitives::TransactionValidityError& why)
{
    const auto* invalid = why.get<primitives::InvalidTransaction>();
    return invalid != nullptr && invalid->why == primitives::InvalidTransaction::Why::ExhaustsResources;
}

} // namespace

author::WithKey Author::lend() const
{
    return [this](const primitives::Sr25519Public& key, const auto& use) {
        return keystore_
            .with<signature::sr25519::Keypair>(kBabe, key.bytes,
                                               [&](const auto& pair, crypto::Entropy&) { return use(pair), true; })
            .value_or(false);
    };
}

std::expected<std::optional<ledger::Imported>, std::string> Author::make(chain::Slot slot, uint64_t unix_ms,
                                                                         const BlockTransactions& transactions,
                                                                         const std::function<bool()>& deadline_reached)
{
    const auto parent = ledger_.best();
    if (const auto last = ledger_.slot(parent.hash); last && *last >= slot)
        return std::nullopt;
    const auto epochs = ledger_.epochs(parent.hash);
    const auto epoch = epochs ? epochs->epoch_of_child(slot) : std::unexpected(chain::EpochRefusal::epoch_too_far);
    if (!epoch)
        return std::unexpected("the slot lies too far ahead of the last epoch: check the clock");
    const auto claim = author::claim_slot(slot, **epoch, lend(), entropy_);
    if (!claim)
        return std::nullopt;
    auto proposal = ledger_.propose(parent.hash, {author::pre_runtime(*claim)}, author::inherents(unix_ms, slot));
    if (!proposal)
        return std::unexpected(proposal.error().words);
    // After so many that do not fit, smaller ones are not looked for. Enough that a few large ones, which nobody has to
    // pay for while they wait, do not keep all others out.
    constexpr int kFullMax = 64;
    for (int full = 0; full != kFullMax && !deadline_reached() && !(*proposal)->broken();)
    {
        const auto transaction = transactions.next();
        if (!transaction)
            break;
        if ((*proposal)->bytes() + transaction->size() > kBodyBytesMax)
        {
            ++full;
            continue;
        }
        const auto applied = (*proposal)->apply(*transaction);
        if (applied)
            continue;
        if ((*proposal)->broken())
            break; // no fault of the transaction
        if (!applied.error().trapped && block_is_full(applied.error().why))
            ++full;
        else
            transactions.refused(applied.error());
    }
    auto header = ledger_.finish(**proposal);
    if (!header)
        return std::unexpected(header.error().words);
    if (const auto marked = record_.seal(claim->key.bytes, slot); !marked)
        return std::unexpected(marked.error().words);
    if (!author::seal(*header, claim->key, lend(), entropy_))
        return std::unexpected("the key of the slot is gone from the keystore");
    auto imported = ledger_.keep(**proposal, *header, slot);
    if (!imported)
        return std::unexpected(imported.error().words);
    return std::move(*imported);
}

} // namespace node
