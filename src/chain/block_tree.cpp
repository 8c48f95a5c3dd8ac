#include "chain/block_tree.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <set>

namespace chain {

BlockTree::BlockTree(const BlockId& finalised) : finalised_(finalised), best_(finalised)
{
    nodes_.emplace(finalised.hash, Node{.id = finalised});
}

const BlockTree::Node* BlockTree::node(const Hash& hash) const
{
    const auto found = nodes_.find(hash);
    return found == nodes_.end() ? nullptr : &found->second;
}

bool BlockTree::better(const Node& a, const Node& b)
{
    if (a.primaries != b.primaries)
        return a.primaries > b.primaries;
    if (a.id.number != b.id.number)
        return a.id.number > b.id.number;
    return a.order < b.order;
}

std::expected<void, InsertRefusal> BlockTree::insert(const Hash& hash, const Hash& parent, bool primary)
{
    if (nodes_.contains(hash))
        return std::unexpected(InsertRefusal::known);
    const auto above = nodes_.find(parent);
    if (above == nodes_.end())
        return std::unexpected(InsertRefusal::unknown_parent);
    if (nodes_.size() >= kBlocksMax)
        return std::unexpected(InsertRefusal::full);
    ++above->second.children;
    const auto added = nodes_.emplace(hash, Node{.id = {hash, above->second.id.number + 1},
                                                 .parent = &above->second,
                                                 .primaries = above->second.primaries + (primary ? 1 : 0),
                                                 .order = ++arrivals_});
    if (better(added.first->second, *node(best_.hash)))
        best_ = added.first->second.id;
    return {};
}

std::optional<Finalised> BlockTree::finalise(const Hash& hash)
{
    const auto* final = node(hash);
    if (final == nullptr)
        return std::nullopt;
    Finalised result;
    std::set<Hash> chain;
    for (const auto* at = final; at->parent != nullptr; at = at->parent)
    {
        result.chain.push_back(at->id);
        chain.insert(at->id.hash);
    }
    std::ranges::reverse(result.chain);

    std::vector<const Node*> upwards; // parents before children
    for (const auto& [one, each] : nodes_)
        upwards.push_back(&each);
    std::ranges::sort(upwards, {}, [](const Node* each) { return each->id.number; });
    std::set<Hash> kept{hash}; // the new finalised block and what stands on it
    for (const auto* each : upwards)
        if (each->parent != nullptr && kept.contains(each->parent->id.hash))
            kept.insert(each->id.hash);
        else if (each->parent != nullptr && !chain.contains(each->id.hash))
            result.pruned.push_back(each->id);
    std::erase_if(nodes_, [&](const auto& each) { return !kept.contains(each.first); });
    finalised_ = nodes_.at(hash).id;
    nodes_.at(hash).parent = nullptr;
    choose_best();
    return result;
}

void BlockTree::choose_best()
{
    const auto* best = &nodes_.at(finalised_.hash);
    for (const auto& [hash, each] : nodes_)
        if (better(each, *best))
            best = &each;
    best_ = best->id;
}

std::optional<BlockId> BlockTree::find(const Hash& hash) const
{
    const auto* found = node(hash);
    return found ? std::optional(found->id) : std::nullopt;
}

std::optional<BlockId> BlockTree::parent(const Hash& hash) const
{
    const auto* found = node(hash);
    return found && found->parent ? std::optional(found->parent->id) : std::nullopt;
}

std::vector<BlockId> BlockTree::leaves() const
{
    std::vector<const Node*> found;
    for (const auto& [hash, each] : nodes_)
        if (each.children == 0)
            found.push_back(&each);
    std::ranges::sort(found, {}, &Node::order);
    std::vector<BlockId> ids;
    for (const auto* each : found)
        ids.push_back(each->id);
    return ids;
}

bool BlockTree::is_ancestor(const Hash& ancestor, const Hash& block) const
{
    const auto* top = node(ancestor);
    const auto* at = node(block);
    while (at != nullptr && top != nullptr && at->id.number > top->id.number)
        at = at->parent;
    return at != nullptr && at == top;
}

std::optional<BlockId> BlockTree::ancestor_at(const Hash& block, BlockNumber number) const
{
    const auto* at = node(block);
    while (at != nullptr && at->id.number > number)
        at = at->parent;
    return at != nullptr && at->id.number == number ? std::optional(at->id) : std::nullopt;
}

std::optional<BlockId> BlockTree::best_containing(const Hash& base) const
{
    if (is_ancestor(base, best_.hash))
        return best_;
    const Node* found = node(base);
    if (found == nullptr)
        return std::nullopt;
    for (const auto& [hash, each] : nodes_)
        if (each.children == 0 && better(each, *found) && is_ancestor(base, hash))
            found = &each;
    return found->id;
}

std::optional<Route> BlockTree::route(const Hash& from, const Hash& to) const
{
    const auto* down = node(from);
    const auto* up = node(to);
    if (down == nullptr || up == nullptr)
        return std::nullopt;
    Route route;
    while (down != up)
    {
        base::invariant(down != nullptr && up != nullptr); // all chains meet in the finalised block
        if (down->id.number >= up->id.number)
        {
            route.retracted.push_back(down->id);
            down = down->parent;
        }
        else
        {
            route.enacted.push_back(up->id);
            up = up->parent;
        }
    }
    route.common = down->id;
    std::ranges::reverse(route.enacted);
    return route;
}

} // namespace chain
