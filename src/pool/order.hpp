#pragma once

#include "pool/graph.hpp"

namespace pool {

/// The ready transactions as they were at one moment, in the order in which a block takes them: never one before what
/// it requires; of those that may come next the one of the highest priority, then the one that expires first, then the
/// oldest.
///
/// Thread  a snapshot: the pool may change while it is walked
/// Cost    O(n log n) for n ready transactions to make, O(log n) for a step
/// Source  sc_transaction_pool::graph::ready
class Order
{
public:
    explicit Order(const Graph& graph);

    /// Nothing when none is left.
    TransactionPtr next();
    /// A transaction was refused: it and those that stand on it are passed over.
    void invalid(const Hash& hash);

private:
    struct Node
    {
        TransactionPtr txn;
        size_t missing = 0;            ///< transactions that must come first
        std::vector<size_t> unlocks{}; ///< places in nodes_
        bool refused = false;
    };
    void open(size_t place);

    std::vector<Node> nodes_; ///< in order of arrival
    std::map<Hash, size_t> places_;
    std::set<std::tuple<uint64_t, uint64_t, size_t>> open_; ///< those that miss nothing, the best one first
};

} // namespace pool
