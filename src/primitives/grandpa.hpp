#pragma once

#include "primitives/header.hpp"

#include <vector>

/// GRANDPA: votes, commits, justifications, and what its digests hold.
///
/// Source  finality_grandpa, sp_consensus_grandpa; the Polkadot protocol specification, section 6
namespace primitives::grandpa {

using RoundNumber = uint64_t;
using SetId = uint64_t;

struct Authority
{
    Ed25519Public id;
    uint64_t weight = 0;
    friend bool operator==(const Authority&, const Authority&) = default;
};
using AuthorityList = std::vector<Authority>;

// Votes: three types with the same fields, because the tag is part of what is signed.
struct Prevote
{
    Hash target_hash{};
    BlockNumber target_number = 0;
    friend bool operator==(const Prevote&, const Prevote&) = default;
};
struct Precommit
{
    Hash target_hash{};
    BlockNumber target_number = 0;
    friend bool operator==(const Precommit&, const Precommit&) = default;
};
struct PrimaryPropose
{
    Hash target_hash{};
    BlockNumber target_number = 0;
    friend bool operator==(const PrimaryPropose&, const PrimaryPropose&) = default;
};
struct Message : scale::Variant<Prevote, Precommit, PrimaryPropose>
{
    using Variant::Variant;
};

struct SignedMessage
{
    Message message;
    Ed25519Signature signature;
    Ed25519Public id;
    friend bool operator==(const SignedMessage&, const SignedMessage&) = default;
};

struct SignedPrevote
{
    Prevote prevote;
    Ed25519Signature signature;
    Ed25519Public id;
    friend bool operator==(const SignedPrevote&, const SignedPrevote&) = default;
};

struct SignedPrecommit
{
    Precommit precommit;
    Ed25519Signature signature;
    Ed25519Public id;
    friend bool operator==(const SignedPrecommit&, const SignedPrecommit&) = default;
};

/// What a voter signs: tag ‖ hash ‖ number ‖ round ‖ set id, 53 bytes.
constexpr Bytes signed_payload(const Message& message, RoundNumber round, SetId set)
{
    scale::Writer writer{1 + 32 + 4 + 8 + 8};
    scale::encode(message, writer);
    scale::encode(round, writer);
    scale::encode(set, writer);
    return writer.take();
}

struct Commit
{
    Hash target_hash{};
    BlockNumber target_number = 0;
    std::vector<SignedPrecommit> precommits;
    friend bool operator==(const Commit&, const Commit&) = default;
};

/// Proves that commit.target is final: precommits of more than two thirds, and the headers that lead from the target
/// to the blocks they name.
struct Justification
{
    RoundNumber round = 0;
    Commit commit;
    std::vector<Header> votes_ancestries;
    friend bool operator==(const Justification&, const Justification&) = default;
};

/// The set that takes over `delay` blocks after this one, once this one is final.
struct ScheduledChange
{
    static constexpr uint8_t kIndex = 1;
    AuthorityList next_authorities;
    BlockNumber delay = 0;
    friend bool operator==(const ScheduledChange&, const ScheduledChange&) = default;
};
/// The set that takes over without finality, from `median_last_finalized` on.
struct ForcedChange
{
    static constexpr uint8_t kIndex = 2;
    BlockNumber median_last_finalized = 0;
    AuthorityList next_authorities;
    BlockNumber delay = 0;
    friend bool operator==(const ForcedChange&, const ForcedChange&) = default;
};
struct OnDisabled
{
    static constexpr uint8_t kIndex = 3;
    uint64_t authority_index = 0;
    friend bool operator==(const OnDisabled&, const OnDisabled&) = default;
};
struct Pause
{
    static constexpr uint8_t kIndex = 4;
    BlockNumber delay = 0;
    friend bool operator==(const Pause&, const Pause&) = default;
};
struct Resume
{
    static constexpr uint8_t kIndex = 5;
    BlockNumber delay = 0;
    friend bool operator==(const Resume&, const Resume&) = default;
};

/// The Consensus item.
struct ConsensusLog : scale::Variant<ScheduledChange, ForcedChange, OnDisabled, Pause, Resume>
{
    using Variant::Variant;
};

/// Two different votes of one voter in one round.
template <class Vote>
struct Equivocation
{
    RoundNumber round_number = 0;
    Ed25519Public identity;
    std::pair<Vote, Ed25519Signature> first, second;
    friend bool operator==(const Equivocation&, const Equivocation&) = default;
};
struct AnyEquivocation : scale::Variant<Equivocation<Prevote>, Equivocation<Precommit>>
{
    using Variant::Variant;
};
struct EquivocationProof
{
    SetId set_id = 0;
    AnyEquivocation equivocation;
    friend bool operator==(const EquivocationProof&, const EquivocationProof&) = default;
};

} // namespace primitives::grandpa
