#pragma once

#include "ledger/ledger.hpp"
#include "node/author.hpp"
#include "pool/pool.hpp"
#include "rpc/event.hpp"

#include <functional>
#include <mutex>

namespace node {

/// Validated by the runtime in one turn, of those whose validation is due.
inline constexpr size_t kRevalidatedAtOnce = 64;
/// Extrinsics of one block, unknown to the pool, that the runtime is asked about: for what they provide to others.
inline constexpr size_t kTagsAskedMax = 256;
/// Of the engine, 10 ms each: what validating one transaction may take.
inline constexpr uint64_t kValidationTicks = 100;

/// The transaction pool of a node: validates what comes in, follows the chain, gives the author its transactions.
///
/// Thread  any; the runtime is asked outside of the lock
class Transactions
{
public:
    /// Told of what becomes of transactions, in order, under the pool's lock: it must not call back.
    using Sink = std::function<void(const rpc::PoolEvent&)>;
    /// Sends a transaction to peers.
    using Gossip = std::function<void(const pool::Hash& hash, const base::Bytes& transaction)>;

    Transactions(const ledger::Ledger& ledger, const pool::Options& options, Sink sink, Gossip gossip)
        : ledger_(ledger), sink_(std::move(sink)), gossip_(std::move(gossip)), pool_(options)
    {
    }

    /// Takes in a transaction, without the length in front, and sends it on.
    ///
    /// source  External for those of peers, Local for those of our own users and off-chain workers
    std::expected<pool::Hash, rpc::PoolError> submit(base::ByteView extrinsic, primitives::TransactionSource source);

    /// Follows the best chain. For a ledger's listener.
    void on_imported(const ledger::Imported& imported);
    void on_finalised(const ledger::FinalisedBlocks& finalised);
    /// Has the runtime say again what it thinks of those that are due.
    void revalidate();

    /// The ready ones for a block that begins now.
    BlockTransactions source();

    std::vector<base::Bytes> pending() const;
    /// The first nonce from `nonce` on that no ready transaction of the account uses.
    uint32_t next_nonce(const primitives::AccountId32& account, uint32_t nonce) const;
    std::vector<pool::Hash> remove(std::span<const pool::Hash> hashes);
    pool::Status status() const;
    void told_peers(const pool::Hash& hash, std::vector<std::string> peers); ///< gossip has gone out

private:
    using Validity = std::expected<primitives::TransactionValidity, std::string>;

    Validity validate(const ledger::Hash& at, base::ByteView extrinsic, primitives::TransactionSource source) const;
    void follow(const chain::Route& route);
    void enact(const ledger::BlockId& block);
    std::vector<pool::Tag> tags_of_strangers(const ledger::BlockId& block, std::span<const base::Bytes> body) const;
    void tell();

    const ledger::Ledger& ledger_;
    Sink sink_;
    Gossip gossip_;
    mutable std::mutex mutex_; ///< of the pool
    pool::Pool pool_;
};

} // namespace node
