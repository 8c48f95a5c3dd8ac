#pragma once

#include "primitives/grandpa.hpp"
#include "primitives/header.hpp"
#include "primitives/validity.hpp"
#include "primitives/version.hpp"

#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// JSON-RPC over HTTP and WebSocket: what polkadot.js, PAPI and subxt ask a node.
namespace rpc {

using base::Bytes;
using base::ByteView;
using primitives::BlockNumber;
using primitives::Hash;
using primitives::Header;
using primitives::RuntimeVersion;

/// Why the backend gave no answer; `text` says it in one line.
struct Failure
{
    enum class Why : uint8_t
    {
        unknown_block, ///< no such block
        state_pruned,  ///< the block is known, its state is gone
        runtime,       ///< the call trapped, ran out of its limits, or there is no such function
        unavailable,   ///< the backend cannot answer now
    };
    Why why{};
    std::string text;
};
template <class T>
using Answer = std::expected<T, Failure>;

/// Why the pool refused an extrinsic; the fields beside `why` count where named.
struct PoolError
{
    enum class Why : uint8_t
    {
        invalid, ///< `invalid`
        unknown, ///< `unknown`
        banned,
        already_imported, ///< `hash`
        too_low_priority, ///< `old_priority`, `new_priority`
        cycle,
        immediately_dropped,
        unactionable,
        no_tags,
        invalid_block,
        future,
        undecodable,  ///< `text`
        verification, ///< the runtime failed to say; `text`
    };
    Why why{};
    primitives::InvalidTransaction invalid{};
    primitives::UnknownTransaction unknown{};
    Hash hash{};
    uint64_t old_priority = 0, new_priority = 0;
    std::string text;
};

/// A block near the head of the chain.
struct Imported
{
    Hash hash{};
    Header header;
    std::optional<RuntimeVersion> new_runtime; ///< where it differs from the parent's
};

/// What the server starts from: the last finalised block, the blocks above it with parents first, the best of all.
struct Head
{
    Imported finalized;
    std::vector<Imported> open;
    Hash best{};
};

/// What does not change while the node runs.
struct Identity
{
    std::string implementation;             ///< system_name, e.g. "zkp-node"
    std::string version;                    ///< system_version
    std::string chain;                      ///< name in the chain spec
    std::string chain_type = "Development"; ///< Development, Local, Live, or a name of one's own
    std::string properties = "{}";          ///< the chain spec's properties, a JSON object
    Hash genesis{};
};

struct Health
{
    uint32_t peers = 0;
    bool syncing = false;
    bool should_have_peers = true;
};

struct SyncState
{
    BlockNumber starting = 0, current = 0, highest = 0;
};

enum class Role : uint8_t
{
    full,
    light_client,
    authority,
};

struct Peer
{
    std::string id; ///< base58
    std::string roles = "FULL";
    Hash best{};
    BlockNumber best_number = 0;
};

/// One GRANDPA round as seen from here.
struct RoundState
{
    struct Votes
    {
        uint64_t weight = 0;
        std::vector<primitives::Ed25519Public> missing;
    };
    uint64_t round = 0, total_weight = 0, threshold_weight = 0;
    Votes prevotes, precommits;
};
struct RoundStates
{
    uint64_t set_id = 0;
    RoundState best;
    std::vector<RoundState> background;
};

/// Slots of the current epoch that one of our BABE keys may claim.
struct EpochSlots
{
    primitives::Sr25519Public authority;
    std::vector<uint64_t> primary, secondary, secondary_vrf;
};

/// What a runtime call may reach beside the state.
enum class CallContext : uint8_t
{
    plain,
    keystore,
};

/// Everything the methods need of the node.
///
/// Thread   called from the server's worker threads, several at once if Options::workers > 1, while the node's own
///          thread runs: implementations lock, or hand over and wait. Nothing here may call back into the server.
/// Bounds   what it returns is bounded by its arguments or by the chain's own limits (block size, value size)
/// Blocks   any block known to the node: finalised, on a fork, pruned or not; Failure says what is missing
class Backend
{
public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    // Node. Asked once, at start: identity, head.
    virtual Identity identity() = 0;
    virtual Head head() = 0;
    virtual Health health() = 0;
    virtual SyncState sync_state() = 0;
    virtual std::vector<Role> roles() = 0;
    virtual std::vector<Peer> peers() = 0;
    virtual std::string local_peer_id() = 0;
    virtual std::vector<std::string> listen_addresses() = 0; ///< multiaddresses with /p2p/ID
    virtual std::vector<std::string> reserved_peers() = 0;
    virtual std::expected<void, std::string> add_reserved_peer(std::string_view address) = 0;
    virtual std::expected<void, std::string> remove_reserved_peer(std::string_view peer_id) = 0;
    virtual std::expected<void, std::string> add_log_filter(std::string_view directives) = 0;
    virtual void reset_log_filter() = 0;

    // Chain.
    virtual std::optional<Header> header(const Hash& block) = 0;
    /// Without the length in front of each, as in primitives::Block; nothing when the body is not kept.
    virtual std::optional<std::vector<Bytes>> body(const Hash& block) = 0;
    virtual primitives::Justifications justifications(const Hash& block) = 0;
    /// On the best chain.
    virtual std::optional<Hash> block_hash(BlockNumber number) = 0;
    /// Keeps state and body of a block until as many calls of unpin. False when they are gone already.
    virtual bool pin(const Hash& block) = 0;
    virtual void unpin(const Hash& block) = 0;

    // State. `child` names a default child trie, without :child_storage:default:; nothing is the main trie. A child
    // trie that does not exist is an empty one.
    using Child = std::optional<Bytes>;
    virtual Answer<std::optional<Bytes>> storage(const Hash& at, const Child& child, ByteView key) = 0;
    /// Keys that begin with `prefix` and are greater than `after` (all when nothing), in order, at most `limit`.
    virtual Answer<std::vector<Bytes>> keys(const Hash& at, const Child& child, ByteView prefix,
                                            const std::optional<Bytes>& after, size_t limit) = 0;
    /// Nodes that prove what is stored, or not, under each key.
    virtual Answer<std::vector<Bytes>> read_proof(const Hash& at, const Child& child, std::span<const Bytes> keys) = 0;
    /// The Merkle value of the node at `key`, or of the closest one below; nothing when none is.
    virtual Answer<std::optional<Bytes>> closest_merkle_value(const Hash& at, const Child& child, ByteView key) = 0;
    /// Runs an entry point of the runtime; what it writes is discarded. Bounded in time and memory.
    virtual Answer<Bytes> call(const Hash& at, std::string_view function, ByteView arguments,
                               CallContext context = CallContext::plain) = 0;
    /// Of the runtime in the state of `at`. Asked for each new best block: keep the last answer by code.
    virtual Answer<RuntimeVersion> runtime_version(const Hash& at) = 0;

    // Pool. Extrinsics without the length in front.
    virtual std::expected<Hash, PoolError> submit(ByteView extrinsic) = 0;
    virtual std::vector<Bytes> pending() = 0; ///< those that are ready
    /// The first nonce from `nonce` on that no ready transaction of the account uses.
    virtual uint32_t next_nonce(const primitives::AccountId32& account, uint32_t nonce) = 0;
    /// Removes and bans. Returns those that were there.
    virtual std::vector<Hash> remove(std::span<const Hash> transactions) = 0;

    // Keys. `type` has four letters, e.g. "babe".
    virtual std::expected<void, std::string> insert_key(std::string_view type, std::string_view uri,
                                                        ByteView public_key) = 0;
    virtual bool has_key(std::string_view type, ByteView public_key) = 0;

    // Consensus. Nothing where the node takes no part in it.
    virtual std::optional<RoundStates> round_state() = 0;
    /// Encoded FinalityProof; nothing when there is none for this block.
    virtual std::expected<std::optional<Bytes>, std::string> prove_finality(BlockNumber number) = 0;
    virtual std::expected<std::vector<EpochSlots>, std::string> epoch_authorship() = 0;

    // The persistent store of off-chain workers.
    virtual std::optional<Bytes> local_storage(ByteView key) = 0;
    /// Nothing clears.
    virtual void set_local_storage(ByteView key, const std::optional<Bytes>& value) = 0;
};

} // namespace rpc
