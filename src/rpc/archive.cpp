#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"
#include "rpc/storage_walk.hpp"

#include <array>
#include <limits>

/// archive_v1: any block the node still has.
///
/// Source  the JSON-RPC interface specification
namespace rpc {
namespace {

constexpr char kStorageEvent[] = "archive_v1_storageEvent";
constexpr size_t kStoragesMax = 16;

Reply body(Session& session, Params& params)
{
    const auto hash = params.hash("hash");
    if (params.failed())
        return params.error();
    const auto body = session.backend().body(hash);
    if (!body)
        return nullptr;
    auto list = Json::array();
    for (const auto& extrinsic : *body)
        list.push_back(hex(with_length(extrinsic)));
    return list;
}

Reply header(Session& session, Params& params)
{
    const auto hash = params.hash("hash");
    if (params.failed())
        return params.error();
    const auto header = session.backend().header(hash);
    return header ? Json(hex(scale::encode(*header))) : Json();
}

Reply genesis_hash(Session& session, Params&) { return hex(session.hub().identity().genesis); }
Reply finalized_height(Session& session, Params&) { return session.view().last_finalized().number(); }

Reply hash_by_height(Session& session, Params& params)
{
    const auto height = params.number("height", std::numeric_limits<uint64_t>::max());
    if (params.failed())
        return params.error();
    auto hashes = Json::array();
    if (height <= session.view().last_finalized().number())
    {
        if (const auto hash = session.backend().block_hash(BlockNumber(height)))
            hashes.push_back(hex(*hash));
        return hashes;
    }
    for (const auto& block : session.view().open)
        if (block->number() == height)
            hashes.push_back(hex(block->hash));
    return hashes;
}

Reply call(Session& session, Params& params)
{
    const auto hash = params.hash("hash");
    const auto function = params.text("function");
    const auto arguments = params.bytes("callParameters");
    if (params.failed())
        return params.error();
    const auto result = session.backend().call(hash, function, arguments);
    if (result)
        return Json{{"success", true}, {"value", hex(*result)}};
    if (result.error().why == Failure::Why::unknown_block)
        return nullptr;
    return Json{{"success", false}, {"error", result.error().text}};
}

class StorageEvents final : public Subscription
{
public:
    StorageEvents(StorageWalk walk, Backend::Child child)
        : Subscription(kStorageEvent), walk_(std::move(walk)), child_(std::move(child))
    {
    }

    std::expected<void, Error> start(Session& session) override
    {
        if (!session.defer(next_step(session)))
            return refuse(code::kTooManySubscriptions, "Too many operations on the connection");
        return {};
    }

private:
    /// By name, as the subscription may be gone when its turn comes.
    std::function<void()> next_step(Session& session)
    {
        return [&session, id = id()] {
            if (auto* const self = session.find(kStorageEvent, id))
                static_cast<StorageEvents*>(self)->step(session);
        };
    }

    void step(Session& session)
    {
        auto items = walk_.step(session.backend());
        if (!items)
        {
            session.notify(*this, Json{{"event", "storageError"}, {"error", items.error().text}});
            return finish();
        }
        for (auto& item : *items)
        {
            item["event"] = "storage";
            if (child_)
                item["childTrieKey"] = hex(*child_);
            session.notify(*this, std::move(item));
        }
        if (!walk_.done() && session.defer(next_step(session)))
            return;
        session.notify(*this, walk_.done() ? Json{{"event", "storageDone"}}
                                           : Json{{"event", "storageError"}, {"error", "too many operations"}});
        finish();
    }

    StorageWalk walk_;
    const Backend::Child child_;
};

Reply storage(Session& session, Params& params)
{
    const auto hash = params.hash("hash");
    auto queries = as_queries(params.any("items"), true);
    const auto child = params.optional_bytes("childTrie");
    if (!queries)
        params.fail("items", "must be a list of {key, type}");
    if (params.failed())
        return params.error();
    if (session.count(kStorageEvent) == kStoragesMax)
        return refuse(code::kTooManySubscriptions, "Too many active calls to archive_v1_storage");
    return session.open(std::make_unique<StorageEvents>(StorageWalk{hash, child, std::move(*queries)}, child));
}

Reply stop_storage(Session& session, Params& params)
{
    const auto id = params.text("subscription");
    if (params.failed())
        return params.error();
    session.close(kStorageEvent, id);
    return nullptr;
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"archive_v1_body", body},
    {"archive_v1_header", header},
    {"archive_v1_genesisHash", genesis_hash},
    {"archive_v1_finalizedHeight", finalized_height},
    {"archive_v1_hashByHeight", hash_by_height},
    {"archive_v1_call", call},
    {"archive_v1_storage", storage, socket},
    {"archive_v1_stopStorage", stop_storage, socket},
});

} // namespace

std::span<const Method> archive_methods() { return kMethods; }

} // namespace rpc
