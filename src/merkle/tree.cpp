#include "merkle/tree.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace merkle {
namespace {

using base::invariant;

constexpr size_t kLeavesAtOnce = 64; // at most 64 KiB of rows: stays in the cache
constexpr size_t kLeafGrain = 256, kNodeGrain = 1024;

/// Digests of leaves [begin, end), written to out[0], out[1], …
void hash_leaf_range(const Shape& shape, const Salts& salts, const FillLeaves& fill, size_t begin, size_t end,
                     Digest* out)
{
    const size_t stride = leaf_bytes(shape.value_bytes);
    base::Bytes rows(std::min(kLeavesAtOnce, end - begin) * stride);
    std::array<Digest, kLeavesAtOnce> salt;
    for (size_t first = begin; first < end; first += kLeavesAtOnce)
    {
        const size_t count = std::min(kLeavesAtOnce, end - first);
        fill(first, first + count, rows.data(), stride);
        salts.fill(first, std::span(salt).first(count));
        for (size_t i = 0; i != count; ++i)
            std::ranges::copy(salt[i], rows.data() + i * stride + shape.value_bytes);
        crypto::hash_rows(leaf_key(), ByteView(rows).first(count * stride), stride, {out + (first - begin), count});
    }
}

} // namespace

void build(const Shape& shape, const Digest& seed, const FillLeaves& fill, std::span<Digest> nodes)
{
    const size_t leaves = shape.leaves;
    invariant(std::has_single_bit(leaves) && leaves >> kLogLeavesMax <= 1 && nodes.size() == 2 * leaves);
    invariant(shape.value_bytes <= kValueBytesMax);

    const Salts salts(seed);
    nodes[0] = {};
    base::parallel(leaves, kLeafGrain, [&](size_t begin, size_t end) {
        hash_leaf_range(shape, salts, fill, begin, end, &nodes[leaves + begin]);
    });
    // Level by level: the nodes of a level lie at [width, 2·width), their children at [2·width, 4·width).
    for (size_t width = leaves / 2; width != 0; width /= 2)
        base::parallel(width, kNodeGrain, [&](size_t begin, size_t end) {
            crypto::hash_pairs(node_key(), nodes.subspan(2 * (width + begin), 2 * (end - begin)),
                               nodes.subspan(width + begin, end - begin));
        });
}

Tree::Tree(const Shape& shape, const Digest& seed, const FillLeaves& fill) : nodes_(2 * shape.leaves)
{
    build(shape, seed, fill, nodes_);
}

TreeView::TreeView(std::span<const Digest> nodes) : nodes_(nodes)
{
    invariant(nodes.size() >= 2 && std::has_single_bit(nodes.size()));
}

std::vector<Digest> TreeView::open(std::span<const uint32_t> positions) const
{
    const uint32_t log_leaves = uint32_t(std::countr_zero(leaves()));
    std::vector<Digest> proof;
    proof.reserve(sibling_count(log_leaves, positions));

    std::vector<uint32_t> level(positions.begin(), positions.end());
    for (size_t width = leaves(); width != 1; width /= 2)
    {
        for (size_t i = 0; i != level.size(); ++i)
        {
            const bool sibling_known = std::ranges::binary_search(level, level[i] ^ 1);
            if (!sibling_known)
                proof.push_back(nodes_[width + (level[i] ^ 1)]);
        }
        for (auto& position : level)
            position /= 2;
        level.erase(std::ranges::unique(level).begin(), level.end());
    }
    return proof;
}

} // namespace merkle
