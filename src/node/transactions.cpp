#include "node/transactions.hpp"

#include "env/clock.hpp"
#include "primitives/extrinsic.hpp"
#include "scale/scale.hpp"

#include <memory>

namespace node {
namespace {

using primitives::TransactionSource;
using PoolWhy = rpc::PoolError::Why;
using Step = rpc::PoolEvent::What;

rpc::PoolError error_of(const pool::Refusal& refusal, const pool::Hash& hash)
{
    rpc::PoolError error;
    error.hash = hash;
    error.old_priority = refusal.old_priority;
    error.new_priority = refusal.new_priority;
    using enum pool::Refusal::Why;
    switch (refusal.why)
    {
    case temporarily_banned:
        error.why = PoolWhy::banned;
        break;
    case already_imported:
        error.why = PoolWhy::already_imported;
        break;
    case no_tags:
        error.why = PoolWhy::no_tags;
        break;
    case unactionable:
        error.why = PoolWhy::unactionable;
        break;
    case too_low_priority:
        error.why = PoolWhy::too_low_priority;
        break;
    case cycle:
        error.why = PoolWhy::cycle;
        break;
    case immediately_dropped:
        error.why = PoolWhy::immediately_dropped;
        break;
    }
    return error;
}

rpc::PoolError error_of(const primitives::TransactionValidityError& why)
{
    rpc::PoolError error;
    if (const auto* invalid = why.get<primitives::InvalidTransaction>())
    {
        error.why = PoolWhy::invalid;
        error.invalid = *invalid;
    }
    else if (const auto* unknown = why.get<primitives::UnknownTransaction>())
    {
        error.why = PoolWhy::unknown;
        error.unknown = *unknown;
    }
    return error;
}

/// Whether it will not become valid by waiting.
bool can_never_be(const primitives::TransactionValidityError& why)
{
    using enum primitives::InvalidTransaction::Why;
    const auto* invalid = why.get<primitives::InvalidTransaction>();
    return invalid != nullptr && (invalid->why == BadProof || invalid->why == Call || invalid->why == BadMandatory);
}

Step step_of(pool::Event::What what)
{
    using enum pool::Event::What;
    switch (what)
    {
    case future:
        return Step::future;
    case ready:
        return Step::ready;
    case in_block:
        return Step::in_block;
    case retracted:
        return Step::retracted;
    case finality_timeout:
        return Step::finality_timeout;
    case finalized:
        return Step::finalized;
    case usurped:
        return Step::usurped;
    case dropped:
        return Step::dropped;
    case invalid:
        return Step::invalid;
    }
    std::unreachable();
}

} // namespace

Transactions::Validity Transactions::validate(const ledger::Hash& at, base::ByteView extrinsic,
                                              TransactionSource source) const
{
    scale::Writer input;
    scale::encode(source, input);
    scale::encode(base::Bytes(extrinsic.begin(), extrinsic.end()), input);
    scale::encode(at, input);
    const auto result = ledger_.call(at, "TaggedTransactionQueue_validate_transaction", base::ByteView(input.take()),
                                     {.ticks = kValidationTicks});
    if (!result)
        return std::unexpected(result.error().words);
    scale::Reader reader{base::ByteView(*result)};
    uint8_t tag = 0;
    if (reader.take(tag) && tag == 0)
        if (auto valid = scale::decode<primitives::ValidTransaction>(reader))
            return std::move(*valid);
    if (tag == 1)
        if (const auto why = scale::decode<primitives::TransactionValidityError>(reader))
            return primitives::TransactionValidity(std::unexpected(*why));
    return std::unexpected("the runtime's answer does not read");
}

/// Caller holds the lock.
void Transactions::tell()
{
    for (const auto& event : pool_.drain())
        sink_({.transaction = event.transaction,
               .what = step_of(event.what),
               .block = event.other,
               .index = event.index,
               .peers = {}});
}

std::expected<pool::Hash, rpc::PoolError> Transactions::submit(base::ByteView extrinsic, TransactionSource source)
{
    {
        const std::lock_guard lock(mutex_);
        if (const auto admitted = pool_.admit(extrinsic, env::steady_ms()); !admitted)
            return std::unexpected(error_of(admitted.error(), pool::transaction_hash(extrinsic)));
    }
    const auto at = ledger_.best();
    const auto validity = validate(at.hash, extrinsic, source);
    if (!validity)
    {
        rpc::PoolError error;
        error.why = PoolWhy::verification;
        error.text = validity.error();
        return std::unexpected(error);
    }
    if (!*validity)
    {
        if (can_never_be(validity->error()))
            remove({{pool::transaction_hash(extrinsic)}}); // banned: not validated again soon
        return std::unexpected(error_of(validity->error()));
    }
    if (auto unfit = ledger_.unfit_upgrade(extrinsic))
    {
        rpc::PoolError error;
        error.why = PoolWhy::verification;
        error.text = "the code that it brings is refused: " + *unfit;
        return std::unexpected(error);
    }
    base::Bytes bytes(extrinsic.begin(), extrinsic.end());
    pool::Hash hash{};
    {
        const std::lock_guard lock(mutex_);
        const auto inserted = pool_.insert(bytes, **validity, at.number, env::steady_ms());
        tell();
        if (!inserted)
            return std::unexpected(error_of(inserted.error(), pool::transaction_hash(extrinsic)));
        hash = *inserted;
    }
    if ((*validity)->propagate)
        gossip_(hash, bytes);
    ledger_.foresee(bytes); // it may bring the code of an upgrade
    return hash;
}

void Transactions::told_peers(const pool::Hash& hash, std::vector<std::string> peers)
{
    const std::lock_guard lock(mutex_);
    if (pool_.contains(hash) && !peers.empty())
        sink_({.transaction = hash, .what = Step::broadcast, .block = {}, .index = 0, .peers = std::move(peers)});
}

void Transactions::on_imported(const ledger::Imported& imported)
{
    if (imported.best)
        follow(*imported.best);
}

void Transactions::follow(const chain::Route& route)
{
    for (const auto& block : route.retracted)
    {
        auto body = ledger_.body(block.hash).value_or(std::vector<base::Bytes>{});
        std::erase_if(body, [](const base::Bytes& extrinsic) { return primitives::is_bare(extrinsic); }); // inherents
        const std::lock_guard lock(mutex_);
        pool_.on_retracted(block.hash, body);
        tell();
    }
    for (const auto& block : route.enacted)
        enact(block);
}

void Transactions::enact(const ledger::BlockId& block)
{
    const auto body = ledger_.body(block.hash).value_or(std::vector<base::Bytes>{});
    std::vector<pool::Hash> included;
    included.reserve(body.size());
    for (const auto& extrinsic : body)
        included.push_back(pool::transaction_hash(extrinsic));
    const auto tags = tags_of_strangers(block, body);
    const std::lock_guard lock(mutex_);
    pool_.on_block(block.hash, block.number, included, tags, env::steady_ms());
    tell();
}

std::vector<pool::Tag> Transactions::tags_of_strangers(const ledger::BlockId& block,
                                                       std::span<const base::Bytes> body) const
{
    std::vector<const base::Bytes*> strangers;
    {
        const std::lock_guard lock(mutex_);
        const auto status = pool_.status();
        if (status.ready + status.future + status.returning == 0)
            return {};
        for (const auto& extrinsic : body)
            if (!primitives::is_bare(extrinsic) && !pool_.contains(pool::transaction_hash(extrinsic)) &&
                strangers.size() != kTagsAskedMax)
                strangers.push_back(&extrinsic);
    }
    std::vector<pool::Tag> tags;
    if (strangers.empty())
        return tags;
    const auto header = ledger_.header(block.hash);
    if (!header)
        return tags;
    for (const auto* extrinsic : strangers)
        if (const auto said = validate(header->parent_hash, *extrinsic, TransactionSource::InBlock); said && *said)
            tags.insert(tags.end(), (*said)->provides.begin(), (*said)->provides.end());
    return tags;
}

void Transactions::on_finalised(const ledger::FinalisedBlocks& finalised)
{
    if (finalised.best)
        follow(*finalised.best);
    const std::lock_guard lock(mutex_);
    for (const auto& block : finalised.chain)
        pool_.on_finalized(block.hash);
    tell();
}

void Transactions::revalidate()
{
    std::vector<pool::Candidate> due;
    {
        const std::lock_guard lock(mutex_);
        due = pool_.next_to_revalidate(kRevalidatedAtOnce);
    }
    for (const auto& candidate : due)
    {
        const auto at = ledger_.best();
        const auto validity = validate(at.hash, *candidate.bytes, TransactionSource::External);
        if (!validity)
            continue; // no answer; it is due again later
        const std::lock_guard lock(mutex_);
        pool_.revalidated(candidate.hash, *validity, at.number, env::steady_ms());
        tell();
    }
}

BlockTransactions Transactions::source()
{
    struct Walk
    {
        pool::Order order;
        pool::Hash last{};
    };
    const std::lock_guard lock(mutex_);
    const auto walk = std::make_shared<Walk>(Walk{.order = pool_.ready()});
    return {.next = [walk]() -> std::optional<base::Bytes> {
                const auto next = walk->order.next();
                if (!next)
                    return std::nullopt;
                walk->last = next->hash;
                return *next->bytes;
            },
            .refused =
                [this, walk](const ledger::Ledger::Proposal::Refused&) {
                    walk->order.invalid(walk->last);
                    remove({&walk->last, 1});
                }};
}

std::vector<base::Bytes> Transactions::pending() const
{
    auto order = [&] {
        const std::lock_guard lock(mutex_);
        return pool_.ready();
    }();
    std::vector<base::Bytes> pending;
    while (const auto next = order.next())
        pending.push_back(*next->bytes);
    return pending;
}

uint32_t Transactions::next_nonce(const primitives::AccountId32& account, uint32_t nonce) const
{
    const std::lock_guard lock(mutex_);
    while (pool_.provides(scale::encode(std::pair(account, nonce))))
        ++nonce;
    return nonce;
}

std::vector<pool::Hash> Transactions::remove(std::span<const pool::Hash> hashes)
{
    const std::lock_guard lock(mutex_);
    auto removed = pool_.remove(hashes, env::steady_ms());
    tell();
    return removed;
}

pool::Status Transactions::status() const
{
    const std::lock_guard lock(mutex_);
    return pool_.status();
}

} // namespace node
