#include "signature/sr25519.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <sodium.h>

namespace signature::sr25519 {
namespace {

/// Divides a 256-bit little-endian number whose low three bits are 0 by 8.
void divide_by_cofactor(std::span<uint8_t, 32> scalar)
{
    for (size_t i = 0; i != 31; ++i)
        scalar[i] = uint8_t(scalar[i] >> 3 | scalar[i + 1] << 5);
    scalar[31] >>= 3;
}

} // namespace

Keypair::Keypair(Secret<32> scalar, Secret<32> nonce) : scalar_(std::move(scalar)), nonce_(std::move(nonce))
{
    // It fails on 0 alone, which no seed gives.
    base::invariant(crypto_scalarmult_ristretto255_base(public_.data(), scalar_.expose().data()) == 0);
}

Keypair Keypair::from_seed(const Seed& seed)
{
    Secret<64> expanded;
    const auto bytes = expanded.expose();
    crypto_hash_sha512(bytes.data(), seed.expose().data(), seed.expose().size());
    bytes[0] &= 248;
    bytes[31] &= 63;
    bytes[31] |= 64;
    divide_by_cofactor(bytes.first<32>());
    return {Secret<32>(bytes.first<32>()), Secret<32>(bytes.last<32>())};
}

Bytes64 sign(const Keypair& pair, Transcript transcript, crypto::Entropy& entropy)
{
    Secret<32> random, nonce, product;
    Secret<64> wide;
    transcript.append("proto-name", "Schnorr-sig").append("sign:pk", pair.public_key());
    entropy.fill(random.expose(), "sr25519 nonce");
    transcript.witness("signing", pair.nonce().expose(), random.expose(), wide.expose());
    crypto_core_ristretto255_scalar_reduce(nonce.expose().data(), wide.expose().data());

    Bytes64 signature;
    base::invariant(crypto_scalarmult_ristretto255_base(signature.data(), nonce.expose().data()) == 0);
    Bytes64 challenge;
    transcript.append("sign:R", std::span(signature).first<32>()).challenge("sign:c", challenge);
    Bytes32 c;
    crypto_core_ristretto255_scalar_reduce(c.data(), challenge.data());
    crypto_core_ristretto255_scalar_mul(product.expose().data(), c.data(), pair.scalar().expose().data());
    crypto_core_ristretto255_scalar_add(signature.data() + 32, product.expose().data(), nonce.expose().data());
    signature[63] |= 0x80;
    return signature;
}

Bytes64 sign(const Keypair& pair, ByteView message, crypto::Entropy& entropy)
{
    return sign(pair, signing_transcript(kContext, message), entropy);
}

} // namespace signature::sr25519
