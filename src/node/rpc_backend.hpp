#pragma once

#include "node/chain_spec.hpp"
#include "node/finality.hpp"
#include "node/log.hpp"
#include "node/peers.hpp"
#include "node/transactions.hpp"
#include "offchain/local_storage.hpp"
#include "rpc/backend.hpp"

#include <mutex>

namespace node {

/// Of the engine, 10 ms each: what a call asked for by a client may take.
inline constexpr uint64_t kRpcTicks = 1000;
/// Bytes of the nodes of one proof.
inline constexpr size_t kRpcProofMax = size_t{16} << 20;

/// What the RPC server asks of the node.
///
/// Thread  several of the server's at once; all it refers to is safe from several threads
class RpcBackend final : public rpc::Backend
{
public:
    struct Parts
    {
        const ChainSpec& spec;
        ledger::Ledger& ledger;
        Transactions& transactions;
        Peers& peers;
        Finality& finality;
        std::function<bool()> syncing; ///< whether peers are far ahead
        host::Keystore& keystore;
        offchain::LocalStorageFile& storage;
        crypto::Entropy& entropy; ///< of this backend alone
        LogFilter& log;
        bool authority;
    };
    explicit RpcBackend(const Parts& parts) : parts_(parts), started_(parts.ledger.best().number) {}

    rpc::Identity identity() override;
    rpc::Head head() override;
    rpc::Health health() override;
    rpc::SyncState sync_state() override;
    std::vector<rpc::Role> roles() override;
    std::vector<rpc::Peer> peers() override;
    std::string local_peer_id() override { return parts_.peers.id(); }
    std::vector<std::string> listen_addresses() override { return parts_.peers.addresses(); }
    std::vector<std::string> reserved_peers() override { return {}; }
    std::expected<void, std::string> add_reserved_peer(std::string_view address) override;
    std::expected<void, std::string> remove_reserved_peer(std::string_view peer_id) override;
    std::expected<void, std::string> add_log_filter(std::string_view directives) override;
    void reset_log_filter() override { parts_.log.reset(); }

    std::optional<rpc::Header> header(const rpc::Hash& block) override { return parts_.ledger.header(block); }
    std::optional<std::vector<rpc::Bytes>> body(const rpc::Hash& block) override { return parts_.ledger.body(block); }
    primitives::Justifications justifications(const rpc::Hash& block) override;
    std::optional<rpc::Hash> block_hash(rpc::BlockNumber number) override { return parts_.ledger.hash_at(number); }
    bool pin(const rpc::Hash& block) override;
    void unpin(const rpc::Hash& block) override { parts_.ledger.unpin(block); }

    rpc::Answer<std::optional<rpc::Bytes>> storage(const rpc::Hash& at, const Child& child, rpc::ByteView key) override;
    rpc::Answer<std::vector<rpc::Bytes>> keys(const rpc::Hash& at, const Child& child, rpc::ByteView prefix,
                                              const std::optional<rpc::Bytes>& after, size_t limit) override;
    rpc::Answer<std::vector<rpc::Bytes>> read_proof(const rpc::Hash& at, const Child& child,
                                                    std::span<const rpc::Bytes> keys) override;
    rpc::Answer<std::optional<rpc::Bytes>> closest_merkle_value(const rpc::Hash& at, const Child& child,
                                                                rpc::ByteView key) override;
    rpc::Answer<rpc::Bytes> call(const rpc::Hash& at, std::string_view function, rpc::ByteView arguments,
                                 rpc::CallContext context) override;
    rpc::Answer<rpc::RuntimeVersion> runtime_version(const rpc::Hash& at) override;

    std::expected<rpc::Hash, rpc::PoolError> submit(rpc::ByteView extrinsic) override;
    std::vector<rpc::Bytes> pending() override { return parts_.transactions.pending(); }
    uint32_t next_nonce(const primitives::AccountId32& account, uint32_t nonce) override;
    std::vector<rpc::Hash> remove(std::span<const rpc::Hash> transactions) override;

    std::expected<void, std::string> insert_key(std::string_view type, std::string_view uri,
                                                rpc::ByteView public_key) override;
    bool has_key(std::string_view type, rpc::ByteView public_key) override;

    std::optional<rpc::RoundStates> round_state() override;
    std::expected<std::optional<rpc::Bytes>, std::string> prove_finality(rpc::BlockNumber number) override;
    std::expected<std::vector<rpc::EpochSlots>, std::string> epoch_authorship() override;

    std::optional<rpc::Bytes> local_storage(rpc::ByteView key) override;
    void set_local_storage(rpc::ByteView key, const std::optional<rpc::Bytes>& value) override;

private:
    rpc::Imported imported(const ledger::BlockId& block) const;
    rpc::Failure failure(const rpc::Hash& at, const ledger::Failure& why) const;

    Parts parts_;
    rpc::BlockNumber started_; ///< the best block when the node began
    std::mutex mutex_;         ///< of the entropy
};

} // namespace node
