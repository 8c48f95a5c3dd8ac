#pragma once

#include "trie/proof.hpp"

/// Compact proofs: the nodes of a proof from the root on, each before its children, without the hashes of children
/// that follow. A node whose hashed value follows it has the byte 1 in front and an empty value inside.
///
/// Source  the crates trie-db (module trie_codec) and sp-trie (module trie_codec: child tries, duplicates left out)
namespace trie {

/// Writes the nodes of `store` that the root leads to, then those of each child trie whose root it leads to. What
/// occurs twice is written once.
///
/// store   a Recorder's nodes or a Proof: references that lead out of it stay as hashes
/// Errors  missing_node (the root), bad_node, too_deep
std::expected<std::vector<Bytes>, Error> encode_compact(const NodeStore& store, const Digest& root);

/// Reads a compact proof: the nodes, as if they had been sent whole.
///
/// Errors  too_large, root, bad_node, unused, incomplete, too_deep
std::expected<Proof, ProofError> decode_compact(std::span<const ByteView> items, const Digest& root);

} // namespace trie
