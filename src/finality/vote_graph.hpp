#pragma once

#include "finality/chain.hpp"
#include "finality/voters.hpp"

#include <array>

namespace finality {

/// Why a vote has no place in the graph of its round.
enum class Misplaced : uint8_t
{
    unknown_block, ///< this node does not have the block (yet)
    wrong_number,  ///< the block has another number than the vote says
    elsewhere,     ///< the block does not stand on the round's base
};

/// The blocks voted for in a round and where their chains part, as a tree on the round's base: each node knows the
/// weight of the votes for it and for all that stands on it. A run of blocks between two nodes is an edge: every block
/// in it has the weight of the node at its upper end, so that whatever holds of blocks need only be asked of nodes.
///
/// Bound  the nodes: twice as many as there are votes; the edges: each block of the chain once
class VoteGraph
{
public:
    using Node = size_t;
    static constexpr Node kBase = 0;

    explicit VoteGraph(const BlockId& base);

    /// The node of a block, made where there is none.
    ///
    /// Errors  unknown_block, wrong_number, elsewhere, in this order
    /// Cost    one step along the chain for each block that is new here
    std::expected<Node, Misplaced> place(const BlockId& block, const Chain& chain);

    /// Adds a vote's weight to its node and all below. Cost: the nodes below.
    void add(Node node, Step step, uint64_t weight);
    void remove(Node node, Step step, uint64_t weight);

    const BlockId& block(Node node) const { return nodes_[node].block; }
    uint64_t weight(Node node, Step step) const { return nodes_[node].weights[step == Step::precommit]; }
    /// The base is its own parent.
    Node parent(Node node) const { return nodes_[node].parent; }
    const std::vector<Node>& children(Node node) const { return nodes_[node].children; }
    size_t size() const { return nodes_.size(); }

private:
    struct Entry
    {
        BlockId block;
        Node parent = kBase;
        std::vector<Node> children;
        std::vector<Hash> edge; ///< from above the parent up to this block
        std::array<uint64_t, 2> weights{};
    };

    Node split(Node above, BlockNumber number);
    Node grow(Node parent, const BlockId& block, std::vector<Hash> edge);

    std::vector<Entry> nodes_;
    std::map<Hash, Node> where_; ///< each block here: its node, or the node at the upper end of its edge
};

} // namespace finality
