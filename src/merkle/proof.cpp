#include "merkle/proof.hpp"

#include "base/invariant.hpp"
#include "crypto/blake3.hpp"
#include "merkle/leaf.hpp"

#include <algorithm>

namespace merkle {
namespace {

using base::invariant;

void expect_positions(uint32_t log_leaves, std::span<const uint32_t> positions)
{
    invariant(log_leaves <= kLogLeavesMax && !positions.empty());
    invariant(std::ranges::adjacent_find(positions, std::ranges::greater_equal{}) == positions.end());
    invariant(positions.back() >> log_leaves == 0);
}

/// True when positions[i] is a left child whose right sibling follows it.
bool has_pair(std::span<const uint32_t> positions, size_t i)
{
    return positions[i] % 2 == 0 && i + 1 != positions.size() && positions[i + 1] == positions[i] + 1;
}

} // namespace

std::vector<uint32_t> distinct(std::span<const uint32_t> positions)
{
    std::vector<uint32_t> sorted(positions.begin(), positions.end());
    std::ranges::sort(sorted);
    sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
    return sorted;
}

size_t sibling_count(uint32_t log_leaves, std::span<const uint32_t> positions)
{
    expect_positions(log_leaves, positions);
    std::vector<uint32_t> level(positions.begin(), positions.end());
    size_t count = 0;
    for (uint32_t depth = log_leaves; depth != 0; --depth)
    {
        size_t parents = 0;
        for (size_t i = 0; i != level.size(); ++parents)
        {
            const bool pair = has_pair(level, i);
            const uint32_t parent = level[i] / 2;
            count += pair ? 0 : 1;
            i += pair ? 2 : 1;
            level[parents] = parent; // parents ≤ i − 1: never ahead of what is still to be read
        }
        level.resize(parents);
    }
    return count;
}

std::expected<void, Error> verify(const Digest& root, uint32_t log_leaves, std::span<const uint32_t> positions,
                                  std::span<const Digest> leaves, std::span<const Digest> siblings)
{
    invariant(leaves.size() == positions.size());
    if (const size_t wanted = sibling_count(log_leaves, positions); siblings.size() != wanted)
        return std::unexpected(Error{Refusal::sibling_count, wanted});

    // Level by level: known nodes and siblings are laid out as pairs, hashed side by side, and become the parents.
    std::vector<uint32_t> level(positions.begin(), positions.end());
    std::vector<Digest> known(leaves.begin(), leaves.end()), pairs;
    for (uint32_t depth = log_leaves; depth != 0; --depth)
    {
        pairs.clear();
        size_t parents = 0;
        for (size_t i = 0; i != level.size(); ++parents)
        {
            const bool pair = has_pair(level, i), left = level[i] % 2 == 0;
            const Digest& sibling = pair ? known[i + 1] : siblings.front();
            pairs.push_back(left ? known[i] : sibling);
            pairs.push_back(left ? sibling : known[i]);
            siblings = siblings.subspan(pair ? 0 : 1);
            const uint32_t parent = level[i] / 2;
            i += pair ? 2 : 1;
            level[parents] = parent;
        }
        level.resize(parents);
        known.resize(parents);
        crypto::hash_pairs(node_key(), pairs, known);
    }
    if (known.front() != root)
        return std::unexpected(Error{Refusal::root, 0});
    return {};
}

} // namespace merkle
