#pragma once

#include "chain/block_tree.hpp"
#include "chain/epochs.hpp"

#include <array>
#include <deque>
#include <expected>
#include <map>
#include <variant>

namespace chain {

/// Why a header is refused. A peer's bytes can reach every case.
enum class HeaderRefusal : uint8_t
{
    parent,           ///< it names another parent, or its number does not follow the parent's
    seal,             ///< the last digest item is not a BABE seal of 64 bytes
    pre_digest,       ///< not exactly one BABE pre-runtime item, or it does not read
    slot_order,       ///< the slot does not come after the parent's
    slot_in_future,   ///< the slot begins later than now and kSlotsAhead
    environment,      ///< more than one RuntimeEnvironmentUpdated
    epoch,            ///< its announcements of epochs; see EpochRefusal
    authority,        ///< no authority has that index
    kind_not_allowed, ///< the epoch allows no secondary claims, or not this kind
    not_the_turn,     ///< a secondary claim by somebody whose turn it is not
    signature,        ///< the seal is not the authority's signature of the header
    vrf,              ///< the VRF output is not the authority's for this slot
    not_won,          ///< a primary claim whose number is not below the threshold
};

struct HeaderError
{
    HeaderRefusal why;
    std::optional<EpochRefusal> epoch; ///< set for HeaderRefusal::epoch
    friend bool operator==(const HeaderError&, const HeaderError&) = default;
};

/// Clocks differ; a block this many slots early is still taken.
inline constexpr Slot kSlotsAhead = 1;

/// What is known of the parent.
struct Parent
{
    BlockId id;
    std::optional<Slot> slot; ///< nothing for genesis
    Epochs epochs;
};

/// A header that holds.
struct Verified
{
    BlockId id;
    Slot slot;
    bool primary;
    primitives::Sr25519Public author;
    Epochs epochs; ///< after this block
};

/// Checks a header against its parent: everything that BABE asks for, short of executing the block.
///
/// now     the current slot
/// Errors  in the order of HeaderRefusal
/// Cost    one sr25519 and one VRF verification, 0.2 ms
/// Source  Polkadot specification §5.2.7
std::expected<Verified, HeaderError> verify_header(const Header& header, const Parent& parent, Slot now);

/// The claim in a header's pre-runtime digest.
///
/// Errors  pre_digest
std::expected<primitives::babe::PreDigest, HeaderError> claim_of(const Header& header);

/// Remembers who sealed which slot, to catch authors of two blocks for one slot.
///
/// Bound  the last kSlotsKept slots, one header a slot and author
class EquivocationWatch
{
public:
    static constexpr Slot kSlotsKept = 1000;

    /// Notes a verified header. The proof, if the author already sealed another block for the slot.
    std::optional<primitives::babe::EquivocationProof> note(const Verified& verified, const Header& header);

private:
    std::map<std::pair<Slot, primitives::Sr25519Public>, Header> seen_;
};

} // namespace chain
