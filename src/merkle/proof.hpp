#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

/// One proof for many leaves: the digests that the verifier cannot compute, level by level from the leaves to the
/// root, from left to right in each level, each once. Their number depends on the positions alone.
namespace merkle {

using base::Digest;

inline constexpr uint32_t kLogLeavesMax = 24;

enum class Refusal : uint8_t
{
    sibling_count, ///< not exactly the digests that the positions call for
    root,          ///< the leaves do not lead to the committed root
};

struct Error
{
    Refusal why;
    size_t wanted; ///< for sibling_count: how many digests the positions call for
    friend bool operator==(const Error&, const Error&) = default;
};

/// Sorted, each position once: the form in which leaves are opened. Queries may repeat.
std::vector<uint32_t> distinct(std::span<const uint32_t> positions);

/// Digests in a proof for these leaves.
///
/// Caller  positions are sorted and distinct, below 2^log_leaves
size_t sibling_count(uint32_t log_leaves, std::span<const uint32_t> positions);

/// Checks opened leaves against a root.
///
/// Shapes  leaves[i]: digest of the leaf at positions[i]; at least one; log_leaves ≤ kLogLeavesMax
/// Caller  positions are sorted and distinct, below 2^log_leaves (they come from the transcript)
/// Errors  sibling_count, root
/// Sound   another leaf or sibling passes only with a BLAKE3 collision
/// Cost    one hash for each inner node on the paths
std::expected<void, Error> verify(const Digest& root, uint32_t log_leaves, std::span<const uint32_t> positions,
                                  std::span<const Digest> leaves, std::span<const Digest> siblings);

} // namespace merkle
