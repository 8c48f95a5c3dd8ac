#include "node/peer_transactions.hpp"

#include <utility>

namespace node {

Worth worth_of(const std::expected<pool::Hash, rpc::PoolError>& submitted)
{
    using enum rpc::PoolError::Why;
    if (submitted)
        return Worth::good;
    switch (submitted.error().why)
    {
    case already_imported:
    case immediately_dropped:
    case too_low_priority:
    case unactionable:
    case invalid_block:
    case future:
        return Worth::known;
    case invalid: {
        using enum primitives::InvalidTransaction::Why;
        const auto why = submitted.error().invalid.why;
        return why == BadProof || why == Call || why == BadMandatory ? Worth::bad : Worth::invalid;
    }
    case unknown:
    case verification: // the runtime could not read it or did not come to an end, or this node has trouble of its own
    case cycle:
    case no_tags:
        return Worth::invalid;
    case banned:
    case undecodable:
        return Worth::bad;
    }
    std::unreachable();
}

int32_t PeerTransactions::push(const libp2p::PeerId& peer, base::Bytes transaction, libp2p::Time now)
{
    static_cast<void>(queue_.expired(now)); // who sent those too late has them still
    const auto pushed =
        queue_.push({.peer = peer, .protocol = 0, .id = ++last_, .message = std::move(transaction)}, now);
    return pushed.repeats == 0 ? 0 : kRepeated;
}

std::optional<PeerTransactions::Request> PeerTransactions::next(libp2p::Time now)
{
    return queue_.next(now, [](const libp2p::PeerId&) { return true; });
}

int32_t PeerTransactions::done(const libp2p::PeerId& peer, Worth worth, libp2p::Time took, libp2p::Time now)
{
    queue_.done(peer, took, now);
    switch (worth)
    {
    case Worth::good:
        return kGood;
    case Worth::known:
        return 0;
    case Worth::invalid:
        return kInvalid;
    case Worth::bad:
        return kBad;
    }
    std::unreachable();
}

} // namespace node
