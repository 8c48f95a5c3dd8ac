#pragma once

#include "primitives/grandpa.hpp"

/// Messages of the notification protocols. All SCALE.
namespace protocols {

using primitives::BlockNumber;
using primitives::Bytes;
using primitives::ByteView;
using primitives::Hash;

/// What a node is; the handshake of /transactions/1 and /grandpa/1 is this byte alone.
///
/// Source  sc_network_common::role::Roles: bits, of which one is set
enum class Role : uint8_t
{
    full = 1,
    light = 2,
    authority = 4,
};

Bytes encode_role(Role role);
/// Nothing unless it is one byte with one known role; an authority may also say that it is full.
std::optional<Role> decode_role(ByteView handshake);

/// The handshake of /block-announces/1.
///
/// Source  sc_network_sync::block_announces BlockAnnouncesHandshake
struct AnnouncesHandshake
{
    uint8_t roles = 0; ///< as in Role
    BlockNumber best_number = 0;
    Hash best_hash{};
    Hash genesis_hash{};
    friend bool operator==(const AnnouncesHandshake&, const AnnouncesHandshake&) = default;
};

/// A message of /block-announces/1.
///
/// Source  sc_network_common::sync::message BlockAnnounce
struct BlockAnnounce
{
    primitives::Header header;
    bool is_best = false;
    Bytes data; ///< empty, but for parachains
    friend bool operator==(const BlockAnnounce&, const BlockAnnounce&) = default;
};

/// A message of /transactions/1: encoded extrinsics, without their lengths.
using Transactions = std::vector<Bytes>;
inline constexpr size_t kTransactionsMax = 1024; ///< more in one message are refused
std::optional<Transactions> decode_transactions(ByteView message);

/// Messages of /grandpa/1.
///
/// Source  sc_consensus_grandpa::communication::gossip GossipMessage; finality_grandpa CompactCommit, CatchUp
namespace grandpa {

using primitives::Ed25519Public;
using primitives::Ed25519Signature;
using primitives::grandpa::Precommit;
using primitives::grandpa::RoundNumber;
using primitives::grandpa::SetId;
using primitives::grandpa::SignedMessage;
using primitives::grandpa::SignedPrecommit;
using primitives::grandpa::SignedPrevote;

struct Vote
{
    RoundNumber round = 0;
    SetId set_id = 0;
    SignedMessage message;
    friend bool operator==(const Vote&, const Vote&) = default;
};

/// The precommits apart from who signed them, in the same order.
struct CompactCommit
{
    Hash target_hash{};
    BlockNumber target_number = 0;
    std::vector<Precommit> precommits;
    std::vector<std::pair<Ed25519Signature, Ed25519Public>> auth_data;
    friend bool operator==(const CompactCommit&, const CompactCommit&) = default;
};

struct Commit
{
    RoundNumber round = 0;
    SetId set_id = 0;
    CompactCommit commit;
    friend bool operator==(const Commit&, const Commit&) = default;
};

/// Version 1, the only one; its tag is part of the encoding.
struct NeighborV1
{
    static constexpr uint8_t kIndex = 1;
    RoundNumber round = 0;
    SetId set_id = 0;
    BlockNumber commit_finalized_height = 0;
    friend bool operator==(const NeighborV1&, const NeighborV1&) = default;
};
struct Neighbor : scale::Variant<NeighborV1>
{
    using Variant::Variant;
};

struct CatchUpRequest
{
    RoundNumber round = 0;
    SetId set_id = 0;
    friend bool operator==(const CatchUpRequest&, const CatchUpRequest&) = default;
};

/// The set comes before the round here, and only here.
struct CatchUp
{
    SetId set_id = 0;
    RoundNumber round = 0;
    std::vector<SignedPrevote> prevotes;
    std::vector<SignedPrecommit> precommits;
    Hash base_hash{};
    BlockNumber base_number = 0;
    friend bool operator==(const CatchUp&, const CatchUp&) = default;
};

struct Message : scale::Variant<Vote, Commit, Neighbor, CatchUpRequest, CatchUp>
{
    using Variant::Variant;
};

/// The commit as a justification holds it; nothing unless each precommit has one signature.
std::optional<primitives::grandpa::Commit> expand(const CompactCommit& commit);
CompactCommit compact(const primitives::grandpa::Commit& commit);

} // namespace grandpa

} // namespace protocols
