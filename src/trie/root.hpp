#pragma once

#include "trie/update.hpp"

namespace trie {

/// Borrowed.
struct Pair
{
    ByteView key;
    ByteView value;
};

/// The root of the trie with these pairs, in any order; of equal keys the last one counts.
///
/// Errors  too_deep
std::expected<Digest, Error> root(std::span<const Pair> pairs, Version version, HashFunction hash = blake2_256);

/// The root of a list: value i under the key that is i in SCALE's compact form. A block's extrinsics root is this,
/// always v0.
std::expected<Digest, Error> ordered_root(std::span<const ByteView> values, Version version,
                                          HashFunction hash = blake2_256);

} // namespace trie
