#pragma once

#include "chain/block_tree.hpp"
#include "chain/verify.hpp"
#include "executor/cache.hpp"
#include "host/state.hpp"
#include "ledger/state_view.hpp"
#include "primitives/inherent.hpp"
#include "primitives/validity.hpp"
#include "primitives/version.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace ledger {

using chain::BlockId;
using chain::BlockNumber;
using chain::Hash;
using chain::Header;
using chain::Slot;
using primitives::Block;

/// Why a block or a call is refused, as one line for people; `by_peer` where whoever sent the block is to blame: every
/// node finds the same. Not where it is this node that could not tell: it was stopped, it is slow, its disk fails, the
/// parent has not come yet. Such a block is not held against anybody and may be imported later.
struct Failure
{
    std::string words;
    bool by_peer = false;
};

/// A call into a runtime that ended without a result, in words. Blames whoever sent what it was called with, unless
/// the trap depends on this machine: its clock, its disk, its stack, what this host offers.
Failure trapped(std::string_view function, const executor::Trap& trap);

template <class T>
using Result = std::expected<T, Failure>;

/// How a runtime of that state version writes values; later versions than 1 change other things.
constexpr trie::Version trie_version(uint8_t state_version)
{
    return state_version == 0 ? trie::Version::v0 : trie::Version::v1;
}

/// The state that a chain begins with: keys and values of the top trie, `:code` among them.
using GenesisState = std::map<Bytes, Bytes>;

/// What became of an imported block.
struct Imported
{
    BlockId block;
    Header header;
    std::optional<chain::Route> best; ///< set when the best block changed
    bool runtime_changed = false;     ///< the block changed its state's code
    size_t extrinsics = 0;            ///< in its body
    std::optional<primitives::babe::EquivocationProof> equivocation;
};

struct FinalisedBlocks
{
    std::vector<BlockId> chain; ///< parents before children
    std::vector<BlockId> pruned;
    std::optional<chain::Route> best; ///< set when the best block was on a fork that lost
};

/// Told of every change, on the thread that made it, in order; must not call back into the ledger's writers.
struct Listener
{
    std::function<void(const Imported&)> imported;
    std::function<void(const FinalisedBlocks&)> finalised;
};

/// The proof that a block is final: an encoded GRANDPA justification by the voters of a set.
struct Proof
{
    uint64_t set_id = 0;
    Bytes justification;
    bool kept = false; ///< beside its block for good, as at each change of authorities; else while it is the newest
};

/// The newest proof of finality, and the block it is of.
struct NewestProof
{
    Hash block{};
    uint64_t set_id = 0;
    Bytes justification;
    friend bool operator==(const NewestProof&, const NewestProof&) = default;
};

/// A runtime call's result, and the trie nodes that prove it.
struct Proven
{
    Bytes result;
    std::vector<trie::NodeBytes> proof;
};

/// Longer transactions are not looked into: blocks take none.
inline constexpr size_t kForeseenBytesMax = size_t{5} << 20;
/// Nor is code that is larger unpacked: it is compiled when its block comes.
inline constexpr size_t kForeseenUnpackedMax = size_t{8} << 20;

/// Of the engine, 10 ms each: what executing a block of somebody else's may take.
inline constexpr uint64_t kImportTicks = 3000;

struct Options
{
    database::StoreOptions store;
};

/// The chain of one node: blocks are verified, executed, kept and finalised here, runtime calls answered.
///
/// Reads may come from any thread, also while a block is imported; writers exclude one another.
class Ledger
{
public:
    /// Opens a chain, or begins it with `genesis`.
    ///
    /// engine  compiles the runtimes
    /// around  what runtime calls may use; the keystore and off-chain parts serve the calls that ask for them
    static Result<std::unique_ptr<Ledger>> open(std::unique_ptr<database::KeyValue> tables, const GenesisState& genesis,
                                                const std::shared_ptr<const executor::Engine>& engine, host::Log log,
                                                const Options& options = {});

    const Hash& genesis_hash() const { return genesis_; }
    const primitives::babe::Configuration& configuration() const { return configuration_; }

    BlockId best() const;
    BlockId finalised() const;
    std::optional<Header> header(const Hash& hash) const;
    std::optional<std::vector<Bytes>> body(const Hash& hash) const;
    std::optional<Bytes> justification(const Hash& hash) const;
    /// The block of that number on the best chain.
    std::optional<Hash> hash_at(BlockNumber number) const;
    /// Numbers of the finalised blocks above `after` at which other GRANDPA authorities take over, the first `most`.
    std::vector<BlockNumber> set_changes(BlockNumber after, size_t most = kSetChangesMax) const;
    static constexpr size_t kSetChangesMax = 1024;
    /// The block at which other authorities take over, as a finalised block has scheduled; nothing if none is due.
    std::optional<BlockNumber> due_change() const;
    /// The newest proof of finality, also after a restart.
    std::optional<NewestProof> newest_proof() const;
    bool is_ancestor(const Hash& ancestor, const Hash& block) const;
    /// Whether a block is the finalised one, above it, or below it on its chain.
    bool contains(const Hash& hash) const;
    /// The block of that number on the chain of a block, which the chain contains; nothing above it.
    std::optional<Hash> ancestor_at(const Hash& hash, BlockNumber number) const;
    /// The best block on whose chain `base` is. Nothing for a block below the finalised one, and for strangers.
    std::optional<BlockId> best_containing(const Hash& base) const;
    std::optional<chain::Route> route(const Hash& from, const Hash& to) const;
    std::vector<BlockId> leaves() const;
    /// The epochs after a block that is not pruned.
    std::optional<chain::Epochs> epochs(const Hash& hash) const;
    std::optional<Slot> slot(const Hash& hash) const;
    const database::Store& store() const { return *store_; }

    /// Calls a runtime API on the state after a block. Writes are lost.
    Result<Bytes> call(const Hash& at, std::string_view function, ByteView input, const host::Surroundings& around,
                       const executor::CallOptions& limits = {}) const;
    Result<Bytes> call(const Hash& at, std::string_view function, ByteView input = {},
                       const executor::CallOptions& limits = {}) const
    {
        return call(at, function, input, around_, limits);
    }

    /// The same, through the trie, with the nodes that whoever repeats the call needs.
    ///
    /// bytes_max  of nodes: a call that needs more fails
    Result<Proven> prove_call(const Hash& at, std::string_view function, ByteView input, size_t bytes_max,
                              const executor::CallOptions& limits) const;

    /// The values at `keys` after a block and in a child trie, as a proof.
    Result<std::vector<trie::NodeBytes>> prove_values(const Hash& at, executor::Child child,
                                                      std::span<const Bytes> keys, size_t bytes_max) const;

    /// Whether the state after a block is kept.
    bool has_state(const Hash& at) const;
    Result<std::optional<Bytes>> value(const Hash& at, executor::Child child, ByteView key) const;
    Result<std::optional<Bytes>> next_key(const Hash& at, executor::Child child, ByteView key) const;

    /// The version of the runtime that a block's children are executed with: what its code declares in custom sections,
    /// as for Substrate's host, or else says when it is called.
    ///
    /// Cost  one walk to the hash of the code; code first seen is unpacked. Only code that declares nothing is called,
    ///       and its compilation waited for
    Result<primitives::RuntimeVersion> version(const Hash& at) const;

    /// Looks for the code of an upgrade in a transaction that may come into a block, and compiles it in the background:
    /// the first block of the new runtime then finds it ready. The runtime's own check of new code, and every block
    /// that brings code, do the same.
    ///
    /// Caller  the transaction is valid, so that somebody pays for its length
    /// Bound   transactions up to kForeseenBytesMax; ModuleCache::prepare
    void foresee(ByteView extrinsic) const;

    /// Why the code of an upgrade, in a transaction of who may change the code, would be refused in a block, or could
    /// not be run by this node: for who is about to send it. One line; nothing for all other transactions.
    ///
    /// Caller  the transaction is valid
    /// Bound   transactions up to kForeseenBytesMax
    std::optional<std::string> unfit_upgrade(ByteView extrinsic) const;

    /// Verifies, executes and keeps a block from somebody else.
    ///
    /// now  the current slot
    Result<Imported> import(const Block& block, Slot now);

    /// A block under construction on top of another one.
    class Proposal
    {
    public:
        /// Why an extrinsic is not in the block: the runtime's reason, or it trapped.
        struct Refused
        {
            bool trapped;
            primitives::TransactionValidityError why;
        };
        using Applied = std::expected<void, Refused>;

        /// Adds an extrinsic, whose own failure included, unless it cannot be applied.
        Applied apply(const Bytes& extrinsic);
        size_t bytes() const { return bytes_; }
        /// Whether the state cannot be read any more: finish() says why.
        bool broken() const { return broken_.has_value(); }
        /// What the block holds so far, inherents first.
        const std::vector<Bytes>& extrinsics() const { return extrinsics_; }

    private:
        friend class Ledger;
        Proposal(const Ledger& ledger, const Hash& parent) : ledger_(ledger), parent_(parent) {}

        std::expected<Bytes, executor::Trap> call(std::string_view function, ByteView input);

        const Ledger& ledger_;
        Hash parent_;
        std::unique_ptr<executor::Backend> below_;
        std::shared_ptr<const executor::Module> module_;
        std::unique_ptr<host::State> state_;
        std::vector<Bytes> extrinsics_;
        size_t bytes_ = 0;
        std::optional<Failure> broken_; ///< the state cannot be read: the block is lost
    };

    /// Begins a block with these digest items and the runtime's inherents.
    Result<std::unique_ptr<Proposal>> propose(const Hash& parent, std::vector<primitives::DigestItem> digest,
                                              const primitives::InherentData& inherents) const;

    /// Ends a block. The header carries no seal yet.
    Result<Header> finish(Proposal& proposal) const;

    /// Keeps a finished block, whose sealed header is given, without executing it again.
    Result<Imported> keep(Proposal& proposal, const Header& sealed, Slot now);

    /// Makes a block and its ancestors final. Whether the proof holds is the caller's to know.
    Result<FinalisedBlocks> finalise(const Hash& hash, const std::optional<Proof>& proof);

    /// Makes what is imported outlive a power cut, which a block that is not final need not. Does not wait for a block
    /// that is being imported.
    ///
    /// Errors  the disk's
    Result<void> settle();

    /// What the owner wants to find again by one of a few names: see database::Store.
    Result<void> set_memo(uint8_t name, ByteView bytes);
    std::optional<Bytes> memo(uint8_t name) const;

    /// Keeps a block's header, body and state readable though it is pruned, until it is unpinned as often: see
    /// database::Store. False where its state is gone already.
    bool pin(const Hash& hash);
    void unpin(const Hash& hash) { store_->unpin(hash); }

    /// The disk failure after which nothing can be kept any more; nothing while all is well.
    std::optional<std::string> broken() const;

    /// Listeners stay for the ledger's life.
    void listen(Listener listener);

private:
    Ledger() : tree_({}) {}

    struct Known
    {
        Header header;
        chain::Epochs epochs;
        std::optional<Slot> slot;
    };

    Result<void> begin(std::unique_ptr<database::KeyValue> tables, const GenesisState& genesis, const Options& options);
    Result<void> resume();
    Result<std::shared_ptr<const executor::Module>> module_at(const Digest& root) const;
    struct Running
    {
        Digest root;
        Digest code; ///< its hash
        uint32_t heap_pages;
        std::shared_ptr<const executor::Module> module;
    };
    Result<Running> find_module(const Digest& root) const;
    Result<Digest> code_hash_at(const Digest& root) const;
    Result<Digest> root_at(const Hash& at) const;
    uint32_t heap_pages_at(const Digest& root) const;
    std::optional<Bytes> version_of(ByteView code) const;
    /// The code in a transaction of who may change the code: looking closer costs much more than sending.
    std::optional<ByteView> upgrade_in(ByteView extrinsic) const;
    bool is_authorized(ByteView code) const;
    bool is_by_sudo(ByteView extrinsic) const;
    Result<chain::Parent> parent_of(const Header& header) const;
    Failure not_kept(const database::Failure& why);
    static Result<void> execute(const executor::Module& module, ByteView block, host::State& state);
    Result<void> check_inherents(const Hash& parent, const Block& unsealed, Slot now) const;
    void follow_best(const chain::Route& route);
    Result<Imported> add(const chain::Verified& verified, const Block& block, host::State& state);

    mutable std::mutex mutex_; ///< of tree_, known_, watch_, best_chain_ and note_
    std::mutex writing_;       ///< one writer at a time
    chain::BlockTree tree_;
    std::map<Hash, Known> known_; ///< the finalised block and those above it
    chain::EquivocationWatch watch_;
    std::deque<Hash> best_chain_; ///< from the finalised block to the best one

    /// Kept with each finalisation.
    struct Note
    {
        std::optional<NewestProof> newest;
        std::optional<BlockNumber> due_change;
    };
    Note note_;
    std::unique_ptr<database::Store> store_;
    std::unique_ptr<executor::ModuleCache> modules_;
    static constexpr size_t kRunningMax = 8;
    mutable std::mutex running_mutex_;     ///< of what follows
    mutable std::vector<Running> running_; ///< the modules of states lately called on; the newest last
    struct Declared
    {
        Digest code; ///< its hash
        primitives::RuntimeVersion version;
    };
    mutable std::vector<Declared> declared_; ///< what codes lately asked for declare; the newest last
    host::VerifiedSignatures verified_;
    host::Surroundings around_;
    Hash genesis_{};
    primitives::babe::Configuration configuration_;
    std::vector<Listener> listeners_;
    std::optional<std::string> broken_; ///< guarded by mutex_
};

} // namespace ledger
