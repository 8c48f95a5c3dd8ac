#pragma once

#include "libp2p/noise_xx.hpp"

namespace libp2p {

/// A frame is u16 big-endian length ‖ body; so bodies end at 65,535 bytes.  [libp2p noise, Wire Format]
inline constexpr size_t kNoiseBodyMax = 65535;
inline constexpr size_t kNoisePlainMax = kNoiseBodyMax - CipherState::kTagBytes;

enum class NoiseRefusal : uint8_t
{
    handshake, ///< a message that is cut short, forged, or has a key of small order
    payload,   ///< the payload is not the expected protobuf, or its key is not ed25519
    signature, ///< the identity has not signed the Noise key
    other,     ///< a genuine peer, but not the one that was dialled
    frame,     ///< a frame that does not decrypt
};

/// Cuts a stream into frames. Bound  one frame of memory.
class NoiseFrames
{
public:
    /// The next whole body, borrowed until the next call; nothing while bytes are missing. Takes from `input`'s front.
    std::optional<ByteView> next(ByteView& input);

private:
    Bytes partial_;
};

/// A node's Noise key and what proves that it is the node's: one for all its connections. So somebody who dials and
/// says nothing costs no signature; what a key of its own for each connection would hide, the identity in it tells
/// anyway.
class NoiseStatic
{
public:
    NoiseStatic(const Identity& identity, crypto::Entropy& entropy);

    const DhKeys& keys() const { return keys_; }
    ByteView payload() const { return payload_; }

private:
    DhKeys keys_;
    Bytes payload_;
};

/// libp2p's Noise handshake: XX, whose second and third payloads carry the identity key and its signature over the
/// Noise key ("noise-libp2p-static-key:" ‖ key). Extensions and early data are not offered and not read.
///
/// Source  libp2p specs, noise/README.md
class NoiseHandshake
{
public:
    /// Draws a key pair. A dialer's first message is appended to `out`. `expected`: who must answer; a dialer tells its
    /// own identity to nobody else, for it has read the peer's before.
    NoiseHandshake(Role role, const NoiseStatic& fixed, crypto::Entropy& entropy, std::optional<PeerId> expected,
                   Bytes& out);

    /// Takes bytes from the front of `input`, up to the end of the handshake; true once it is over.
    std::expected<bool, NoiseRefusal> receive(ByteView& input, Bytes& out);

    /// Once receive() has said true.
    const PeerId& peer() const { return peer_; }
    NoiseXx::Ciphers split() const { return pattern_.split(); }

private:
    bool send(ByteView payload, Bytes& out);
    std::expected<void, NoiseRefusal> check_payload(ByteView payload);

    ByteView signed_payload_; ///< NoiseStatic's, which outlives the handshake
    std::optional<PeerId> expected_;
    NoiseXx pattern_;
    NoiseFrames frames_;
    PeerId peer_;
};

/// The encrypted stream after the handshake.
class NoiseChannel
{
public:
    explicit NoiseChannel(const NoiseXx::Ciphers& ciphers) : ciphers_(ciphers) {}

    /// Appends the plaintext of every whole frame in `input` to `plain`; takes all of it.
    std::expected<void, NoiseRefusal> receive(ByteView input, Bytes& plain);
    /// Appends `plain` as frames.
    void send(ByteView plain, Bytes& out);

private:
    NoiseXx::Ciphers ciphers_;
    NoiseFrames frames_;
};

} // namespace libp2p
