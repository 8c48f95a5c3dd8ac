#pragma once

#include "primitives/header.hpp"

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <vector>

/// The blocks above the last finalised one, which of them is best, and whether a header may join them.
namespace chain {

using primitives::BlockNumber;
using primitives::Hash;
using primitives::Header;

struct BlockId
{
    Hash hash{};
    BlockNumber number = 0;
    friend bool operator==(const BlockId&, const BlockId&) = default;
};

/// Why a block does not join the tree.
enum class InsertRefusal : uint8_t
{
    known,          ///< it is in the tree already
    unknown_parent, ///< its parent is not: ask for the blocks between, or it forks off below the finalised block
    full,           ///< kBlocksMax blocks are not final yet
};

/// What finalising a block did, parents before children.
struct Finalised
{
    std::vector<BlockId> chain;  ///< now final, the new finalised block last
    std::vector<BlockId> pruned; ///< on forks that lost
};

/// The way from one block to another: down to their last common ancestor, then up.
struct Route
{
    std::vector<BlockId> retracted; ///< the higher ones first
    BlockId common;
    std::vector<BlockId> enacted; ///< parents before children
};

/// Blocks that are not final, as a tree on the finalised block. Knows numbers and claims alone, no bodies.
///
/// Holds   the best block has the most primary claims on its chain, then the greatest number; of equals the first seen.
///         Counting from the finalised block or from genesis gives the same order.  [Polkadot specification §5.2.8]
/// Bound   kBlocksMax nodes
class BlockTree
{
public:
    static constexpr size_t kBlocksMax = size_t{1} << 16;

    explicit BlockTree(const BlockId& finalised);

    /// primary  whether the block's slot was claimed by the lottery
    ///
    /// Errors  known, unknown_parent, full, in this order
    /// Cost    O(log n)
    std::expected<void, InsertRefusal> insert(const Hash& hash, const Hash& parent, bool primary);

    /// Makes a block final. Nothing when it is not in the tree. The finalised block itself: empty lists.
    std::optional<Finalised> finalise(const Hash& hash);

    const BlockId& finalised() const { return finalised_; }
    const BlockId& best() const { return best_; }
    std::optional<BlockId> find(const Hash& hash) const;
    bool contains(const Hash& hash) const { return nodes_.contains(hash); }
    /// The parent; nothing for the finalised block and for strangers.
    std::optional<BlockId> parent(const Hash& hash) const;
    /// Blocks without children, in the order they came.
    std::vector<BlockId> leaves() const;
    /// Whether `ancestor` is on the chain of `block`; a block is its own ancestor.
    bool is_ancestor(const Hash& ancestor, const Hash& block) const;
    /// The ancestor with that number; nothing below the finalised block or above the block.
    std::optional<BlockId> ancestor_at(const Hash& block, BlockNumber number) const;
    /// The best block on whose chain `base` is; nothing when `base` is not in the tree.
    ///
    /// Cost  as many leaves as there are, each with its way down to base's height
    std::optional<BlockId> best_containing(const Hash& base) const;
    /// Nothing when one of them is not in the tree.
    std::optional<Route> route(const Hash& from, const Hash& to) const;
    size_t size() const { return nodes_.size(); }

private:
    struct Node
    {
        BlockId id;
        const Node* parent = nullptr;
        uint64_t primaries = 0; ///< on the chain, since the tree began
        uint64_t order = 0;     ///< of arrival
        size_t children = 0;
    };

    const Node* node(const Hash& hash) const;
    static bool better(const Node& a, const Node& b);
    void choose_best();

    BlockId finalised_, best_;
    uint64_t arrivals_ = 0;
    std::map<Hash, Node> nodes_;
};

} // namespace chain
