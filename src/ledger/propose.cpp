#include "ledger/ledger.hpp"

#include "finality/justification.hpp"
#include "scale/scale.hpp"

namespace ledger {

namespace {

/// Traps that are no fault of what was called.
bool is_ours(executor::TrapCode code)
{
    return code == executor::TrapCode::storage || code == executor::TrapCode::engine;
}

} // namespace

std::expected<Bytes, executor::Trap> Ledger::Proposal::call(std::string_view function, ByteView input)
{
    auto result = module_->call(function, input, *state_);
    state_->close_runtimes();
    return result;
}

Ledger::Proposal::Applied Ledger::Proposal::apply(const Bytes& extrinsic)
{
    // In a transaction of the storage: what an extrinsic that is not included wrote is undone, also when it traps.
    if (broken_ || !state_->overlay.start())
        return std::unexpected(Refused{.trapped = true, .why = {}});
    state_->host_depth = state_->overlay.depth();
    const auto result = call("BlockBuilder_apply_extrinsic", scale::encode(extrinsic));
    --state_->host_depth;
    scale::Reader reader{result ? ByteView(*result) : ByteView{}};
    uint8_t tag = 1;
    if (!result || !reader.take(tag) || tag != 0)
    {
        static_cast<void>(state_->writable().rollback());
        if (!result && is_ours(result.error().code))
            broken_ = trapped("BlockBuilder_apply_extrinsic", result.error());
        const auto why = scale::decode<primitives::TransactionValidityError>(reader);
        return std::unexpected(why && result ? Refused{.trapped = false, .why = *why}
                                             : Refused{.trapped = true, .why = {}});
    }
    static_cast<void>(state_->overlay.commit());
    extrinsics_.push_back(extrinsic);
    bytes_ += extrinsic.size();
    return {};
}

Result<std::unique_ptr<Ledger::Proposal>> Ledger::propose(const Hash& parent,
                                                          std::vector<primitives::DigestItem> digest,
                                                          const primitives::InherentData& inherents) const
{
    const auto above = header(parent);
    if (!above)
        return std::unexpected(Failure{"no such parent"});
    auto module = module_at(above->state_root);
    if (!module)
        return std::unexpected(module.error());
    auto proposal = std::unique_ptr<Proposal>(new Proposal(*this, parent));
    proposal->module_ = std::move(*module);
    auto below = std::make_unique<FlatState>(*store_, parent, above->state_root);
    below->read_paths();
    proposal->below_ = std::move(below);
    proposal->state_ = std::make_unique<host::State>(
        host::Base{.values = proposal->below_.get(), .nodes = &store_->nodes(), .root = above->state_root}, around_);

    Header header;
    header.parent_hash = parent;
    header.number.value = above->number.value + 1;
    header.digest.logs = std::move(digest);
    if (const auto begun = proposal->call("Core_initialize_block", scale::encode(header)); !begun)
        return std::unexpected(trapped("Core_initialize_block", begun.error()));
    const auto encoded = proposal->call("BlockBuilder_inherent_extrinsics", scale::encode(inherents));
    if (!encoded)
        return std::unexpected(trapped("BlockBuilder_inherent_extrinsics", encoded.error()));
    const auto extrinsics = scale::decode<std::vector<Bytes>>(ByteView(*encoded));
    if (!extrinsics)
        return std::unexpected(Failure{"the runtime's inherents do not read"});
    for (const auto& extrinsic : *extrinsics)
        if (!proposal->apply(extrinsic))
            return std::unexpected(Failure{"the runtime refuses its own inherent"});
    return proposal;
}

Result<Header> Ledger::finish(Proposal& proposal) const
{
    if (proposal.broken_)
        return std::unexpected(*proposal.broken_);
    const auto encoded = proposal.call("BlockBuilder_finalize_block", {});
    if (!encoded)
        return std::unexpected(trapped("BlockBuilder_finalize_block", encoded.error()));
    auto header = scale::decode<Header>(ByteView(*encoded));
    if (!header)
        return std::unexpected(Failure{"the runtime's header does not read"});
    return std::move(*header);
}

Result<Imported> Ledger::keep(Proposal& proposal, const Header& sealed, Slot now)
{
    const std::lock_guard lock(writing_);
    const auto parent = parent_of(sealed);
    if (!parent)
        return std::unexpected(parent.error());
    const auto verified = chain::verify_header(sealed, *parent, now);
    if (!verified)
        return std::unexpected(Failure{"our own block does not verify"});
    if (finality::forces_change(sealed))
        return std::unexpected(Failure{"our own block forces a change of GRANDPA's authorities: mend the runtime"});
    return add(*verified, {sealed, proposal.extrinsics_}, *proposal.state_);
}

} // namespace ledger
