#pragma once

#include "finality/chain.hpp"

#include <map>
#include <set>

namespace finality::testing {

/// A tree of blocks that one node has: headers whole, the best the highest, of equals the first that came. Blocks in
/// `changes` end the set that decides now, or later ones.
class Tree : public Chain
{
public:
    explicit Tree(const Header& root) { add(root); }

    void add(const Header& header)
    {
        const BlockId block{primitives::hash_of(header), header.number.value};
        if (headers_.emplace(block.hash, header).second)
            order_.push_back(block);
    }
    bool has(const Hash& block) const { return headers_.contains(block); }

    std::optional<BlockNumber> number(const Hash& block) const override
    {
        const auto found = headers_.find(block);
        return found == headers_.end() ? std::nullopt : std::optional(found->second.number.value);
    }
    std::optional<Hash> parent(const Hash& block) const override
    {
        const auto found = headers_.find(block);
        return found == headers_.end() ? std::nullopt : std::optional(found->second.parent_hash);
    }
    std::optional<Header> header(const Hash& block) const override
    {
        const auto found = headers_.find(block);
        return found == headers_.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<Hash> ancestor_at(const Hash& block, BlockNumber number) const override
    {
        auto at = block;
        for (auto found = headers_.find(at); found != headers_.end(); found = headers_.find(at))
        {
            if (found->second.number.value <= number)
                return found->second.number.value == number ? std::optional(at) : std::nullopt;
            at = found->second.parent_hash;
        }
        return std::nullopt;
    }
    BlockId best_containing(const BlockId& base) const override
    {
        BlockId best = base;
        for (const auto& block : order_)
            if (block.number > best.number && leads(base, block))
                best = block;
        return limited(base, best);
    }

    std::set<Hash> changes;

private:
    BlockId limited(const BlockId& base, BlockId best) const
    {
        for (auto at = best; at != base; at = {headers_.at(at.hash).parent_hash, at.number - 1})
            if (changes.contains(at.hash))
                best = at;
        return changes.contains(base.hash) ? base : best;
    }

    std::map<Hash, Header> headers_;
    std::vector<BlockId> order_;
};

/// A header on `parent`; `salt` tells siblings apart.
inline Header child_of(const Header& parent, uint8_t salt = 0)
{
    Header header;
    header.parent_hash = primitives::hash_of(parent);
    header.number.value = parent.number.value + 1;
    header.state_root[0] = salt;
    return header;
}
inline BlockId id_of(const Header& header) { return {primitives::hash_of(header), header.number.value}; }

} // namespace finality::testing
