#include "signature/ed25519.hpp"

#include "base/invariant.hpp"

#include <sodium.h>

namespace signature::ed25519 {

Keypair Keypair::from_seed(const Seed& seed)
{
    Keypair pair;
    const auto secret = pair.secret_.expose();
    base::invariant(crypto_sign_ed25519_seed_keypair(pair.public_.data(), secret.data(), seed.expose().data()) == 0);
    return pair;
}

Bytes64 sign(const Keypair& pair, ByteView message)
{
    Bytes64 signature;
    const auto secret = pair.secret_key().expose();
    base::invariant(
        crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(), secret.data()) == 0);
    return signature;
}

std::expected<Equation, Refusal> claim(ByteView message, View64 signature, View32 public_key)
{
    const auto s = Scalar::from_canonical(signature.last<32>());
    if (!s)
        return std::unexpected(Refusal::scalar);
    const auto key = decode_point(public_key);
    if (!key)
        return std::unexpected(Refusal::public_key);
    const auto commitment = decode_point(signature.first<32>());
    if (!commitment)
        return std::unexpected(Refusal::commitment);

    // The bytes as received are hashed, canonical or not.
    Bytes64 wide;
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, signature.data(), 32);
    crypto_hash_sha512_update(&state, public_key.data(), public_key.size());
    crypto_hash_sha512_update(&state, message.data(), message.size());
    crypto_hash_sha512_final(&state, wide.data());
    return Equation{.s = *s, .c = Scalar::from_wide(wide), .key = *key, .commitment = *commitment};
}

std::expected<void, Refusal> verify(ByteView message, View64 signature, View32 public_key)
{
    const auto made = claim(message, signature, public_key);
    if (!made)
        return std::unexpected(made.error());
    if (!holds(*made))
        return std::unexpected(Refusal::equation);
    return {};
}

} // namespace signature::ed25519
