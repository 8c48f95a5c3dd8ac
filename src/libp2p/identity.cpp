#include "libp2p/identity.hpp"

#include "base/invariant.hpp"

#include <sodium.h>

namespace libp2p {

Identity::Identity(const base::Digest& seed)
{
    base::invariant(sodium_init() >= 0);
    crypto_sign_ed25519_seed_keypair(peer_.key.data(), secret_.data(), seed.data());
}

Identity::~Identity() { crypto::wipe(secret_); }

Signature Identity::sign(ByteView message) const
{
    Signature signature;
    crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
    return signature;
}

bool verify(const PeerId& peer, ByteView message, ByteView signature)
{
    return signature.size() == crypto_sign_ed25519_BYTES &&
           crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(), peer.key.data()) == 0;
}

} // namespace libp2p
