#pragma once

#include "base/bytes.hpp"

#include <cstdint>

/// Proof of work. A nonce is valid for g bits under a 32-byte seed when the first 8 bytes, read as u64le, of
///     keyed BLAKE3 (key = seed) of  nonce (u64le) ‖ 56 zero bytes
/// end in g zero bits. The padding makes a whole block, so that hashing runs side by side in SIMD lanes.
namespace transcript {

/// More bits than any profile grinds; a search over 2⁴⁰ is already out of reach of a prover that means to finish.
inline constexpr uint32_t kGrindBitsMax = 40;

bool check_nonce(const base::Digest& seed, uint32_t bits, uint64_t nonce);

/// The smallest valid nonce, whatever the number of threads.
///
/// Shapes  bits ≤ kGrindBitsMax
/// Cost    2^bits hashes on average, about 17 ns each with AVX2, over all of base::threads()
uint64_t find_nonce(const base::Digest& seed, uint32_t bits);

} // namespace transcript
