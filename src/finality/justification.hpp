#pragma once

#include "chain/block_tree.hpp"
#include "primitives/grandpa.hpp"

#include <expected>
#include <optional>

/// GRANDPA: what makes a block final, and the proof of it.
namespace finality {

using chain::BlockId;
using chain::Header;
using primitives::BlockNumber;
using primitives::Ed25519Public;
using primitives::Ed25519Signature;
using primitives::Hash;
using primitives::grandpa::AuthorityList;
using primitives::grandpa::Commit;
using primitives::grandpa::Justification;
using primitives::grandpa::RoundNumber;
using primitives::grandpa::SetId;

/// The voters of one set, and the weight that decides.
struct VoterSet
{
    SetId id = 0;
    AuthorityList authorities;

    uint64_t total() const;
    /// Precommits of this weight and more finalise: total − ⌊(total − 1) / 3⌋.  [GRANDPA paper, section 2.2]
    uint64_t threshold() const;
};

/// The change of authorities that a header schedules, the first of them; nothing if there is none or it does not read.
std::optional<primitives::grandpa::ScheduledChange> scheduled_change(const Header& header);

/// Whether a header forces a change of authorities without finality. This chain makes none, and light clients do not
/// follow it.
bool forces_change(const Header& header);

/// Why a justification is refused.
enum class JustificationRefusal : uint8_t
{
    target,    ///< it is of another block
    stranger,  ///< a precommit by somebody who is no voter
    twice,     ///< two precommits of one voter
    signature, ///< a precommit that its voter did not sign
    ancestry,  ///< a precommit for a block that the headers do not lead to, or a header that leads nowhere
    weight,    ///< the precommits weigh less than the threshold
};

/// Checks that a justification makes `target` final.
///
/// Errors  target, stranger, twice, ancestry, weight, signature, in this order
/// Cost    one ed25519 verification for each precommit, in one batch
std::expected<void, JustificationRefusal> check(const Justification& justification, const VoterSet& set,
                                                const BlockId& target);

} // namespace finality
