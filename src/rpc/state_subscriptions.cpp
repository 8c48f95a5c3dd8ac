#include "rpc/state_subscriptions.hpp"

#include "rpc/hex.hpp"
#include "rpc/present.hpp"

namespace rpc {
namespace {

class RuntimeVersions final : public Subscription
{
public:
    RuntimeVersions() : Subscription(kRuntimeVersionEvent) {}
    std::expected<void, Error> start(Session& session) override { return or_client_error(look(session)); }
    void on_view(Session& session, const View& view) override
    {
        // A state that is gone is looked at again after the next block.
        if (view.best->hash != block_)
            if (const auto seen = look(session); !seen)
                block_ = {};
    }

private:
    Answer<void> look(Session& session)
    {
        block_ = session.best();
        auto version = session.backend().runtime_version(block_);
        if (!version)
            return std::unexpected(version.error());
        if (last_ != *version)
            session.notify(*this, present(*version));
        last_ = std::move(*version);
        return {};
    }

    Hash block_{};
    std::optional<RuntimeVersion> last_;
};

class StorageChanges final : public Subscription
{
public:
    explicit StorageChanges(std::vector<Bytes> keys) : Subscription(kStorageEvent)
    {
        for (auto& key : keys)
            values_.try_emplace(std::move(key));
    }
    std::expected<void, Error> start(Session& session) override { return or_client_error(look(session, true)); }
    void on_view(Session& session, const View& view) override
    {
        if (view.best->hash != block_)
            if (const auto seen = look(session, false); !seen)
                block_ = {};
    }

private:
    Answer<void> look(Session& session, bool all)
    {
        block_ = session.best();
        auto changes = Json::array();
        for (auto& [key, last] : values_)
        {
            auto value = session.backend().storage(block_, {}, key);
            if (!value)
                return std::unexpected(value.error());
            if (!all && *value == last)
                continue;
            changes.push_back(Json::array({hex(key), present_bytes(*value)}));
            last = std::move(*value);
        }
        if (!changes.empty())
            session.notify(*this, Json{{"block", hex(block_)}, {"changes", std::move(changes)}});
        return {};
    }

    Hash block_{};
    std::map<Bytes, std::optional<Bytes>> values_;
};

} // namespace

Reply subscribe_runtime_version(Session& session, Params&) { return session.open(std::make_unique<RuntimeVersions>()); }

Reply subscribe_storage(Session& session, Params& params)
{
    auto keys = params.bytes_list("keys");
    if (params.failed())
        return params.error();
    if (keys.size() > kWatchedKeysMax)
        return invalid_params("keys must be at most " + std::to_string(kWatchedKeysMax));
    return session.open(std::make_unique<StorageChanges>(std::move(keys)));
}

} // namespace rpc
