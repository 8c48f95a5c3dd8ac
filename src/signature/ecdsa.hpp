#pragma once

#include "base/bytes.hpp"
#include "signature/equation.hpp"
#include "signature/secret.hpp"

#include <expected>

/// ECDSA over secp256k1 with recoverable signatures, r ‖ s ‖ recovery id; curve arithmetic by libsecp256k1.
namespace signature::ecdsa {

using base::ByteView;
using base::Digest;

using Signature = std::array<uint8_t, 65>;
using SignatureView = std::span<const uint8_t, 65>;
using PublicKey = std::array<uint8_t, 33>;             ///< compressed
using UncompressedPublicKey = std::array<uint8_t, 64>; ///< x ‖ y, without the leading 4

class Keypair
{
public:
    /// Nothing when the seed, as a big-endian number, is 0 or not below the group order.
    static std::optional<Keypair> from_seed(const Seed& seed);

    const PublicKey& public_key() const { return public_; }
    const Secret<32>& scalar() const { return scalar_; }

private:
    Keypair() = default;

    Secret<32> scalar_;
    PublicKey public_{};
};

/// Signs a 32-byte hash: deterministic nonce (RFC 6979), s in the lower half, recovery id 0 to 3 as the last byte.
Signature sign_prehashed(const Keypair& pair, const Digest& hash);

/// The same for BLAKE2b-256 of a message, Substrate's hash.
Signature sign(const Keypair& pair, ByteView message);

/// Why no key was recovered; the numbers are Substrate's EcdsaVerifyError.
enum class RecoveryRefusal : uint8_t
{
    bad_rs = 0,        ///< r or s is not below the group order
    bad_v = 1,         ///< the recovery id is not 0 to 3
    bad_signature = 2, ///< no key would make this signature
};

/// How r and s are read: version 1 of the host functions takes them modulo the group order, version 2 refuses.
enum class Reading : uint8_t
{
    lenient, ///< version 1
    strict,  ///< version 2
};

/// The key that made a signature: the host functions ext_crypto_secp256k1_ecdsa_recover. The recovery id may also be
/// written 27 to 30, as Ethereum does.
///
/// Errors  bad_v, bad_rs, bad_signature
/// Cost    50 µs
std::expected<UncompressedPublicKey, RecoveryRefusal> recover(SignatureView signature, const Digest& hash,
                                                              Reading reading = Reading::strict);

/// ext_crypto_secp256k1_ecdsa_recover_compressed.
std::expected<PublicKey, RecoveryRefusal> recover_compressed(SignatureView signature, const Digest& hash,
                                                             Reading reading = Reading::strict);

/// True when `public_key` is the one recovered from the signature and the hash; the recovery id is 0 to 3. Accepts s
/// in the upper half, as Substrate does.
bool verify_prehashed(SignatureView signature, const Digest& hash, const PublicKey& public_key,
                      Reading reading = Reading::strict);

/// The same for BLAKE2b-256 of a message: ext_crypto_ecdsa_verify.
bool verify(SignatureView signature, ByteView message, const PublicKey& public_key, Reading reading = Reading::strict);

} // namespace signature::ecdsa
