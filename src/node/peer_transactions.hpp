#pragma once

#include "libp2p/request_queue.hpp"
#include "pool/pool.hpp"
#include "rpc/backend.hpp"

#include <expected>
#include <optional>

namespace node {

/// What a peer's transaction turned out to be.
enum class Worth : uint8_t
{
    good,    ///< now in the pool
    known,   ///< another has sent it before; or there is no room: no fault of the sender
    invalid, ///< not valid now: out of date, unpaid, too early to say
    bad,     ///< can never be valid, or was found bad before
};

/// What it is for its sender, from what Transactions::submit() says.
Worth worth_of(const std::expected<pool::Hash, rpc::PoolError>& submitted);

/// Transactions of peers that wait to be validated: one at a time, turns going round the peers, each of whom has its
/// share of the room; and what sending them earns or costs. Our own users' transactions do not pass through here.
///
/// Reputation goes back to 0 by one a second and bans at -1000 (libp2p/reputation.hpp): 20 transactions with false
/// signatures ban, and so do, a hundred a second, eleven seconds of invalid ones; to pay for those with good ones
/// takes as many fees.
///
/// Bounds  QueueLimits of kLimits
class PeerTransactions
{
public:
    using Request = libp2p::RequestQueue::Request;

    static constexpr int32_t kGood = 1, kInvalid = -2, kBad = -50, kRepeated = -5;
    /// One worker at most: answers to requests have another. A peer's transactions come in bursts as large as blocks.
    static constexpr libp2p::QueueLimits kLimits{.waiting_max = 4096,
                                                 .waiting_of_peer_max = 1024,
                                                 .waiting_bytes_max = size_t{16} << 20,
                                                 .waiting_bytes_of_peer_max = size_t{4} << 20,
                                                 .running_max = 1,
                                                 .share = 1};

    /// Takes in a transaction, unless there is no room; what it changes in the peer's reputation, or 0.
    int32_t push(const libp2p::PeerId& peer, base::Bytes transaction, libp2p::Time now);

    /// The next one to validate; nothing while one is under way.
    std::optional<Request> next(libp2p::Time now);

    /// Validation of what next() gave is over after `took`; what it changes in the peer's reputation.
    int32_t done(const libp2p::PeerId& peer, Worth worth, libp2p::Time took, libp2p::Time now);

    void forget(const libp2p::PeerId& peer) { queue_.forget(peer); }
    size_t waiting() const { return queue_.waiting(); }

private:
    libp2p::RequestQueue queue_{kLimits};
    libp2p::RequestId last_ = 0;
};

} // namespace node
