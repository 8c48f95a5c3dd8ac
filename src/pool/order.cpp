#include "pool/order.hpp"

namespace pool {

Order::Order(const Graph& graph)
{
    const auto& ready = graph.in(Queue::ready);
    nodes_.reserve(ready.size());
    for (const auto* entry : ready)
    {
        places_.emplace(entry->txn->hash, nodes_.size());
        nodes_.push_back({.txn = entry->txn});
    }
    for (size_t place = 0; place != nodes_.size(); ++place)
    {
        std::set<size_t> before; // one may provide several of the tags
        for (const auto& tag : nodes_[place].txn->requires_)
            if (const auto* provider = graph.provider(tag))
                before.insert(places_.at(provider->txn->hash));
        for (const auto first : before)
            nodes_[first].unlocks.push_back(place);
        nodes_[place].missing = before.size();
        if (before.empty())
            open(place);
    }
}

void Order::open(size_t place)
{
    const auto& txn = *nodes_[place].txn;
    open_.emplace(UINT64_MAX - txn.priority, txn.valid_till, place); // places count in order of arrival
}

TransactionPtr Order::next()
{
    while (!open_.empty())
    {
        const auto place = std::get<2>(*open_.begin());
        open_.erase(open_.begin());
        if (nodes_[place].refused)
            continue;
        for (const auto unlocked : nodes_[place].unlocks)
            if (--nodes_[unlocked].missing == 0)
                open(unlocked);
        return nodes_[place].txn;
    }
    return nullptr;
}

void Order::invalid(const Hash& hash)
{
    const auto found = places_.find(hash);
    if (found == places_.end())
        return;
    std::vector<size_t> refused{found->second};
    while (!refused.empty())
    {
        auto& node = nodes_[refused.back()];
        refused.pop_back();
        if (std::exchange(node.refused, true))
            continue;
        refused.insert(refused.end(), node.unlocks.begin(), node.unlocks.end());
    }
}

} // namespace pool
