#pragma once

#include "runtime/frame/host.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

/// A binary hash tree over a list: its root, the branch of one leaf, and a branch climbed back to the root.
///
/// Shape    pairs from the left; a node without a partner moves up as it is. The number of leaves fixes the shape, and
///          with a leaf's index it fixes how many hashes its branch has: whoever checks a branch must know the number
///          from elsewhere than the branch.
/// Sound    leaves are hashed behind a 0, nodes behind a 1, so that no node passes for a leaf or a leaf for a node
/// Cost     2n hashes by the host for the root; log₂ n to climb
namespace runtime::seat_tree {

using base::ByteView;
using base::Digest;

inline Digest leaf(ByteView content)
{
    base::Bytes bytes{0};
    bytes.insert(bytes.end(), content.begin(), content.end());
    return host::blake2_256(bytes);
}

inline Digest node(const Digest& left, const Digest& right)
{
    std::array<uint8_t, 65> bytes{1};
    std::ranges::copy(left, bytes.begin() + 1);
    std::ranges::copy(right, bytes.begin() + 33);
    return host::blake2_256(bytes);
}

/// The nodes over these.
inline std::vector<Digest> above(std::span<const Digest> level)
{
    std::vector<Digest> up;
    up.reserve(level.size() / 2 + 1);
    for (size_t i = 0; i + 1 < level.size(); i += 2)
        up.push_back(node(level[i], level[i + 1]));
    if (level.size() % 2 == 1)
        up.push_back(level.back());
    return up;
}

/// The root over `leaves`, of which there is at least one; notes on the way up what stands beside leaf `index`.
inline Digest root(std::vector<Digest> level, size_t index = 0, std::vector<Digest>* branch = nullptr)
{
    for (; level.size() > 1; index /= 2)
    {
        if (branch != nullptr && (index ^ 1) < level.size())
            branch->push_back(level[index ^ 1]);
        level = above(level);
    }
    return level.front();
}

/// The root over `count` leaves that a branch leads to; nothing if it is not the branch of leaf `index`.
inline std::optional<Digest> climb(Digest at, size_t index, size_t count, std::span<const Digest> branch)
{
    if (index >= count)
        return std::nullopt;
    for (; count > 1; index /= 2, count = count / 2 + count % 2)
    {
        if ((index ^ 1) >= count)
            continue;
        if (branch.empty())
            return std::nullopt;
        at = index % 2 == 0 ? node(at, branch.front()) : node(branch.front(), at);
        branch = branch.subspan(1);
    }
    return branch.empty() ? std::optional{at} : std::nullopt;
}

} // namespace runtime::seat_tree
