#pragma once

#include "author/claim.hpp"
#include "host/keystore.hpp"
#include "ledger/ledger.hpp"
#include "watermark/record.hpp"

#include <functional>
#include <string>
#include <variant>

namespace node {

/// Where transactions for a block come from, and what became of them.
struct BlockTransactions
{
    /// The transaction to try next; nothing when there is none left.
    std::function<std::optional<base::Bytes>()> next;
    /// Why the one that next() gave last is not in the block.
    std::function<void(const ledger::Ledger::Proposal::Refused&)> refused;
};

/// Makes the blocks of our slots.
class Author
{
public:
    /// Of a block: what is left of the limit belongs to inherents.
    static constexpr size_t kBodyBytesMax = size_t{5} << 20;

    Author(ledger::Ledger& ledger, host::Keystore& keystore, crypto::Entropy& entropy, watermark::Record& record)
        : ledger_(ledger), keystore_(keystore), entropy_(entropy), record_(record)
    {
    }

    /// Makes the block of a slot, if it is ours, with transactions until `deadline_reached`, and imports it. Nothing
    /// when the slot is not ours.
    ///
    /// Holds   the slot is marked in the record before the block is sealed
    /// Errors  what stopped the block, in words
    std::expected<std::optional<ledger::Imported>, std::string> make(chain::Slot slot, uint64_t unix_ms,
                                                                     const BlockTransactions& transactions,
                                                                     const std::function<bool()>& deadline_reached);

private:
    author::WithKey lend() const;

    ledger::Ledger& ledger_;
    host::Keystore& keystore_;
    crypto::Entropy& entropy_;
    watermark::Record& record_;
};

} // namespace node
