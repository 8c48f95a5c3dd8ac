#pragma once

#include "pool/transaction.hpp"

#include <map>

namespace pool {

/// A transaction and its place in the body of a block.
struct Included
{
    Hash transaction{};
    uint32_t index = 0;
    friend bool operator==(const Included&, const Included&) = default;
};

/// Which transactions of ours lie in which blocks that are not final.
///
/// Bounds  kBlocksMax blocks, as in Substrate, and kTransactionsMax transactions; the oldest blocks give way
class Inclusions
{
public:
    static constexpr size_t kBlocksMax = 512;
    static constexpr size_t kTransactionsMax = size_t{1} << 17;

    struct Block
    {
        Hash hash{};
        std::vector<Included> transactions;
    };

    /// Returns the blocks that gave way. A block without transactions is not kept; a known one is replaced.
    std::vector<Block> add(const Hash& block, std::vector<Included> transactions);
    /// Forgets a block and returns what lay in it.
    std::vector<Included> take(const Hash& block);

private:
    struct Kept
    {
        uint64_t order = 0;
        std::vector<Included> transactions;
    };

    uint64_t arrivals_ = 0;
    size_t transactions_ = 0;
    std::map<Hash, Kept> blocks_;
    std::map<uint64_t, Hash> by_age_;
};

} // namespace pool
