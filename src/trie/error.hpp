#pragma once

#include "base/bytes.hpp"

#include <cstdint>

namespace trie {

using base::Bytes;
using base::ByteView;
using base::Digest;

/// Why a trie cannot be read or changed. A node that comes from a peer or a damaged disk can reach every case.
enum class Fault : uint8_t
{
    missing_node, ///< the store has no bytes with this hash: the proof is incomplete, or the state was pruned
    bad_node,     ///< the bytes with this hash are no node, or a node that cannot stand where it stands
    too_deep,     ///< more than kLevelsMax branches above one another
};

struct Error
{
    Fault why;
    Digest node; ///< the node asked for; for bad_node, the last one reached by its hash
    friend bool operator==(const Error&, const Error&) = default;
};

/// Branches on the way from the root to a value. A key of n bytes has at most 2n; keys in use have fewer than 20.
/// Changing a trie recurses so deep, in frames of about 2 KiB.
inline constexpr uint32_t kLevelsMax = 512;

} // namespace trie
