#pragma once

#include "database/diff.hpp"
#include "database/nodes.hpp"

#include <map>
#include <memory>
#include <set>

/// Blocks and states of one chain, above a finalised block. A block's import and a finalisation are one batch each, so
/// that the process may end between any two instructions.
namespace database {

struct StoreOptions
{
    /// How many finalised blocks keep their state, the newest included; nothing keeps all (`archive`).
    std::optional<uint32_t> states_kept = 256;
    size_t node_cache_bytes = size_t{256} << 20; ///< a node that reads little takes little of it
    /// Of memory, for what blocks that are not final change: at the bound blocks are refused until some become final.
    size_t unfinalised_bytes = size_t{512} << 20;
    /// Of memory, for pruned blocks that are pinned: what does not fit is pruned all the same.
    size_t pruned_bytes = size_t{64} << 20;
};

/// What is kept in the same batch as a finalisation.
struct Beside
{
    std::span<const uint64_t> marked; ///< numbers of final blocks, for Store::marked()
    std::optional<ByteView> note;     ///< what Store::note() is from now on
};

struct NewBlock
{
    Digest hash{};
    Bytes header;
    Bytes body;
    BlockDiff diff; ///< number and parent of the block, and its effects
};

/// A finalised block, or one above it.
struct BlockPlace
{
    uint64_t number;
    Digest hash;
    friend bool operator==(const BlockPlace&, const BlockPlace&) = default;
};

/// Blocks above the finalised one, on all forks. More than finality lets pile up in a day without it.
inline constexpr size_t kUnfinalisedMax = 32'768;

/// How many final blocks further back than StoreOptions::states_kept pins keep states.
inline constexpr uint64_t kPinnedStatesMax = 512;

/// One thread writes; the state may be read from several.
class Store
{
public:
    /// Opens what `tables` hold. Empty tables begin with `genesis`, whose parent must be zeros and number 0.
    ///
    /// Errors  damaged (not written by import() and finalise()), misplaced (another chain's genesis, or states were
    ///         pruned so far and are to be kept now, or the other way round), what the tables refuse
    static Result<std::unique_ptr<Store>> open(std::unique_ptr<KeyValue> tables, const StoreOptions& options,
                                               const NewBlock& genesis);

    /// Adds a block above the finalised one.
    ///
    /// Errors  missing (parent unknown or below the finalised block), misplaced (known already, or a number that does
    ///         not follow the parent's), too_many (kUnfinalisedMax, StoreOptions::unfinalised_bytes), what the tables
    ///         refuse: then nothing of the block is kept
    Result<void> import(NewBlock block);

    /// Makes a block final, and all its ancestors; forgets the blocks that are not among its descendants; prunes.
    ///
    /// Errors  missing (not above the finalised block), what the tables refuse: then all is as it was
    /// Cost    one table read for each trie node of the blocks that become final
    Result<void> finalise(const Digest& hash, std::optional<ByteView> justification, const Beside& beside = {});

    BlockPlace finalised() const;
    /// Blocks above the finalised one, in the order of their numbers.
    std::vector<BlockPlace> unfinalised() const;

    /// Makes what import() wrote outlive a power cut; a finalisation does so by itself.
    ///
    /// Cost  one synced write, if anything was imported since the last one
    Result<void> settle();

    /// Keeps header, body and nodes of a block until it is unpinned as often, though it is pruned meanwhile or finality
    /// leaves it behind; not over a restart. It is final, or above the finalised block.
    ///
    /// Bounds  kPinnedStatesMax, StoreOptions::pruned_bytes: beyond them it goes like any other
    void pin(const BlockPlace& block);
    void unpin(const Digest& hash);

    Result<std::optional<Bytes>> header(const Digest& hash) const;
    Result<std::optional<Bytes>> body(const Digest& hash) const;
    Result<std::optional<Bytes>> justification(const Digest& hash) const
    {
        return tables_->get(Table::justifications, hash);
    }
    /// Of a finalised block.
    Result<std::optional<Digest>> hash_of(uint64_t number) const;

    /// The first `most` marked blocks above `after`, in their order.
    Result<std::vector<uint64_t>> marked(uint64_t after, size_t most) const;
    /// The note of the last finalisation that had one; nothing before.
    Result<std::optional<Bytes>> note() const;

    /// What the owner wants to find again, by one of a few names of its own. It outlives the process at once, a power
    /// cut after the next settle() or finalise().
    ///
    /// Caller  kMemoBytesMax bytes at most
    Result<void> set_memo(uint8_t name, ByteView bytes);
    Result<std::optional<Bytes>> memo(uint8_t name) const;
    static constexpr size_t kMemoBytesMax = size_t{4} << 20;
    /// Memory that blocks above the finalised one take, about.
    size_t unfinalised_bytes() const;

    /// One value of the state after the finalised block or one above it, by flat key, without walking the trie.
    ///
    /// Errors  missing: another block; its state may still be in nodes()
    /// Cost    one lookup for each unfinalised block on the way, and one table read
    Result<std::optional<Bytes>> value(const Digest& block, ByteView flat_key) const;

    /// All states that are kept, by their roots.
    const Nodes& nodes() const { return nodes_; }

private:
    Store(std::unique_ptr<KeyValue> tables, const StoreOptions& options)
        : tables_(std::move(tables)), options_(options), nodes_(*tables_, options.node_cache_bytes)
    {
    }

    Result<void> begin(const NewBlock& genesis);
    Result<void> resume(const NewBlock& genesis);
    Result<void> count_nodes(const std::vector<const BlockDiff*>& path, std::span<const Digest> dying,
                             std::vector<Write>& batch) const;
    Result<std::vector<Digest>> doomed(uint64_t last, std::vector<Write>& batch) const;
    std::vector<Digest> not_below(const Digest& hash, std::span<const Digest> path) const;
    static size_t memory_of(const BlockDiff& diff);

    struct Pin
    {
        size_t count = 0;
        uint64_t number = 0;
    };
    /// A block that is pruned, but pinned, or the ancestor of one.
    struct Pruned
    {
        Bytes header, body;
        BlockDiff diff;
        uint64_t base = 0; ///< number of the final block that its fork began at
        size_t children = 0;
        size_t bytes = 0; ///< of memory, about
    };
    Result<std::optional<Bytes>> row_or_pruned(Table table, const Digest& hash, Bytes Pruned::* part) const;
    Result<std::map<Digest, Pruned>> spared(std::span<const Digest> dead) const;
    void leave_pending(std::span<const Digest> path, std::span<const Digest> dead, std::map<Digest, Pruned> spared);
    uint64_t pruned_up_to(uint64_t finalised, const std::map<Digest, Pruned>& spared) const;

    std::unique_ptr<KeyValue> tables_;
    StoreOptions options_;
    Nodes nodes_;
    mutable std::shared_mutex mutex_; ///< of what follows; a finalisation holds it while it writes
    BlockPlace finalised_{};
    std::map<Digest, BlockDiff> pending_; ///< blocks above the finalised one
    size_t pending_bytes_ = 0;            ///< of them all, by memory_of()
    bool settled_ = true;                 ///< what is imported outlives a power cut
    std::map<Digest, Pin> pins_;
    std::map<Digest, Pruned> pruned_;
    size_t pruned_bytes_ = 0; ///< of them all
};

} // namespace database
