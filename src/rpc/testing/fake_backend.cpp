#include "rpc/testing/fake_backend.hpp"

#include "base/invariant.hpp"
#include "rpc/watch.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace rpc::testing {
namespace {

Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

Failure unknown(const Hash&) { return {Failure::Why::unknown_block, "UnknownBlock: Header was not found"}; }

bool begins(const Bytes& key, ByteView prefix)
{
    return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

} // namespace

RuntimeVersion fake_version()
{
    return {.spec_name = "fake",
            .impl_name = "fake-impl",
            .authoring_version = 1,
            .spec_version = 7,
            .impl_version = 2,
            .apis = {{primitives::api_id("Core"), 5}, {primitives::api_id("Metadata"), 2}},
            .transaction_version = 3,
            .state_version = 1};
}

FakeBackend::FakeBackend()
{
    Block genesis{.event = {.hash = {}, .header = {}, .new_runtime = {}},
                  .body = {},
                  .state = {},
                  .children = {},
                  .runtime = fake_version()};
    genesis.event.hash = primitives::hash_of(genesis.event.header);
    genesis_ = best_ = finalized_ = genesis.event.hash;
    blocks_.emplace(genesis_, std::move(genesis));
}

FakeBackend::Made FakeBackend::make(const Hash& parent, std::vector<Bytes> body, const std::vector<Change>& changes,
                                    uint8_t salt, std::optional<RuntimeVersion> runtime)
{
    const std::scoped_lock lock{mutex_};
    const auto& above = blocks_.at(parent);
    Block block{.event = {.hash = {}, .header = {}, .new_runtime = runtime},
                .body = std::move(body),
                .state = above.state,
                .children = above.children,
                .runtime = runtime.value_or(above.runtime)};
    for (const auto& [key, value] : changes)
        if (value)
            block.state[key] = *value;
        else
            block.state.erase(key);
    auto& header = block.event.header;
    header.parent_hash = parent;
    header.number = BlockNumber{above.event.header.number} + 1;
    header.state_root = hash::blake2_256(ByteView{scale::encode(block.state)});
    header.extrinsics_root = hash::blake2_256(ByteView{scale::encode(block.body)});
    header.digest.logs = {primitives::digest::Other{Bytes{salt}}};
    const auto hash = block.event.hash = primitives::hash_of(header);
    const auto event = block.event;
    blocks_.emplace(hash, std::move(block));
    return {hash, event};
}

BestChanged FakeBackend::set_best(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    best_ = block;
    return {block};
}

Finalized FakeBackend::finalize(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    finalized_ = block;
    return {block};
}

void FakeBackend::set_child(const Hash& block, const Bytes& child, State entries)
{
    const std::scoped_lock lock{mutex_};
    blocks_.at(block).children[child] = std::move(entries);
}

void FakeBackend::prune(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    blocks_.at(block).pruned = true;
}

std::vector<Bytes> FakeBackend::take_pool()
{
    const std::scoped_lock lock{mutex_};
    std::vector<Bytes> all;
    for (auto& [hash, extrinsic] : pool_)
        all.push_back(std::move(extrinsic));
    pool_.clear();
    return all;
}

size_t FakeBackend::pins() const
{
    const std::scoped_lock lock{mutex_};
    size_t sum = 0;
    for (const auto& [hash, block] : blocks_)
        sum += block.pins;
    return sum;
}

Identity FakeBackend::identity()
{
    return {.implementation = "fake-node",
            .version = "1.2.3",
            .chain = "Fake Chain",
            .chain_type = "Development",
            .properties = R"({"ss58Format":42,"tokenDecimals":18,"tokenSymbol":"ZKP"})",
            .genesis = genesis_};
}

Head FakeBackend::head()
{
    const std::scoped_lock lock{mutex_};
    Head head{.finalized = blocks_.at(finalized_).event, .open = {}, .best = best_};
    std::vector<const Block*> all;
    for (const auto& [hash, block] : blocks_)
        all.push_back(&block);
    std::ranges::sort(all, {}, [](const Block* block) { return BlockNumber{block->event.header.number}; });
    for (const auto* block : all)
        head.open.push_back(block->event);
    return head;
}

std::vector<Peer> FakeBackend::peers()
{
    return {{.id = "12D3KooWPeer", .roles = "AUTHORITY", .best = best_, .best_number = 1}};
}

std::expected<void, std::string> FakeBackend::add_reserved_peer(std::string_view address)
{
    if (address.starts_with("/"))
        return {};
    return std::unexpected("not a multiaddress: " + std::string{address});
}

std::optional<Header> FakeBackend::header(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    const auto found = blocks_.find(block);
    return found == blocks_.end() ? std::nullopt : std::optional{found->second.event.header};
}

std::optional<std::vector<Bytes>> FakeBackend::body(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    const auto found = blocks_.find(block);
    return found == blocks_.end() || found->second.pruned ? std::nullopt : std::optional{found->second.body};
}

primitives::Justifications FakeBackend::justifications(const Hash& block)
{
    if (block == genesis_)
        return {};
    return {{primitives::kGrandpaEngine, Bytes{1, 2}}};
}

std::optional<Hash> FakeBackend::block_hash(BlockNumber number)
{
    const std::scoped_lock lock{mutex_};
    for (auto at = best_;;)
    {
        const auto& header = blocks_.at(at).event.header;
        if (header.number == number)
            return at;
        if (header.number < number || header.number == 0)
            return std::nullopt;
        at = header.parent_hash;
    }
}

bool FakeBackend::pin(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    const auto found = blocks_.find(block);
    if (found == blocks_.end() || found->second.pruned)
        return false;
    ++found->second.pins;
    return true;
}

void FakeBackend::unpin(const Hash& block)
{
    const std::scoped_lock lock{mutex_};
    base::invariant(blocks_.at(block).pins != 0);
    --blocks_.at(block).pins;
}

Answer<const State*> FakeBackend::state_of(const Hash& at, const Child& child) const
{
    static const State empty;
    const auto found = blocks_.find(at);
    if (found == blocks_.end())
        return std::unexpected(unknown(at));
    if (found->second.pruned)
        return std::unexpected(Failure{Failure::Why::state_pruned, "State already discarded"});
    if (!child)
        return &found->second.state;
    const auto entries = found->second.children.find(*child);
    return entries == found->second.children.end() ? &empty : &entries->second;
}

Answer<std::optional<Bytes>> FakeBackend::storage(const Hash& at, const Child& child, ByteView key)
{
    const std::scoped_lock lock{mutex_};
    const auto state = state_of(at, child);
    if (!state)
        return std::unexpected(state.error());
    const auto found = (*state)->find(copy(key));
    return found == (*state)->end() ? std::nullopt : std::optional{found->second};
}

Answer<std::vector<Bytes>> FakeBackend::keys(const Hash& at, const Child& child, ByteView prefix,
                                             const std::optional<Bytes>& after, size_t limit)
{
    const std::scoped_lock lock{mutex_};
    const auto state = state_of(at, child);
    if (!state)
        return std::unexpected(state.error());
    std::vector<Bytes> keys;
    for (const auto& [key, value] : **state)
        if (keys.size() != limit && begins(key, prefix) && (!after || key > *after))
            keys.push_back(key);
    return keys;
}

Answer<std::vector<Bytes>> FakeBackend::read_proof(const Hash& at, const Child& child, std::span<const Bytes> keys)
{
    const std::scoped_lock lock{mutex_};
    const auto state = state_of(at, child);
    if (!state)
        return std::unexpected(state.error());
    return std::vector<Bytes>(keys.begin(), keys.end());
}

/// Not a trie's value, but one that changes with what is below the key.
Answer<std::optional<Bytes>> FakeBackend::closest_merkle_value(const Hash& at, const Child& child, ByteView key)
{
    const std::scoped_lock lock{mutex_};
    const auto state = state_of(at, child);
    if (!state)
        return std::unexpected(state.error());
    State below;
    std::ranges::copy_if(**state, std::inserter(below, below.end()),
                         [&](const auto& entry) { return begins(entry.first, key); });
    if (below.empty())
        return std::nullopt;
    return copy(hash::blake2_256(ByteView{scale::encode(below)}));
}

Answer<Bytes> FakeBackend::call(const Hash& at, std::string_view function, ByteView arguments, CallContext context)
{
    {
        const std::scoped_lock lock{mutex_};
        if (const auto state = state_of(at, {}); !state)
            return std::unexpected(state.error());
    }
    if (function == "Metadata_metadata")
        return scale::encode(copy(base::view("meta")));
    if (function == "AccountNonceApi_account_nonce" && arguments.size() == 32)
        return scale::encode(uint32_t{arguments[0]});
    if (function == "TransactionPaymentApi_query_info")
        return scale::encode(
            std::tuple{scale::Compact<uint64_t>{1}, scale::Compact<uint64_t>{2}, uint8_t{1}, scale::u128{12'345}});
    if (function == "TransactionPaymentApi_query_fee_details")
    {
        using Fees = std::tuple<scale::u128, scale::u128, scale::u128>;
        return scale::encode(std::pair{std::optional{Fees{10, 0, scale::u128{1} << 64}}, scale::u128{0}});
    }
    if (function == "SessionKeys_generate_session_keys" && context == CallContext::keystore)
    {
        // The keys, and for a proof the owner as it came.
        const auto owner = scale::decode<std::pair<Bytes, std::optional<Bytes>>>(arguments).value().first;
        return scale::encode(std::pair{Bytes{9, 9}, owner});
    }
    if (function == "SessionKeys_decode_session_keys")
        return arguments.size() == 3
                   ? scale::encode(
                         std::optional{std::vector{std::pair{Bytes{7}, std::array<uint8_t, 4>{'b', 'a', 'b', 'e'}}}})
                   : Bytes{0};
    if (function == "BlockBuilder_apply_extrinsic")
        return Bytes{0, 0};
    if (function == "Fake_echo")
        return copy(arguments);
    if (function == "Fake_sleep")
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return Bytes{};
    }
    return std::unexpected(Failure{Failure::Why::runtime, "Execution failed: " + std::string{function}});
}

Answer<RuntimeVersion> FakeBackend::runtime_version(const Hash& at)
{
    const std::scoped_lock lock{mutex_};
    const auto found = blocks_.find(at);
    if (found == blocks_.end())
        return std::unexpected(unknown(at));
    return found->second.runtime;
}

std::expected<Hash, PoolError> FakeBackend::submit(ByteView extrinsic)
{
    const std::scoped_lock lock{mutex_};
    PoolError error;
    if (extrinsic.empty() || extrinsic[0] >= 0xf0)
    {
        error.why = extrinsic.empty() ? PoolError::Why::undecodable : PoolError::Why(extrinsic[0] - 0xf0);
        error.invalid = {primitives::InvalidTransaction::Why::BadProof, 0};
        error.old_priority = 5;
        error.new_priority = 4;
        error.text = "no";
        return std::unexpected(error);
    }
    const auto hash = transaction_hash(extrinsic);
    if (pool_.emplace(hash, copy(extrinsic)).second)
        return hash;
    error.why = PoolError::Why::already_imported;
    error.hash = hash;
    return std::unexpected(error);
}

std::vector<Bytes> FakeBackend::pending()
{
    const std::scoped_lock lock{mutex_};
    std::vector<Bytes> all;
    for (const auto& [hash, extrinsic] : pool_)
        all.push_back(extrinsic);
    return all;
}

uint32_t FakeBackend::next_nonce(const primitives::AccountId32&, uint32_t nonce)
{
    return nonce + uint32_t(pending().size());
}

std::vector<Hash> FakeBackend::remove(std::span<const Hash> transactions)
{
    const std::scoped_lock lock{mutex_};
    std::vector<Hash> removed;
    for (const auto& hash : transactions)
        if (pool_.erase(hash) != 0)
            removed.push_back(hash);
    return removed;
}

std::expected<void, std::string> FakeBackend::insert_key(std::string_view type, std::string_view uri, ByteView key)
{
    const std::scoped_lock lock{mutex_};
    if (!uri.starts_with("//"))
        return std::unexpected("The key store is unavailable");
    inserted_keys[{std::string{type}, copy(key)}] = uri;
    return {};
}

bool FakeBackend::has_key(std::string_view type, ByteView key)
{
    const std::scoped_lock lock{mutex_};
    return inserted_keys.contains({std::string{type}, copy(key)});
}

std::optional<RoundStates> FakeBackend::round_state()
{
    RoundStates states{.set_id = 1, .best = {}, .background = {{}}};
    states.best = {.round = 4, .total_weight = 3, .threshold_weight = 3, .prevotes = {2, {{}}}, .precommits = {1, {}}};
    return states;
}

std::expected<std::optional<Bytes>, std::string> FakeBackend::prove_finality(BlockNumber number)
{
    if (number > 1)
        return std::unexpected("Block not covered by authority set changes");
    return number == 1 ? std::optional{Bytes{0xaa}} : std::nullopt;
}

std::expected<std::vector<EpochSlots>, std::string> FakeBackend::epoch_authorship()
{
    return std::vector<EpochSlots>{{.authority = {}, .primary = {1, 2}, .secondary = {}, .secondary_vrf = {3}}};
}

std::optional<Bytes> FakeBackend::local_storage(ByteView key)
{
    const std::scoped_lock lock{mutex_};
    const auto found = local_.find(copy(key));
    return found == local_.end() ? std::nullopt : std::optional{found->second};
}

void FakeBackend::set_local_storage(ByteView key, const std::optional<Bytes>& value)
{
    const std::scoped_lock lock{mutex_};
    if (value)
        local_[copy(key)] = *value;
    else
        local_.erase(copy(key));
}

} // namespace rpc::testing
