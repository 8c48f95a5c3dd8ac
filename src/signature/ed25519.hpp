#pragma once

#include "base/bytes.hpp"
#include "signature/equation.hpp"
#include "signature/secret.hpp"

#include <expected>

/// Ed25519. Signing is RFC 8032; verifying follows ZIP 215, so that single and batch verification, here and in every
/// other client of the chain, agree on every byte string.
namespace signature::ed25519 {

using base::ByteView;

class Keypair
{
public:
    static Keypair from_seed(const Seed& seed);

    const Bytes32& public_key() const { return public_; }
    const Secret<64>& secret_key() const { return secret_; }

private:
    Keypair() = default;

    Secret<64> secret_; ///< libsodium's form: seed ‖ public key
    Bytes32 public_{};
};

/// Deterministic, constant-time (libsodium).  [RFC 8032 §5.1.6]
Bytes64 sign(const Keypair& pair, ByteView message);

/// Reads and hashes a signature without checking its equation: the half that batches share.
///
/// Errors  scalar, public_key, commitment
std::expected<Equation, Refusal> claim(ByteView message, View64 signature, View32 public_key);

/// The key and R may be encoded non-canonically or have small order, s must be below the group order, and the
/// equation is 8·s·B = 8·R + 8·c·A: the host function ext_crypto_ed25519_verify.
///
/// Errors  scalar, public_key, commitment, equation
/// Cost    55 µs
/// Source  ZIP 215, "Specification"
std::expected<void, Refusal> verify(ByteView message, View64 signature, View32 public_key);

} // namespace signature::ed25519
