#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace crypto {

using base::ByteView;
using base::Digest;

/// A running BLAKE3 hash, in one of its three modes. Reading the output does not end it: digest() and xof()
/// describe everything absorbed so far, and update() may follow. A copy is an independent hasher.
///
/// Cost    about 60 ns per 64 bytes, less from 2 KiB on; 2 KB of state
/// Source  BLAKE3 specification, O'Connor et al. 2020, section 2
class Blake3
{
public:
    /// Plain hash mode.
    Blake3();

    /// Keyed mode: a pseudo-random function of the input when the key is secret and uniform.
    static Blake3 keyed(const Digest& key);

    /// Key derivation mode; `context` names one use in one application and is never secret.
    static Blake3 derive_key(std::string_view context);

    Blake3& update(ByteView bytes);

    /// The first 32 bytes of xof().
    Digest digest() const;

    /// Output bytes [offset, offset + out.size()) of the extendable output, whose length is 2⁶⁴ − 1.
    void xof(uint64_t offset, std::span<uint8_t> out) const;

private:
    struct Untouched
    {
    };
    explicit Blake3(Untouched) {}

    // The library's hasher, kept opaque so that users of this header need no third-party include path.
    static constexpr size_t kStateBytes = 1920;
    alignas(8) std::array<std::byte, kStateBytes> state_;
};

/// The plain hash of `bytes`.
Digest blake3(ByteView bytes);

/// derive_key(context) of `material`; without material a constant that separates one use of a keyed hash from others.
Digest derive_key(std::string_view context, ByteView material = {});

/// Longest row of hash_rows: one BLAKE3 chunk.
inline constexpr size_t kRowBytesMax = 1024;

/// out[i] = keyed BLAKE3 of row i, for rows that lie one after the other; exactly the standard hash of each.
///
/// Shapes  rows: out.size() · row_bytes bytes; row_bytes a multiple of 64 in [64, 1024]
/// Cost    15 ns per 64 bytes with AVX2: rows are hashed side by side in the lanes; single-threaded, no allocation
void hash_rows(const Digest& key, ByteView rows, size_t row_bytes, std::span<Digest> out);

/// parents[i] = keyed BLAKE3 of children[2i] ‖ children[2i+1].
///
/// Shapes  children: 2 · parents.size(); the two do not overlap
void hash_pairs(const Digest& key, std::span<const Digest> children, std::span<Digest> parents);

} // namespace crypto
