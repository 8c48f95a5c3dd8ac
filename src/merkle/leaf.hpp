#pragma once

#include "base/bytes.hpp"
#include "crypto/blake3.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace merkle {

using base::ByteView;
using base::Digest;

inline constexpr size_t kSaltBytes = 32;
/// A leaf with its salt is one BLAKE3 chunk at most: 248 elements of 4 bytes.
inline constexpr size_t kValueBytesMax = crypto::kRowBytesMax - kSaltBytes;

/// Bytes hashed for one leaf: values ‖ salt, padded with zeros to whole 64-byte blocks. All leaves of a tree have
/// equal length, so the padding is unambiguous.
constexpr size_t leaf_bytes(size_t value_bytes) { return (value_bytes + kSaltBytes + 63) / 64 * 64; }

/// The salts of one tree, which hide leaves of little entropy: salt i is the 32 bytes at offset 32·i of the extendable
/// output of BLAKE3 derive_key("zkp leaf salt v1", seed). Computed when needed, never stored.
class Salts
{
public:
    explicit Salts(const Digest& seed);

    Digest at(size_t leaf) const;

    /// The salts of leaves first, first + 1, …
    void fill(size_t first, std::span<Digest> out) const;

private:
    crypto::Blake3 hash_;
};

/// Keys of the two keyed hashes, derive_key(context) of the empty string: a leaf can never be read as a node.
const Digest& leaf_key(); ///< "zkp merkle leaf v1"
const Digest& node_key(); ///< "zkp merkle node v1"

/// What a verifier does with opened leaves: out[i] = hash of values[i] ‖ salts[i] ‖ zeros.
///
/// Shapes  values: out.size() rows of value_bytes ≤ kValueBytesMax; salts as many as out
void hash_leaves(ByteView values, size_t value_bytes, std::span<const Digest> salts, std::span<Digest> out);

} // namespace merkle
