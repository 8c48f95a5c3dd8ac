#pragma once

#include "base/bytes.hpp"
#include "crypto/blake3.hpp"
#include "crypto/words.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace crypto {

/// Where fresh randomness comes from. The operating system's lives in env; tests pass a double that replays a seed or
/// zeroes one label.
class Entropy
{
public:
    virtual ~Entropy() = default;

    /// Fills `out` with uniform bytes that nobody else has. `label` says what they are for ("pad", "tail", …).
    virtual void fill(std::span<uint8_t> out, std::string_view label) = 0;
};

/// 32 fresh bytes, to be expanded by a SeedStream.
Digest fresh_seed(Entropy& entropy, std::string_view label);

/// Overwrites a secret; the compiler may not drop the writes.
void wipe(std::span<uint8_t> secret);

/// Expands a seed into as much randomness as is asked for: the extendable output of keyed BLAKE3 (key = seed) over
/// label ‖ u64le index. Distinct (label, index) give independent streams, so that threads can share one seed.
///
/// Not copyable: two readers of one stream would be a two-time pad.
class SeedStream
{
public:
    SeedStream(const Digest& seed, std::string_view label, uint64_t index = 0);
    ~SeedStream();
    SeedStream(const SeedStream&) = delete;
    SeedStream& operator=(const SeedStream&) = delete;

    uint32_t word() { return words_.next(); }

    /// A uniform field element, by rejection.
    template <class F>
    F element()
    {
        return words_.element<F>();
    }

private:
    Blake3 hash_;
    WordReader words_;
};

/// Fills `out` with uniform field elements, of a prime field or an extension.
///
/// Cost  about 6 ns a coefficient
template <class F>
void expand_field(SeedStream& stream, std::span<F> out)
{
    for (auto& x : out)
        x = stream.element<F>();
}

/// One 32-byte seed from `entropy` under `label`, expanded: how every pad, tail and mask is drawn. Asking per label
/// lets a test replace exactly one of them.
template <class F>
void fresh_field(Entropy& entropy, std::string_view label, std::span<F> out)
{
    const Digest seed = fresh_seed(entropy, label);
    SeedStream stream(seed, label);
    expand_field(stream, out);
}

} // namespace crypto
