#pragma once

#include "primitives/validity.hpp"

#include <cstdint>
#include <memory>
#include <vector>

/// The transactions that wait for a block: which are ready, in which order, and which go when there is no room.
namespace pool {

using base::Bytes;
using base::ByteView;
using primitives::BlockNumber;
using primitives::Hash;

/// What orders transactions: one provides it, others require it. The runtime chooses; Substrate's nonce tag is SCALE of
/// (account, nonce).
using Tag = Bytes;

/// A transaction as the pool keeps it. Tags are sorted, each once.
struct Transaction
{
    Hash hash{};
    std::shared_ptr<const Bytes> bytes; ///< without the length in front
    uint64_t priority = 0;
    uint64_t valid_till = 0; ///< on a block of this number or a higher one nothing can be built that holds it
    std::vector<Tag> requires_{}, provides{};
    bool propagate = false;

    /// Bytes that count against the limits: its own and its tags'.
    size_t size() const;
};

using TransactionPtr = std::shared_ptr<const Transaction>;

/// The hash by which the pool knows an extrinsic: BLAKE2b-256 of its encoding, length included. `extrinsic` is without.
Hash transaction_hash(ByteView extrinsic);

/// at  the block on whose state the runtime validated
Transaction make_transaction(const Hash& hash, std::shared_ptr<const Bytes> bytes,
                             const primitives::ValidTransaction& valid, BlockNumber at);

/// What became of a transaction. Names and meaning are those of Substrate's TransactionStatus; `broadcast` is missing,
/// for who gossips knows it and the pool does not.
struct Event
{
    enum class What : uint8_t
    {
        future, ///< waits for others
        ready,
        in_block,         ///< in `other`, a block, at `index` of its body
        retracted,        ///< `other`, a block, is no longer on the best chain
        finality_timeout, ///< `other`, a block, was not finalised for too long; last event
        finalized,        ///< with `other`, a block, at `index`; last event
        usurped,          ///< `other`, a transaction, took its place, or that of one it requires; last event
        dropped,          ///< no room for it; last event
        invalid,          ///< last event
    };
    What what{};
    Hash transaction{};
    Hash other{};
    uint32_t index = 0;
    friend bool operator==(const Event&, const Event&) = default;
};

/// Why a transaction was refused.
struct Refusal
{
    enum class Why : uint8_t
    {
        temporarily_banned,
        already_imported,
        no_tags,             ///< it provides none, so nothing tells it from a repetition
        unactionable,        ///< not for gossip, and this node makes no blocks
        too_low_priority,    ///< others provide a tag of it at `old_priority` in sum; `new_priority` is not higher
        cycle,               ///< it requires what it, one that requires it, or one that it replaces provides
        immediately_dropped, ///< there is no room, and it is the first to go
    };
    Why why{};
    uint64_t old_priority = 0, new_priority = 0;
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

} // namespace pool
