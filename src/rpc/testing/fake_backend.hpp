#pragma once

#include "rpc/event.hpp"

#include <map>
#include <mutex>
#include <set>

namespace rpc::testing {

using State = std::map<Bytes, Bytes>;

/// A chain in memory, built by the test: blocks with bodies and states, no runtime, no consensus. What a test does to
/// it comes back as the events that a node would send.
///
/// Extrinsics  the pool refuses those whose first byte is 0xf0 + PoolError::Why, and takes the rest
/// Calls       see call() in the .cpp; Fake_echo returns its arguments, Fake_trap fails, Fake_sleep takes 50 ms
class FakeBackend final : public Backend
{
public:
    FakeBackend();

    struct Change
    {
        Bytes key;
        std::optional<Bytes> value;
    };
    struct Made
    {
        Hash hash{};
        Imported event;
    };
    /// A child of `parent`: its state with the changes. Other `salt`s make other blocks.
    Made make(const Hash& parent, std::vector<Bytes> body = {}, const std::vector<Change>& changes = {},
              uint8_t salt = 0, std::optional<RuntimeVersion> runtime = {});
    BestChanged set_best(const Hash& block);
    Finalized finalize(const Hash& block);
    void set_child(const Hash& block, const Bytes& child, State entries);
    /// Forgets state and body.
    void prune(const Hash& block);
    /// Takes the pool's transactions out of it.
    std::vector<Bytes> take_pool();

    Hash genesis() const { return genesis_; }
    size_t pins() const;
    std::map<std::pair<std::string, Bytes>, std::string> inserted_keys;

    Identity identity() override;
    Head head() override;
    Health health() override { return {.peers = 3, .syncing = false, .should_have_peers = true}; }
    SyncState sync_state() override { return {.starting = 0, .current = 2, .highest = 5}; }
    std::vector<Role> roles() override { return {Role::authority}; }
    std::vector<Peer> peers() override;
    std::string local_peer_id() override { return "12D3KooWFake"; }
    std::vector<std::string> listen_addresses() override { return {"/ip4/127.0.0.1/tcp/30333/p2p/12D3KooWFake"}; }
    std::vector<std::string> reserved_peers() override { return {}; }
    std::expected<void, std::string> add_reserved_peer(std::string_view address) override;
    std::expected<void, std::string> remove_reserved_peer(std::string_view) override { return {}; }
    std::expected<void, std::string> add_log_filter(std::string_view) override { return {}; }
    void reset_log_filter() override {}
    std::optional<Header> header(const Hash& block) override;
    std::optional<std::vector<Bytes>> body(const Hash& block) override;
    primitives::Justifications justifications(const Hash& block) override;
    std::optional<Hash> block_hash(BlockNumber number) override;
    bool pin(const Hash& block) override;
    void unpin(const Hash& block) override;
    Answer<std::optional<Bytes>> storage(const Hash& at, const Child& child, ByteView key) override;
    Answer<std::vector<Bytes>> keys(const Hash& at, const Child& child, ByteView prefix,
                                    const std::optional<Bytes>& after, size_t limit) override;
    Answer<std::vector<Bytes>> read_proof(const Hash& at, const Child& child, std::span<const Bytes> keys) override;
    Answer<std::optional<Bytes>> closest_merkle_value(const Hash& at, const Child& child, ByteView key) override;
    Answer<Bytes> call(const Hash& at, std::string_view function, ByteView arguments, CallContext context) override;
    Answer<RuntimeVersion> runtime_version(const Hash& at) override;
    std::expected<Hash, PoolError> submit(ByteView extrinsic) override;
    std::vector<Bytes> pending() override;
    uint32_t next_nonce(const primitives::AccountId32&, uint32_t nonce) override;
    std::vector<Hash> remove(std::span<const Hash> transactions) override;
    std::expected<void, std::string> insert_key(std::string_view type, std::string_view uri, ByteView key) override;
    bool has_key(std::string_view type, ByteView key) override;
    std::optional<RoundStates> round_state() override;
    std::expected<std::optional<Bytes>, std::string> prove_finality(BlockNumber number) override;
    std::expected<std::vector<EpochSlots>, std::string> epoch_authorship() override;
    std::optional<Bytes> local_storage(ByteView key) override;
    void set_local_storage(ByteView key, const std::optional<Bytes>& value) override;

private:
    struct Block
    {
        Imported event;
        std::vector<Bytes> body;
        State state;
        std::map<Bytes, State> children;
        RuntimeVersion runtime;
        bool pruned = false;
        size_t pins = 0;
    };
    Answer<const State*> state_of(const Hash& at, const Child& child) const;

    mutable std::mutex mutex_;
    std::map<Hash, Block> blocks_;
    Hash genesis_{}, best_{}, finalized_{};
    std::map<Hash, Bytes> pool_;
    State local_;
};

/// The version of the first runtime.
RuntimeVersion fake_version();

} // namespace rpc::testing
