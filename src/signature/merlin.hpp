#pragma once

#include "base/bytes.hpp"
#include "hash/keccak.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace signature {

using base::ByteView;

/// A merlin transcript: both sides append the same labelled messages and draw the same challenges.
/// A copy is an independent transcript.
///
/// Caller  messages and challenges stay below 2³² bytes (SCALE and the network bound them far lower)
/// Cost    0.4 µs for 166 bytes and for each challenge; 208 bytes of state
/// Source  merlin.cool, "Transcript protocols"; STROBE 1.0.2, Hamburg 2017, with Keccak-f[1600] at 128 bits
class Transcript
{
public:
    explicit Transcript(std::string_view label);
    ~Transcript(); ///< overwrites the state: it may have seen secrets
    Transcript(const Transcript&) = default;
    Transcript& operator=(const Transcript&) = default;

    Transcript& append(std::string_view label, ByteView message);
    Transcript& append(std::string_view label, std::string_view text) { return append(label, base::view(text)); }

    /// Eight bytes, little-endian.
    Transcript& append_u64(std::string_view label, uint64_t value);

    void challenge(std::string_view label, std::span<uint8_t> out);

    /// Secret bytes that depend on everything appended, on `secret` and on `random`: a nonce. The transcript itself
    /// stays as it was. Even with a broken `random` two different transcripts never share a nonce.
    void witness(std::string_view label, ByteView secret, std::span<const uint8_t, 32> random,
                 std::span<uint8_t> out) const;

private:
    Transcript() = default;

    void announce(std::string_view label, size_t size);
    void begin(uint8_t flags);
    void absorb(ByteView data);
    void squeeze(std::span<uint8_t> out);
    void overwrite(ByteView data);
    void permute();

    hash::KeccakState state_{};
    uint8_t at_ = 0, begin_ = 0;
};

} // namespace signature
