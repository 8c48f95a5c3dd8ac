#include "node/rpc_backend.hpp"

#include <algorithm>

/// What the server asks about the node, its chain, its pool and its keys.
namespace node {
namespace {

std::string role_of(uint8_t roles) { return (roles & 4) != 0 ? "AUTHORITY" : (roles & 1) != 0 ? "FULL" : "LIGHT"; }

std::optional<host::KeyType> type_of(std::string_view text)
{
    host::KeyType type;
    if (text.size() != type.size())
        return std::nullopt;
    std::ranges::copy(text, type.begin());
    return type;
}

} // namespace

rpc::Identity RpcBackend::identity()
{
    return {.implementation = "zkp-node",
            .version = ZKP_VERSION,
            .chain = parts_.spec.name,
            .chain_type = parts_.spec.type,
            .properties = parts_.spec.properties(),
            .genesis = parts_.ledger.genesis_hash()};
}

rpc::Imported RpcBackend::imported(const ledger::BlockId& block) const
{
    rpc::Imported imported{
        .hash = block.hash, .header = parts_.ledger.header(block.hash).value_or(Header{}), .new_runtime = {}};
    const auto version = parts_.ledger.version(block.hash);
    const auto before = block.number == 0 ? version : parts_.ledger.version(imported.header.parent_hash);
    if (version && (!before || *before != *version))
        imported.new_runtime = *version;
    return imported;
}

rpc::Head RpcBackend::head()
{
    rpc::Head head{.finalized = imported(parts_.ledger.finalised()), .open = {}, .best = parts_.ledger.best().hash};
    for (const auto& place : parts_.ledger.store().unfinalised())
        head.open.push_back(imported({place.hash, rpc::BlockNumber(place.number)}));
    return head;
}

rpc::Health RpcBackend::health()
{
    return {.peers = uint32_t(parts_.peers.list().size()),
            .syncing = parts_.syncing(),
            .should_have_peers = parts_.spec.type != "Development"};
}

rpc::SyncState RpcBackend::sync_state()
{
    const auto best = parts_.ledger.best().number;
    auto highest = best;
    for (const auto& peer : parts_.peers.list())
        highest = std::max(highest, peer.best.number);
    return {.starting = started_, .current = best, .highest = highest};
}

std::vector<rpc::Role> RpcBackend::roles() { return {parts_.authority ? rpc::Role::authority : rpc::Role::full}; }

std::vector<rpc::Peer> RpcBackend::peers()
{
    std::vector<rpc::Peer> peers;
    for (const auto& peer : parts_.peers.list())
        peers.push_back(
            {.id = peer.id, .roles = role_of(peer.roles), .best = peer.best.hash, .best_number = peer.best.number});
    return peers;
}

std::expected<void, std::string> RpcBackend::add_reserved_peer(std::string_view address)
{
    const auto read = libp2p::address_of_text(address);
    const auto end = read ? libp2p::endpoint_of(*read) : std::nullopt;
    if (!end || !end->peer)
        return std::unexpected("not an address like /ip4/203.0.113.7/tcp/30333/p2p/12D3KooW…: " +
                               std::string(address.substr(0, 128)));
    parts_.peers.add_reserved(*read);
    return {};
}

std::expected<void, std::string> RpcBackend::remove_reserved_peer(std::string_view peer_id)
{
    const auto peer = libp2p::peer_of_text(peer_id);
    if (!peer)
        return std::unexpected("not a peer id: " + std::string(peer_id.substr(0, 128)));
    parts_.peers.remove_reserved(*peer);
    return {};
}

std::expected<void, std::string> RpcBackend::add_log_filter(std::string_view directives)
{
    return parts_.log.add(directives);
}

primitives::Justifications RpcBackend::justifications(const rpc::Hash& block)
{
    auto justification = parts_.ledger.justification(block);
    if (!justification)
        return {};
    return {{primitives::kGrandpaEngine, std::move(*justification)}};
}

std::expected<rpc::Hash, rpc::PoolError> RpcBackend::submit(rpc::ByteView extrinsic)
{
    return parts_.transactions.submit(extrinsic, primitives::TransactionSource::External);
}

uint32_t RpcBackend::next_nonce(const primitives::AccountId32& account, uint32_t nonce)
{
    return parts_.transactions.next_nonce(account, nonce);
}

std::vector<rpc::Hash> RpcBackend::remove(std::span<const rpc::Hash> transactions)
{
    return parts_.transactions.remove(transactions);
}

std::expected<void, std::string> RpcBackend::insert_key(std::string_view type, std::string_view uri,
                                                        rpc::ByteView public_key)
{
    const auto named = type_of(type);
    if (!named)
        return std::unexpected("a key type has four letters, such as babe");
    if (const auto done = parts_.keystore.insert_matching(*named, uri, public_key); !done)
        return std::unexpected(std::string(host::words(done.error())));
    return {};
}

bool RpcBackend::has_key(std::string_view type, rpc::ByteView public_key)
{
    const auto named = type_of(type);
    return named && parts_.keystore.has(*named, public_key);
}

std::optional<rpc::Bytes> RpcBackend::local_storage(rpc::ByteView key)
{
    return parts_.storage.get(host::LocalStorage::persistent, key);
}

void RpcBackend::set_local_storage(rpc::ByteView key, const std::optional<rpc::Bytes>& value)
{
    if (value)
        parts_.storage.set(host::LocalStorage::persistent, key, *value);
    else
        parts_.storage.remove(host::LocalStorage::persistent, key);
}

} // namespace node
