#pragma once

#include "crypto/blake3.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>

namespace crypto {

/// A prime field whose elements are residues that fit a 32-bit word.
template <class K>
concept WordField = std::constructible_from<K, uint32_t> && requires {
    { K::kModulus } -> std::convertible_to<uint32_t>;
};

/// The least 2ᵏ − 1 that covers every residue of K: 0x7fffffff for KoalaBear. Masking before rejecting keeps
/// the chance of a rejection below one half.
template <WordField K>
inline constexpr uint32_t kCanonicalMask = std::bit_ceil(uint32_t{K::kModulus}) - 1;

/// Reads the extendable output of a hasher as little-endian 32-bit words, from its beginning.
///
/// Caller  keeps `hash` alive and unchanged
class WordReader
{
public:
    explicit WordReader(const Blake3& hash) : hash_(hash) {}

    uint32_t next()
    {
        if (at_ == filled_)
            refill();
        const uint8_t* b = buffer_.data() + std::exchange(at_, at_ + 4);
        return uint32_t(b[0]) | uint32_t(b[1]) << 8 | uint32_t(b[2]) << 16 | uint32_t(b[3]) << 24;
    }

    /// A uniform element of a prime field: words masked to the modulus' bit length, those at or above the modulus
    /// skipped.
    template <WordField K>
    K element()
    {
        for (;;)
            if (const uint32_t word = next() & kCanonicalMask<K>; word < K::kModulus)
                return K{word};
    }

    /// A uniform element of an extension: its coefficients in order, constant first.
    template <class F>
        requires(!WordField<F> && WordField<typename F::Base>)
    F element()
    {
        std::array<typename F::Base, F::kDegree> coefficients;
        for (auto& c : coefficients)
            c = element<typename F::Base>();
        return F{coefficients};
    }

private:
    // One output block first, since most challenges need no more; then eight at a time.
    void refill()
    {
        const size_t size = offset_ == 0 ? kBlockBytes : buffer_.size();
        hash_.xof(offset_, std::span(buffer_).first(size));
        offset_ += size;
        filled_ = size;
        at_ = 0;
    }

    static constexpr size_t kBlockBytes = 64;

    const Blake3& hash_;
    std::array<uint8_t, 8 * kBlockBytes> buffer_;
    uint64_t offset_ = 0;
    size_t at_ = 0, filled_ = 0;
};

} // namespace crypto
