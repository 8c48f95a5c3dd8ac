#pragma once

#include "signature/curve.hpp"
#include "signature/scalar.hpp"

#include <span>

namespace signature {

/// 64 bytes on the wire: a signature, a VRF proof.
using Bytes64 = std::array<uint8_t, 64>;
using View64 = std::span<const uint8_t, 64>;

/// Why a signature or a VRF proof was refused. Untrusted bytes can reach every case.
enum class Refusal : uint8_t
{
    public_key, ///< not a point
    marker,     ///< the top bit that tells sr25519 from ed25519 is not set
    scalar,     ///< s (of a VRF proof c or s) is not below the group order: malleable
    commitment, ///< R is not a point
    output,     ///< the VRF output is not a point, or the neutral element
    equation,   ///< well formed, but not made with this key for this message
};

/// What a Schnorr signature claims: s·B = c·A + R. The points may differ by one of small order: that is what ZIP 215
/// asks for, and for ristretto255 it is equality, since two curve points of one element differ so.
struct Equation
{
    Scalar s, c;
    Point key, commitment;
};

/// Checks one claim.
///
/// Cost    45 µs
bool holds(const Equation& claim);

/// Checks all claims at once, by a random combination. `seed` must depend on all of them, so that nobody who chose
/// them knew it.
///
/// Sound   a false claim survives with probability 2⁻¹²⁸
/// Cost    17 µs a claim from 16 on; 4 KB a claim
bool all_hold(std::span<const Equation> claims, const Bytes32& seed);

} // namespace signature
