#pragma once

#include "primitives/babe.hpp"

#include <span>

namespace chain {

/// Claims of a primary slot are won below this 128-bit number.
///
/// c        the share of slots with a primary claim, when all take part
/// Returns  ⌊2¹²⁸·(1 − (1 − c)^θ)⌋, θ = weight / total, the bracket in IEEE-754 doubles exactly as every client
///          computes it; 2¹²⁸ − 1 for c = 1. 0 when `total` or c's denominator is 0.
/// Source   Polkadot specification §5.2.3; sp_consensus_babe, calculate_primary_threshold
scale::u128 primary_threshold(std::pair<uint64_t, uint64_t> c, uint64_t weight, uint64_t total);

/// The same for one of an epoch's authorities. Caller: index < authorities.size()
scale::u128 primary_threshold(std::pair<uint64_t, uint64_t> c, std::span<const primitives::babe::Authority> authorities,
                              size_t index);

/// Whose turn a slot is, beside the lottery: BLAKE2b-256(randomness ‖ slot) as a big-endian number, modulo the number
/// of authorities, whatever their weights.
///
/// Caller  authorities > 0
/// Source  Polkadot specification §5.2.5
uint32_t secondary_author(const primitives::babe::Randomness& randomness, primitives::babe::Slot slot,
                          size_t authorities);

} // namespace chain
