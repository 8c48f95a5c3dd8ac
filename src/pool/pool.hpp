#pragma once

#include "pool/bans.hpp"
#include "pool/graph.hpp"
#include "pool/inclusions.hpp"
#include "pool/order.hpp"

#include <array>
#include <expected>

namespace pool {

// Substrate's own limits.
inline constexpr size_t kReadyMax = 8192;
inline constexpr size_t kReadyBytesMax = size_t{20} << 20;
inline constexpr size_t kFutureMax = 512;
inline constexpr size_t kFutureBytesMax = size_t{1} << 20;
inline constexpr uint64_t kBanMs = 30 * 60 * 1000;
inline constexpr BlockNumber kRevalidateAfter = 20;

struct Options
{
    size_t ready_max = kReadyMax, ready_bytes_max = kReadyBytesMax;
    size_t future_max = kFutureMax, future_bytes_max = kFutureBytesMax;
    uint64_t ban_ms = kBanMs;
    BlockNumber revalidate_after = kRevalidateAfter; ///< blocks between two validations of one transaction
    bool authors = true;                             ///< the node makes blocks
};

/// A transaction that the runtime is to validate on the best block; then call Pool::revalidated.
struct Candidate
{
    Hash hash{};
    std::shared_ptr<const Bytes> bytes;
};

struct Status
{
    size_t ready = 0, ready_bytes = 0, future = 0, future_bytes = 0, returning = 0;
    friend bool operator==(const Status&, const Status&) = default;
};

/// The transaction pool as pure logic: no runtime, no clock, no threads. Who calls validates and hands in what the
/// runtime said; the same calls give the same pool.
///
/// Time     now_ms counts from wherever the caller likes and never goes back; it ends bans and nothing else
/// Bounds   Options; as much as ready_max and ready_bytes_max again of what came out of blocks; Bans; Inclusions
/// Events   collect until drain(): call it after each other call
/// Source   sc_transaction_pool::graph (base_pool, ready, future, validated_pool, rotator, listener)
class Pool
{
public:
    explicit Pool(Options options = {}) : options_(options) {}

    /// What can be said before the runtime is asked: temporarily_banned, already_imported. Otherwise the hash.
    std::expected<Hash, Refusal> admit(ByteView extrinsic, uint64_t now_ms) const;

    /// Takes a transaction in. Future ones become ready when a tag that they require appears. One that provides a tag
    /// of others takes their place, if its priority is higher than the sum of theirs, and those on them fall too.
    /// Beyond a limit the lowest priority goes first, of equals the oldest, with all that stand on it; it is then
    /// banned.
    ///
    /// at      the block on whose state the runtime validated
    /// Errors  those of Refusal, in the order of the enum; a transaction larger than all the room is dropped before its
    ///         priority counts. Nothing changes then, but when those that others replaced have gone and there is no
    ///         room
    /// Cost    O(log n) and what it moves
    std::expected<Hash, Refusal> insert(Bytes extrinsic, const primitives::ValidTransaction& valid, BlockNumber at,
                                        uint64_t now_ms);

    /// Takes transactions out, with all that stand on them, and bans those named, known or not. Returns what was there.
    /// For author_removeExtrinsic, and for those that failed at their first validation or in a block we made.
    std::vector<Hash> remove(std::span<const Hash> transactions, uint64_t now_ms);

    /// A block joined the best chain. Transactions in it leave and are banned, their tags are provided to the others,
    /// others that provide the same are to be validated again, and those that have expired go.
    ///
    /// included  hashes of all extrinsics of the body, in its order
    /// tags      what the extrinsics provide that the pool does not hold, as far as the caller knows
    void on_block(const Hash& block, BlockNumber number, std::span<const Hash> included, std::span<const Tag> tags,
                  uint64_t now_ms);
    /// A block left the best chain: before on_block for those that join, the higher ones first. All transactions are to
    /// be validated again, those of the block first.
    ///
    /// body  its extrinsics that are not inherents, without their lengths
    void on_retracted(const Hash& block, std::span<const Bytes> body);
    /// For each block that became final, parents first.
    void on_finalized(const Hash& block);

    /// Up to `count` transactions whose validation is due: those out of blocks first, then those validated longest ago.
    /// Each is due again after Options::revalidate_after blocks, should no answer come.
    std::vector<Candidate> next_to_revalidate(size_t count);
    /// What the runtime said about one of them on the state of block `at`. One that has left meanwhile: no effect.
    void revalidated(const Hash& hash, const primitives::TransactionValidity& validity, BlockNumber at,
                     uint64_t now_ms);

    /// The ready ones, in the order of a block.
    Order ready() const { return Order(graph_); }
    bool contains(const Hash& hash) const { return graph_.find(hash) != nullptr; }
    /// Nothing when it is not there.
    TransactionPtr find(const Hash& hash) const;
    /// Whether a ready transaction provides the tag: count a nonce up until none does.
    bool provides(const Tag& tag) const { return graph_.provider(tag) != nullptr; }
    Status status() const;
    std::vector<Event> drain() { return std::exchange(events_, {}); }

private:
    using Set = Graph::Set;
    using Verdict = std::expected<void, Refusal>;

    Verdict check(const Transaction& txn) const;
    Verdict place(Entry& entry);
    Verdict make_ready(Entry& entry);
    void promote(std::vector<Tag> appeared);
    void lift(const Set& moved);
    void place_again(const Set& moved);
    bool enforce(uint64_t now_ms, const Hash* fresh = nullptr);
    void tell(Entry& entry, Event::What what);
    void discard(Entry& entry, Event::What what, const Hash& other = {});
    void ban(const Hash& hash, uint64_t now_ms);
    bool recently_provided(const Tag& tag) const;
    BlockNumber due_after(BlockNumber at) const;

    std::set<Tag> take_included(const Hash& block, std::span<const Hash> included, uint64_t now_ms);
    Set displace(std::set<Tag>& provided);
    void keep_for_return(Entry& entry);
    void drop_expired(uint64_t now_ms);

    Options options_;
    BlockNumber number_ = 0;
    Graph graph_;
    Bans bans_;
    Inclusions inclusions_;
    std::vector<Event> events_;

    /// Tags of the last blocks: a transaction validated before one of them may come in after it.
    struct Provided
    {
        Hash block{};
        std::set<Tag> tags;
    };
    std::array<Provided, 2> recent_;
    size_t next_recent_ = 0;
};

} // namespace pool
