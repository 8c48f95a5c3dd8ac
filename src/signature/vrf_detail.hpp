#pragma once

#include "signature/vrf.hpp"

/// What proving and verifying share.
namespace signature::sr25519 {

/// The input as a group element: it depends on the key, so that nobody can relate outputs of two keys.
Point vrf_input(View32 public_key, Transcript transcript);

/// The last appends of a proof, and its challenge.
Scalar vrf_challenge(Transcript& extra, View32 public_key, View32 output);

} // namespace signature::sr25519
