#pragma once

#include "libp2p/identity.hpp"
#include "libp2p/multistream.hpp"

namespace libp2p {

using Key32 = std::array<uint8_t, 32>;

/// An X25519 key pair; wiped when it goes. [RFC 7748]
struct DhKeys
{
    Key32 secret{}, open{};

    static DhKeys of_secret(const Key32& secret);
    ~DhKeys() { crypto::wipe(secret); }
};

/// One direction of ChaCha20-Poly1305 with a counter for a nonce. [Noise §5.1, §12.3]
class CipherState
{
public:
    explicit CipherState(const Key32& key) : key_(key) {}
    ~CipherState() { crypto::wipe(key_); }

    static constexpr size_t kTagBytes = 16;

    /// Appends the ciphertext of `plain` and its tag.
    void encrypt(ByteView associated, ByteView plain, Bytes& out);
    /// Appends the plaintext; false, and nothing appended, when the tag is wrong.
    bool decrypt(ByteView associated, ByteView sealed, Bytes& out);

private:
    Key32 key_;
    uint64_t nonce_ = 0;
};

/// Noise_XX_25519_ChaChaPoly_SHA256: the handshake pattern alone, any payloads, no framing.
///
///     → e            ← e, ee, s, es            → s, se
///
/// Source  Noise Protocol Framework revision 34, §5 and §7.5
class NoiseXx
{
public:
    /// `ephemeral` is used once. Caller  initiator: write, read, write; responder: read, write, read; then split
    NoiseXx(Role role, const DhKeys& fixed, const DhKeys& ephemeral, ByteView prologue = {});
    ~NoiseXx();

    /// Messages written and read so far.
    int step() const { return step_; }
    bool done() const { return step_ == 3; }
    bool our_turn() const { return !done() && (step_ % 2 == 0) == (role_ == Role::dialer); }

    /// The next message with `payload`. Nothing when the peer's key is a point of small order.
    std::optional<Bytes> write(ByteView payload);
    /// The payload of the peer's message. Nothing when it is too short, forged, or has a key of small order.
    std::optional<Bytes> read(ByteView message);

    const Key32& remote_static() const { return remote_static_; }

    struct Ciphers
    {
        CipherState send, receive;
    };
    Ciphers split() const;

private:
    void mix_hash(ByteView data);
    void mix_key(const Key32& input);
    bool mix_dh(const Key32& secret, const Key32& open);
    void encrypt_and_hash(ByteView plain, Bytes& out);
    bool decrypt_and_hash(ByteView sealed, Bytes& out);

    Role role_;
    DhKeys static_, ephemeral_;
    Key32 remote_static_{}, remote_ephemeral_{};
    Key32 chaining_{}, hash_{};
    std::optional<CipherState> cipher_;
    int step_ = 0;
};

} // namespace libp2p
