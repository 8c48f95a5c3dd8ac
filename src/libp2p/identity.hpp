#pragma once

#include "libp2p/peer_id.hpp"

#include "crypto/random.hpp"

namespace libp2p {

using Signature = std::array<uint8_t, 64>;

/// A node's ed25519 key pair: what its peer id is made of. Not copyable; wiped when it goes.
class Identity
{
public:
    /// The key pair of a 32-byte seed (RFC 8032's private key).
    explicit Identity(const base::Digest& seed);
    explicit Identity(crypto::Entropy& entropy) : Identity(crypto::fresh_seed(entropy, "libp2p identity")) {}
    ~Identity();
    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;

    const PeerId& peer_id() const { return peer_; }
    Signature sign(ByteView message) const;

private:
    std::array<uint8_t, 64> secret_;
    PeerId peer_;
};

/// Whether `signature` is `peer`'s over `message`; false for a signature of another length. [RFC 8032 §5.1.7]
bool verify(const PeerId& peer, ByteView message, ByteView signature);

} // namespace libp2p
