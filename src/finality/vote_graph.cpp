#include "finality/vote_graph.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace finality {

VoteGraph::VoteGraph(const BlockId& base)
{
    nodes_.push_back({.block = base, .children = {}, .edge = {}});
    where_.emplace(base.hash, kBase);
}

std::expected<VoteGraph::Node, Misplaced> VoteGraph::place(const BlockId& block, const Chain& chain)
{
    const auto number = chain.number(block.hash);
    if (!number)
        return std::unexpected(Misplaced::unknown_block);
    if (*number != block.number)
        return std::unexpected(Misplaced::wrong_number);

    // Down to the first block that is here already; what is passed becomes an edge.
    std::vector<Hash> edge;
    auto at = block;
    auto found = where_.find(at.hash);
    while (found == where_.end())
    {
        if (at.number <= nodes_[kBase].block.number)
            return std::unexpected(Misplaced::elsewhere);
        const auto parent = chain.parent(at.hash);
        if (!parent)
            return std::unexpected(Misplaced::elsewhere);
        edge.push_back(at.hash);
        at = {*parent, at.number - 1};
        found = where_.find(at.hash);
    }
    auto node = found->second;
    if (nodes_[node].block.number != at.number)
        node = split(node, at.number);
    if (edge.empty())
        return node;
    std::ranges::reverse(edge);
    return grow(node, block, std::move(edge));
}

/// Makes a node of the block with that number, which lies within the edge below `above`.
VoteGraph::Node VoteGraph::split(Node above, BlockNumber number)
{
    const auto below = nodes_[above].parent;
    const auto first = nodes_[below].block.number + 1;
    base::invariant(number >= first && number < nodes_[above].block.number);
    auto& edge = nodes_[above].edge;
    const auto cut = edge.begin() + (number - first + 1);
    std::vector<Hash> lower(edge.begin(), cut);
    edge.erase(edge.begin(), cut);

    const Node middle = nodes_.size();
    for (const auto& hash : lower)
        where_[hash] = middle;
    const BlockId block{lower.back(), number};
    const auto weights = nodes_[above].weights;
    nodes_.push_back(
        {.block = block, .parent = below, .children = {above}, .edge = std::move(lower), .weights = weights});
    nodes_[above].parent = middle;
    *std::ranges::find(nodes_[below].children, above) = middle;
    return middle;
}

VoteGraph::Node VoteGraph::grow(Node parent, const BlockId& block, std::vector<Hash> edge)
{
    const Node leaf = nodes_.size();
    for (const auto& hash : edge)
        where_[hash] = leaf;
    nodes_.push_back({.block = block, .parent = parent, .children = {}, .edge = std::move(edge)});
    nodes_[parent].children.push_back(leaf);
    return leaf;
}

void VoteGraph::add(Node node, Step step, uint64_t weight)
{
    for (;; node = nodes_[node].parent)
    {
        nodes_[node].weights[step == Step::precommit] += weight;
        if (node == kBase)
            return;
    }
}

void VoteGraph::remove(Node node, Step step, uint64_t weight)
{
    for (;; node = nodes_[node].parent)
    {
        nodes_[node].weights[step == Step::precommit] -= weight;
        if (node == kBase)
            return;
    }
}

} // namespace finality
