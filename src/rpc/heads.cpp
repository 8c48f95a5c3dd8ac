#include "rpc/heads.hpp"

#include "base/invariant.hpp"

#include <set>

namespace rpc {

Heads::Heads(Head head)
{
    finalized_.push_back(std::make_shared<const HeadBlock>(std::move(head.finalized), ++imported_));
    best_ = finalized_.back();
    for (const auto& block : head.open)
        apply(block);
    apply(BestChanged{head.best});
}

HeadBlockPtr Heads::find(const Hash& hash) const
{
    if (finalized_.back()->hash == hash)
        return finalized_.back();
    const auto found = open_.find(hash);
    return found == open_.end() ? nullptr : found->second;
}

void Heads::apply(const Imported& block)
{
    const auto parent = find(block.header.parent_hash);
    if (!parent || find(block.hash) || block.header.number != parent->number() + 1)
        return;
    const auto added = std::make_shared<const HeadBlock>(block, ++imported_);
    open_.emplace(added->hash, added);
    in_order_.emplace(added->order, added);
}

void Heads::apply(const BestChanged& best)
{
    if (auto found = find(best.hash))
        best_ = std::move(found);
}

void Heads::apply(const Finalized& finalized)
{
    std::vector<HeadBlockPtr> route;
    for (auto at = find(finalized.hash); at && at != finalized_.back(); at = find(at->header.parent_hash))
        route.push_back(at);
    if (route.empty())
        return;
    for (; !route.empty(); route.pop_back())
    {
        const auto& block = route.back();
        open_.erase(block->hash);
        in_order_.erase(block->order);
        finalized_.push_back(block);
        if (finalized_.size() > kRecentFinalized)
            finalized_.pop_front();
    }
    prune();
}

void Heads::prune()
{
    // Children come after their parents, so one pass in order of import finds all that hang on the finalised block.
    std::set<Hash> kept{finalized_.back()->hash};
    for (auto at = in_order_.begin(); at != in_order_.end();)
    {
        if (kept.contains(at->second->header.parent_hash))
        {
            kept.insert(at->second->hash);
            ++at;
            continue;
        }
        open_.erase(at->second->hash);
        at = in_order_.erase(at);
    }
    if (!find(best_->hash))
        best_ = finalized_.back();
}

ViewPtr Heads::view()
{
    auto view = std::make_shared<View>();
    view->sequence = ++sequence_;
    view->finalized.assign(finalized_.begin(), finalized_.end());
    view->open.reserve(in_order_.size());
    for (const auto& [order, block] : in_order_)
        view->open.push_back(block);
    view->best = best_;
    view->imported = imported_;
    base::invariant(find(best_->hash) != nullptr);
    return view;
}

} // namespace rpc
