#include "pool/inclusions.hpp"

namespace pool {

std::vector<Inclusions::Block> Inclusions::add(const Hash& block, std::vector<Included> transactions)
{
    take(block);
    if (transactions.empty())
        return {};
    transactions_ += transactions.size();
    by_age_.emplace(++arrivals_, block);
    blocks_.emplace(block, Kept{arrivals_, std::move(transactions)});

    std::vector<Block> gone;
    while (blocks_.size() > kBlocksMax || transactions_ > kTransactionsMax)
    {
        const auto oldest = by_age_.begin()->second;
        gone.push_back({oldest, take(oldest)});
    }
    return gone;
}

std::vector<Included> Inclusions::take(const Hash& block)
{
    const auto found = blocks_.find(block);
    if (found == blocks_.end())
        return {};
    auto transactions = std::move(found->second.transactions);
    transactions_ -= transactions.size();
    by_age_.erase(found->second.order);
    blocks_.erase(found);
    return transactions;
}

} // namespace pool
