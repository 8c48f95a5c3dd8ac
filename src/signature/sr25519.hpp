#pragma once

#include "base/bytes.hpp"
#include "crypto/random.hpp"
#include "signature/equation.hpp"
#include "signature/merlin.hpp"
#include "signature/secret.hpp"

#include <expected>

/// Schnorr signatures over ristretto255, byte for byte those of Rust's schnorrkel, Substrate's default.
///
/// Source  schnorrkel 0.11 (src/sign.rs, src/keys.rs); Polkadot specification, appendix A.1.4
namespace signature::sr25519 {

/// A secret key, the secret half of its nonces, and the public key. Made by from_seed(); derive.hpp makes others.
///
/// All arithmetic on secrets is libsodium's ristretto255: constant-time, audited, in no need of speed here.
class Keypair
{
public:
    /// Expands the seed ("mini secret") as ed25519 does: SHA-512, clamped, divided by the cofactor.
    static Keypair from_seed(const Seed& seed);

    /// From a scalar modulo the group order and 32 secret bytes; `scalar` is not 0.
    Keypair(Secret<32> scalar, Secret<32> nonce);

    const Bytes32& public_key() const { return public_; }
    const Secret<32>& scalar() const { return scalar_; }
    const Secret<32>& nonce() const { return nonce_; }

private:
    Secret<32> scalar_, nonce_;
    Bytes32 public_{};
};

/// The context of everything that Substrate signs.
inline constexpr std::string_view kContext = "substrate";

/// The transcript of `message` under a context.
Transcript signing_transcript(std::string_view context, ByteView message);

/// Signs what the transcript says. The nonce depends on the key, the transcript and `entropy`: it stays secret and
/// unrepeated even if `entropy` is constant, which tests use.
///
/// Cost    22 µs, constant-time
Bytes64 sign(const Keypair& pair, Transcript transcript, crypto::Entropy& entropy);

/// The same for a message in Substrate's context.
Bytes64 sign(const Keypair& pair, ByteView message, crypto::Entropy& entropy);

/// Reads and hashes a signature without checking its equation: the half that batches share.
///
/// Errors  marker, scalar, public_key, commitment
std::expected<Equation, Refusal> claim(Transcript transcript, View64 signature, View32 public_key);

/// Errors  marker, scalar, public_key, commitment, equation
/// Cost    55 µs
std::expected<void, Refusal> verify(Transcript transcript, View64 signature, View32 public_key);

/// The same for a message in Substrate's context: the host function ext_crypto_sr25519_verify_version_2.
std::expected<void, Refusal> verify(ByteView message, View64 signature, View32 public_key);

/// ext_crypto_sr25519_verify_version_1: as verify, but a signature that does not parse is read once more, its marker
/// taken as set, with the labels of schnorrkel 0.1.1. A signature that parses has only one reading.
std::expected<void, Refusal> verify_deprecated(ByteView message, View64 signature, View32 public_key);

} // namespace signature::sr25519
