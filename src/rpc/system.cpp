#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include "primitives/ss58.hpp"

#include <algorithm>
#include <array>

namespace rpc {
namespace {

Reply name(Session& session, Params&) { return session.hub().identity().implementation; }
Reply version(Session& session, Params&) { return session.hub().identity().version; }
Reply chain(Session& session, Params&) { return session.hub().identity().chain; }
Reply properties(Session& session, Params&) { return session.hub().properties(); }

Reply chain_type(Session& session, Params&)
{
    const auto& type = session.hub().identity().chain_type;
    if (type == "Development" || type == "Local" || type == "Live")
        return type;
    return Json{{"Custom", type}};
}

Reply health(Session& session, Params&)
{
    const auto health = session.backend().health();
    return Json{{"peers", health.peers}, {"isSyncing", health.syncing}, {"shouldHavePeers", health.should_have_peers}};
}

Reply local_peer_id(Session& session, Params&) { return session.backend().local_peer_id(); }
Reply listen_addresses(Session& session, Params&) { return session.backend().listen_addresses(); }
Reply reserved_peers(Session& session, Params&) { return session.backend().reserved_peers(); }

Reply peers(Session& session, Params&)
{
    auto list = Json::array();
    for (const auto& peer : session.backend().peers())
        list.push_back(Json{{"peerId", peer.id},
                            {"roles", peer.roles},
                            {"bestHash", hex(peer.best)},
                            {"bestNumber", peer.best_number}});
    return list;
}

Reply roles(Session& session, Params&)
{
    auto list = Json::array();
    for (const auto role : session.backend().roles())
        list.push_back(role == Role::full ? "Full" : role == Role::authority ? "Authority" : "LightClient");
    return list;
}

Reply sync_state(Session& session, Params&)
{
    const auto state = session.backend().sync_state();
    return Json{{"startingBlock", state.starting}, {"currentBlock", state.current}, {"highestBlock", state.highest}};
}

Reply done(const std::expected<void, std::string>& result)
{
    return result ? Reply{Json()} : refuse(code::kSystem, result.error());
}

Reply add_reserved_peer(Session& session, Params& params)
{
    const auto address = params.text("peer");
    return params.failed() ? Reply{params.error()} : done(session.backend().add_reserved_peer(address));
}

Reply remove_reserved_peer(Session& session, Params& params)
{
    const auto peer = params.text("peer_id");
    return params.failed() ? Reply{params.error()} : done(session.backend().remove_reserved_peer(peer));
}

Reply add_log_filter(Session& session, Params& params)
{
    const auto directives = params.text("directives");
    return params.failed() ? Reply{params.error()} : done(session.backend().add_log_filter(directives));
}

Reply reset_log_filter(Session& session, Params&)
{
    session.backend().reset_log_filter();
    return nullptr;
}

/// SS58 of any network, or the 32 bytes themselves.
std::optional<primitives::AccountId32> account_of(const std::string& text)
{
    if (const auto bytes = from_hex(text); bytes && bytes->size() == 32)
    {
        primitives::AccountId32 account;
        std::ranges::copy(*bytes, account.bytes.begin());
        return account;
    }
    const auto account = primitives::ss58::decode_account(text);
    return account ? std::optional{*account} : std::nullopt;
}

Reply account_next_index(Session& session, Params& params)
{
    const auto account = account_of(params.text("account"));
    if (!account)
        params.fail("account", "must be an SS58 address");
    if (params.failed())
        return params.error();
    const auto encoded =
        session.backend().call(session.best(), "AccountNonceApi_account_nonce", ByteView{account->bytes});
    if (!encoded)
        return refuse(code::kRuntime, "Unable to query nonce.", encoded.error().text);
    const auto nonce = scale::decode<uint32_t>(ByteView{*encoded});
    if (!nonce)
        return refuse(code::kRuntime, "Unable to query nonce.", "the runtime's answer is no nonce");
    return session.backend().next_nonce(*account, *nonce);
}

Reply dry_run(Session& session, Params& params)
{
    const auto extrinsic = params.bytes("extrinsic");
    const auto at = params.optional_hash("at");
    if (params.failed())
        return params.error();
    if (!without_length(extrinsic))
        return refuse(code::kUndecodable, "Unable to dry run extrinsic", "its length is wrong");
    const auto result = session.backend().call(at.value_or(session.best()), "BlockBuilder_apply_extrinsic", extrinsic);
    if (!result)
        return refuse(code::kRuntime, "Unable to dry run extrinsic.", result.error().text);
    return hex(*result);
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"system_name", name},
    {"system_version", version},
    {"system_chain", chain},
    {"system_chainType", chain_type},
    {"system_properties", properties},
    {"system_health", health},
    {"system_localPeerId", local_peer_id},
    {"system_localListenAddresses", listen_addresses},
    {"system_peers", peers, trust},
    {"system_nodeRoles", roles},
    {"system_syncState", sync_state},
    {"system_reservedPeers", reserved_peers},
    {"system_addReservedPeer", add_reserved_peer, trust},
    {"system_removeReservedPeer", remove_reserved_peer, trust},
    {"system_addLogFilter", add_log_filter, trust},
    {"system_resetLogFilter", reset_log_filter, trust},
    {"system_accountNextIndex", account_next_index},
    {"account_nextIndex", account_next_index},
    {"system_dryRun", dry_run, trust},
    {"system_dryRunAt", dry_run, trust},
});

} // namespace

std::span<const Method> system_methods() { return kMethods; }

} // namespace rpc
