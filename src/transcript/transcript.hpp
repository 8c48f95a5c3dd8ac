#pragma once

#include "base/bytes.hpp"
#include "crypto/blake3.hpp"
#include "crypto/words.hpp"
#include "field/field.hpp"

#include <cstdint>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace transcript {

using base::ByteView;
using base::Digest;
using field::Field;
using field::PrimeField;

/// What an absorbed item is; the byte that follows its label.
enum class Type : uint8_t
{
    bytes = 0,     ///< as they are
    base = 1,      ///< elements of the prime field, u32le each
    extension = 2, ///< elements of the extension, u32le for each coefficient
    digest = 3,    ///< 32 bytes
    integers = 4,  ///< u64le each
    challenge = 5, ///< empty; marks where the verifier speaks
    nonce = 6,     ///< u64le
};

/// Fiat-Shamir: both parties absorb the same items in the same order, and read challenges that depend on all of them.
///
/// One running BLAKE3 hasher, in key derivation mode with context "zkp transcript v1". An item is absorbed as
///     u8 label length ‖ label (ASCII) ‖ u8 type ‖ u64le payload length in bytes ‖ payload,
/// so no two sequences of items have one encoding. A challenge absorbs its own empty item and then reads the hasher's
/// extendable output; that output is not absorbed, the next challenge differs by the longer history.
///
/// Labels  1 to 255 bytes, constants of our code
/// Source  docs/specs/proof.md; design rule: every message is absorbed before the challenge that follows it
class Transcript
{
public:
    Transcript();
    Transcript(const Transcript&) = delete;
    Transcript& operator=(const Transcript&) = delete;
    Transcript(Transcript&&) = default;
    Transcript& operator=(Transcript&&) = default;

    /// A transcript that goes its own way from here. Explicit, since a copy by mistake forks the proof. Not logged.
    Transcript clone() const;

    /// Appends "label/type" (type as a number) to `log` for each absorbed item, so that a test can compare the order
    /// with the specification's. `log` must outlive the transcript; null stops.
    void record(std::vector<std::string>* log) { log_ = log; }

    void observe_bytes(std::string_view label, ByteView bytes) { absorb(label, Type::bytes, bytes); }
    void observe_digest(std::string_view label, const Digest& digest) { absorb(label, Type::digest, digest); }
    void observe_integers(std::string_view label, std::span<const uint64_t> values);
    void observe_integer(std::string_view label, uint64_t value) { observe_integers(label, {&value, 1}); }

    /// Absorbs field elements as one item: a contiguous range of them, or one.
    template <std::ranges::contiguous_range R>
        requires Field<std::ranges::range_value_t<R>>
    void observe(std::string_view label, const R& elements);
    template <Field F>
    void observe(std::string_view label, const F& element)
    {
        observe(label, std::span<const F>(&element, 1));
    }

    /// A uniform element: coefficient by coefficient, each by rejection from masked u32le words of the output.
    template <Field F>
    F sample(std::string_view label)
    {
        return sample_many<F>(label, 1).front();
    }

    /// `count` uniform elements from one challenge.
    template <Field F>
    std::vector<F> sample_many(std::string_view label, size_t count);

    /// `count` independent positions in [0, n), from one u32le word each; duplicates stay, order is kept.
    ///
    /// Shapes  n a power of two, at most 2²⁴
    std::vector<uint32_t> sample_positions(std::string_view label, size_t n, size_t count);

    /// Prover: proof of work of `bits` bits, bound to everything absorbed so far; returns the nonce and absorbs it.
    /// With 0 bits nothing is absorbed and the nonce is 0.
    ///
    /// Cost  2^bits hashes on average, on all cores: 1 ms for 16 bits on one
    uint64_t grind(std::string_view label, uint32_t bits);

    /// Verifier: checks the nonce of grind() and absorbs it. With 0 bits the nonce must be 0.
    bool check(std::string_view label, uint32_t bits, uint64_t nonce);

private:
    explicit Transcript(const crypto::Blake3& hash) : hash_(hash) {}

    void absorb(std::string_view label, Type type, ByteView payload);
    Digest grind_seed(std::string_view label);
    void absorb_nonce(std::string_view label, uint64_t nonce);

    static constexpr size_t kWordBytes = 4;
    static uint8_t* put_word(uint8_t* out, uint32_t word)
    {
        for (size_t i = 0; i != kWordBytes; ++i)
            out[i] = uint8_t(word >> (8 * i));
        return out + kWordBytes;
    }

    crypto::Blake3 hash_;
    std::vector<std::string>* log_ = nullptr;
};

template <std::ranges::contiguous_range R>
    requires Field<std::ranges::range_value_t<R>>
void Transcript::observe(std::string_view label, const R& elements)
{
    using F = std::ranges::range_value_t<R>;
    base::Bytes payload(std::ranges::size(elements) * F::kDegree * kWordBytes);
    uint8_t* out = payload.data();
    for (const F& x : elements)
        if constexpr (PrimeField<F>)
            out = put_word(out, x.value());
        else
            for (size_t i = 0; i != F::kDegree; ++i)
                out = put_word(out, x.coefficient(i).value());
    absorb(label, PrimeField<F> ? Type::base : Type::extension, payload);
}

template <Field F>
std::vector<F> Transcript::sample_many(std::string_view label, size_t count)
{
    absorb(label, Type::challenge, {});
    crypto::WordReader words(hash_);
    std::vector<F> out;
    out.reserve(count);
    for (size_t k = 0; k != count; ++k)
        out.push_back(words.element<F>());
    return out;
}

} // namespace transcript
