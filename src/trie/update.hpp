#pragma once

#include "trie/node.hpp"
#include "trie/store.hpp"

#include <expected>
#include <optional>
#include <span>

namespace trie {

/// What nodes and values are hashed with: BLAKE2b-256 for the state; Keccak-256 only where a runtime asks for it.
using HashFunction = Digest (*)(ByteView);
Digest blake2_256(ByteView bytes);
Digest keccak_256(ByteView bytes);

/// The root of a trie without keys: the hash of one zero byte.
Digest empty_root(HashFunction hash = blake2_256);

/// One key's new value, or nothing to remove the key. Borrowed.
struct Change
{
    ByteView key;
    std::optional<ByteView> value;
};

/// Applies a batch of changes to the trie with root `root`. Every node on the way is built once, children first, so
/// nothing is hashed twice.
///
/// Caller   `changes` are sorted by key, each key once; removing a key that is absent is no change
/// Holds    the root depends on the keys and values alone, and on which of them were last set under v0 or v1;
///          a key that is set takes the form of `version`, all others keep theirs
/// Errors   missing_node, bad_node (damaged or incomplete store), too_deep
/// Bounds   kLevelsMax; a value below 2³⁰ bytes
/// Cost     one lookup, one decode and one hash for each node on the paths; on all cores from kParallelMin changes on
std::expected<Update, Error> apply(const NodeStore& store, const Digest& root, std::span<const Change> changes,
                                   Version version, HashFunction hash = blake2_256);

inline constexpr size_t kParallelMin = 512;

} // namespace trie
