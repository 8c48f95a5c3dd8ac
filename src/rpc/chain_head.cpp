#include "rpc/follow.hpp"
#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include <array>

/// chainHead_v1. A subscription that is unknown, because it ended or never was, is no error: operations answer
/// limitReached, the rest null.
///
/// Source  the JSON-RPC interface specification
namespace rpc {
namespace {

Follow* find_follow(Session& session, const std::string& id)
{
    return static_cast<Follow*>(session.find(kFollowEvent, id));
}

const Json& limit_reached()
{
    static const Json reply{{"result", "limitReached"}};
    return reply;
}

Reply not_pinned() { return refuse(code::kBlockNotPinned, "Invalid block hash"); }

Reply follow(Session& session, Params& params)
{
    const bool with_runtime = params.boolean("withRuntime");
    if (params.failed())
        return params.error();
    if (session.count(kFollowEvent) == kFollowsMax)
        return refuse(code::kFollowLimit, "Maximum number of chainHead_follow has been reached");
    return session.open(std::make_unique<Follow>(with_runtime));
}

Reply unfollow(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    if (params.failed())
        return params.error();
    session.close(kFollowEvent, id);
    return nullptr;
}

Reply begin(Session& session, Follow& follow, std::unique_ptr<Operation> operation)
{
    auto id = follow.begin(session, std::move(operation));
    return id ? Json{{"result", "started"}, {"operationId", std::move(*id)}} : limit_reached();
}

Reply body(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto hash = params.hash("hash");
    if (params.failed())
        return params.error();
    auto* const follow = find_follow(session, id);
    if (!follow)
        return limit_reached();
    return follow->is_pinned(hash) ? begin(session, *follow, body_operation(hash)) : not_pinned();
}

Reply call(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto hash = params.hash("hash");
    auto function = params.text("function");
    auto arguments = params.bytes("callParameters");
    if (params.failed())
        return params.error();
    auto* const follow = find_follow(session, id);
    if (!follow)
        return limit_reached();
    if (!follow->is_pinned(hash))
        return not_pinned();
    if (!follow->with_runtime())
        return refuse(code::kFollowWithoutRuntime, "The runtime updates flag must be set");
    return begin(session, *follow, call_operation(hash, std::move(function), std::move(arguments)));
}

Reply storage(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto hash = params.hash("hash");
    auto queries = as_queries(params.any("items"), false);
    auto child = params.optional_bytes("childTrie");
    if (!queries)
        params.fail("items", "must be a list of {key, type}");
    if (params.failed())
        return params.error();
    auto* const follow = find_follow(session, id);
    if (!follow)
        return limit_reached();
    if (!follow->is_pinned(hash))
        return not_pinned();
    const auto taken = std::min(queries->size(), follow->free_slots());
    const auto discarded = queries->size() - taken;
    if (taken == 0 && discarded != 0)
        return limit_reached();
    queries->resize(taken);
    auto reply = begin(session, *follow, storage_operation(hash, std::move(child), std::move(*queries)));
    if (reply && reply->contains("operationId"))
        (*reply)["discardedItems"] = discarded;
    return reply;
}

Reply header(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto hash = params.hash("hash");
    if (params.failed())
        return params.error();
    const auto* const follow = find_follow(session, id);
    if (!follow)
        return nullptr;
    if (!follow->is_pinned(hash))
        return not_pinned();
    const auto header = session.backend().header(hash);
    return header ? Reply{hex(scale::encode(*header))} : refuse(code::kInternal, "Could not fetch block header");
}

Reply unpin(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto& given = params.any("hashOrHashes");
    std::vector<Hash> hashes;
    if (given.is_array() && given.size() <= kListMax)
    {
        for (const auto& item : given)
            if (const auto hash = as_hash(item))
                hashes.push_back(*hash);
    }
    else if (const auto hash = as_hash(given))
        hashes.push_back(*hash);
    if (hashes.size() != (given.is_array() ? given.size() : 1))
        params.fail("hashOrHashes", "must be a hash, or a list of them");
    if (params.failed())
        return params.error();
    auto* const follow = find_follow(session, id);
    if (!follow)
        return nullptr;
    const auto result = follow->unpin(session, hashes);
    return result ? Reply{Json()} : std::unexpected(result.error());
}

Reply continue_operation(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto operation = params.text("operationId");
    if (params.failed())
        return params.error();
    auto* const follow = find_follow(session, id);
    if (follow && !follow->continue_operation(session, operation))
        return refuse(code::kNotWaiting, "Wait for continue event was not generated for the subscription");
    return nullptr;
}

Reply stop_operation(Session& session, Params& params)
{
    const auto id = params.text("followSubscription");
    const auto operation = params.text("operationId");
    if (params.failed())
        return params.error();
    if (auto* const follow = find_follow(session, id))
        follow->stop_operation(session, operation);
    return nullptr;
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"chainHead_v1_follow", follow, socket},
    {"chainHead_v1_unfollow", unfollow, socket},
    {"chainHead_v1_body", body, socket},
    {"chainHead_v1_call", call, socket},
    {"chainHead_v1_storage", storage, socket},
    {"chainHead_v1_header", header, socket},
    {"chainHead_v1_unpin", unpin, socket},
    {"chainHead_v1_continue", continue_operation, socket},
    {"chainHead_v1_stopOperation", stop_operation, socket},
});

} // namespace

std::span<const Method> chain_head_methods() { return kMethods; }

} // namespace rpc
