#pragma once

#include "chain/epochs.hpp"
#include "crypto/random.hpp"
#include "primitives/inherent.hpp"
#include "signature/sr25519.hpp"

#include <functional>
#include <optional>

/// Making blocks: which slots are ours, what a block of ours says about its slot, and its seal. Pure: time, keys and
/// entropy are given.
namespace author {

using chain::Epoch;
using chain::Slot;
using primitives::Header;
using primitives::Sr25519Public;

/// The secret key of a public key, for the duration of a call; false where it is not here.
using WithKey =
    std::function<bool(const Sr25519Public&, const std::function<void(const signature::sr25519::Keypair&)>&)>;

struct Claim
{
    primitives::babe::PreDigest digest;
    Sr25519Public key;
    bool primary() const { return digest.is<primitives::babe::Primary>(); }
};

/// The right to make the block of a slot: by the lottery with any of our keys, else by turn. Nothing if neither.
///
/// Caller  `slot` lies in `epoch`
/// Cost    70 µs for each of our keys, 100 µs more for the one that wins
/// Source  Polkadot specification §5.2.4
std::optional<Claim> claim_slot(Slot slot, const Epoch& epoch, const WithKey& with_key, crypto::Entropy& entropy);

/// The pre-runtime item of a claim: the first digest item of the block.
primitives::DigestItem pre_runtime(const Claim& claim);

/// Signs the header and appends the seal. False when the key is not here any more.
bool seal(Header& header, const Sr25519Public& key, const WithKey& with_key, crypto::Entropy& entropy);

/// Slots count from the epoch of Unix. Caller: duration_ms > 0.
constexpr Slot slot_at(uint64_t unix_ms, uint64_t duration_ms) { return unix_ms / duration_ms; }
constexpr uint64_t slot_start_ms(Slot slot, uint64_t duration_ms) { return slot * duration_ms; }

/// What the runtime is told about the time.
primitives::InherentData inherents(uint64_t unix_ms, Slot slot);

} // namespace author
