#pragma once

#include "chain/block_tree.hpp"
#include "libp2p/protocol.hpp"
#include "protocols/sync.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

/// Getting the blocks that peers have and we lack. A machine: it says what to ask whom and what to import, and is told
/// what came of it.
namespace syncing {

using chain::BlockId;
using chain::BlockNumber;
using chain::Hash;
using libp2p::PeerId;
using libp2p::Time;
using primitives::Bytes;
using primitives::Header;

/// What sync asks of the chain.
class ChainView
{
public:
    virtual ~ChainView() = default;
    virtual BlockId best() const = 0;
    virtual BlockId finalised() const = 0;
    /// Whether a block is imported: the finalised one, any above it, and those below it on its chain.
    virtual bool contains(const Hash& hash) const = 0;
};

/// A block of a peer, to be verified, executed and kept.
struct Incoming
{
    Hash hash{};
    primitives::Block block;
    std::optional<Bytes> justification; ///< of GRANDPA, as it came
    PeerId peer;
};

/// What became of a block that was to be imported.
enum class Outcome : uint8_t
{
    imported,
    known,   ///< it was there already
    bad,     ///< every node would refuse it
    not_now, ///< its parent is missing, its slot has not come, or this node could not: it may come again
};

/// Effects, for the owner.
namespace effect {

/// Ask a peer; answer with Sync::response().
struct Ask
{
    PeerId peer;
    uint64_t id; ///< of this request
    protocols::BlockRequest request;
};
/// Import these, each the child of the one before, in order; answer with Sync::imported() for each.
struct Import
{
    std::vector<Incoming> blocks;
};
/// A justification for a block that we have and that is not final.
struct Justified
{
    Hash hash;
    Bytes justification;
    PeerId peer;
};
/// Change a peer's reputation.
struct Report
{
    PeerId peer;
    int32_t change;
};

} // namespace effect

using Effect = std::variant<effect::Ask, effect::Import, effect::Justified, effect::Report>;

/// Follows what peers say their best blocks are, and brings the blocks in between.
///
/// A peer's best block whose parent is known is asked for by its hash; so are the blocks below it when they are few
/// (kNear). From farther away the last common block is looked for, by headers at growing distances below our best, and
/// what follows comes in ranges, from one peer after another, while the ranges before are imported. Blocks below the
/// finalised one are never asked for: a peer without our finalised block is on another chain.
///
/// Holds   one request a peer at a time; one block is asked of one peer at a time
/// Bounds  kPeersMax peers; kQueuedMax blocks and kQueuedBytesMax bytes downloaded and not imported; kBadMax hashes of
///         blocks that were found bad
/// Source  Polkadot specification §4.8.1 (block requests); the strategy is ours
class Sync
{
public:
    static constexpr size_t kPeersMax = 1024;
    static constexpr BlockNumber kNear = 64;  ///< blocks asked for downwards from a peer's best
    static constexpr uint32_t kRange = 64;    ///< blocks asked for upwards
    static constexpr size_t kQueuedMax = 256; ///< blocks being imported, beyond which none are asked for
    static constexpr size_t kQueuedBytesMax = size_t{64} << 20;
    static constexpr size_t kBadMax = 1024;
    static constexpr size_t kAlsoMax = 8;                   ///< blocks beside its best that are remembered of a peer
    static constexpr Time kPause = std::chrono::seconds(5); ///< of a peer whose answer was of no use
    static constexpr Time kRetry = std::chrono::milliseconds(300); ///< after a block that could not be taken
    static constexpr Time kRetryMax = std::chrono::seconds(30);    ///< and after many in a row
    static constexpr Time kNoProgress = std::chrono::seconds(10);  ///< without a block: nobody knows that we are behind
    static constexpr BlockNumber kMajor = 16;                      ///< a peer's best so far above ours: we are behind

    // Reputation.
    static constexpr int32_t kBadBlock = -1000, kBadResponse = -200, kNoResponse = -20, kOtherChain = -50, kUseful = 2;

    explicit Sync(const ChainView& chain) : chain_(chain) {}

    void joined(const PeerId& peer, const BlockId& best, Time now);
    void left(const PeerId& peer, Time now);
    /// A peer says it has this block; whether it is its best.
    void announced(const PeerId& peer, const Header& header, bool is_best, Time now);
    /// Somebody names a block that a peer has: a vote, for one.
    void wanted(const PeerId& peer, const BlockId& block, Time now);
    /// A peer's finality is ahead of ours: it has proofs that we lack.
    void proofs_wanted(const PeerId& peer, Time now);
    /// The answer to effect::Ask; nothing when the peer refused, was too slow or is gone.
    void response(const PeerId& peer, uint64_t id, const std::optional<protocols::BlockResponse>& response, Time now);
    void imported(const Hash& hash, Outcome outcome, Time now);
    /// Our own chain grew or changed by other means.
    void chain_changed(Time now);
    void tick(Time now);
    Time deadline() const;

    std::optional<Effect> next();

    /// Whether peers are far ahead: then there is no point in making blocks.
    bool behind() const;
    /// The highest best block that a peer names.
    BlockNumber target() const;
    size_t queued() const { return queued_.size(); }
    std::optional<BlockId> best_of(const PeerId& peer) const;

private:
    enum class Purpose : uint8_t
    {
        downwards, ///< from a block to one that we have
        ancestor,  ///< a header, to see whether we have it
        upwards,   ///< a range after the last common block
        proofs,    ///< justifications of what we have
    };
    struct Request
    {
        uint64_t id;
        Purpose purpose;
        Hash hash{};            ///< downwards: of the topmost block
        BlockNumber number = 0; ///< ancestor: of the header; upwards: of the first block
        Hash parent{};          ///< upwards: of the first block
    };
    struct Peer
    {
        BlockId best;
        std::deque<BlockId> also;               ///< other blocks that it has, the newest last
        std::optional<BlockId> common = {};     ///< a block on its chain that we have, as high as is known
        BlockNumber step = 1;                   ///< of the search for it
        std::optional<BlockNumber> search = {}; ///< where the search goes on
        std::optional<Request> asked = {};
        bool apart = false; ///< its chain is not the one that others' ranges follow
        uint32_t failures = 0;
        Time rests_until{};
        std::optional<BlockNumber> proofs_from = {}; ///< where it is to be asked for them
    };
    struct Queued
    {
        BlockNumber number;
        size_t bytes;
        PeerId peer;
    };

    using Blocks = std::vector<Incoming>;
    using Data = std::vector<protocols::BlockData>;

    void plan(Time now);
    void plan(const PeerId& key, Peer& peer);
    bool wants(const BlockId& block) const;
    bool has(const Hash& hash) const { return queued_.contains(hash) || chain_.contains(hash); }
    bool room() const { return queued_.size() < kQueuedMax && queued_bytes_ < kQueuedBytesMax; }
    void ask(const PeerId& key, Peer& peer, Request request, const protocols::BlockRequest& wire);
    void ask_downwards(const PeerId& key, Peer& peer, const BlockId& block);
    void ask_ancestor(const PeerId& key, Peer& peer);
    void ask_upwards(const PeerId& key, Peer& peer, const BlockId& after);
    void ask_proofs(const PeerId& key, Peer& peer);
    bool is_near(const Peer& peer) const;
    std::optional<BlockId> start_of_range(Peer& peer);
    void rest(Peer& peer, Time now);
    void report(const PeerId& peer, int32_t change) { effects_.push_back(effect::Report{peer, change}); }

    bool on_downwards(const PeerId& key, Peer& peer, const Request& request, const Data& data);
    bool on_ancestor(const PeerId& key, Peer& peer, const Request& request, const Data& data);
    bool on_upwards(const PeerId& key, Peer& peer, const Request& request, const Data& data);
    bool on_proofs(const PeerId& key, Peer& peer, const Data& data);
    std::optional<Blocks> read(const PeerId& key, const Data& data);
    bool hold_bad(const PeerId& key, const Blocks& blocks);
    void queue(Blocks blocks);
    void note_bad(const Hash& hash);

    const ChainView& chain_;
    std::map<PeerId, Peer> peers_;
    std::set<Hash> asked_;          ///< topmost blocks of requests downwards
    bool range_asked_ = false;      ///< a range is on its way
    std::map<Hash, Queued> queued_; ///< given to be imported
    size_t queued_bytes_ = 0;
    std::optional<BlockId> frontier_; ///< the last block of the ranges on their way to be imported
    std::set<Hash> bad_;
    std::deque<Hash> bad_order_;
    std::deque<Effect> effects_;
    uint64_t next_id_ = 1;
    std::optional<Time> retry_at_;
    Time retry_ = kRetry;          ///< how long the next wait is
    std::optional<Time> began_;    ///< when the first peer joined
    std::optional<Time> progress_; ///< when the last block was imported
    Time now_{};
};

} // namespace syncing
