#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"
#include "rpc/watch.hpp"

#include <array>

/// transaction_v1 and transactionWatch_v1.
///
/// Source  the JSON-RPC interface specification
namespace rpc {
namespace {

constexpr char kWatchEvent[] = "transactionWatch_v1_watchEvent";
constexpr char kBroadcast[] = "transaction_v1_broadcast";
/// The specification asks for 4.
constexpr size_t kBroadcastsMax = 16;

Json event_of(const char* name, std::string error) { return Json{{"event", name}, {"error", std::move(error)}}; }

class WatchEvents final : public TransactionWatch
{
public:
    explicit WatchEvents(Bytes extrinsic) : TransactionWatch(kWatchEvent, std::move(extrinsic)) {}

private:
    std::expected<void, Error> refused(Session& session, const PoolError& error) override
    {
        using enum PoolError::Why;
        const bool for_good = error.why == invalid || error.why == undecodable || error.why == unknown;
        const auto shown = pool_error(error);
        auto text = shown.message;
        if (shown.data.is_string())
            text += ": " + shown.data.get_ref<const std::string&>();
        session.notify(*this, event_of(for_good ? "invalid" : error.why == verification ? "error" : "dropped", text));
        return {};
    }

    void report(Session& session, const PoolEvent& event) override
    {
        const auto block = [&] { return Json{{"hash", hex(event.block)}, {"index", event.index}}; };
        using enum PoolEvent::What;
        switch (event.what)
        {
        case future:
        case ready:
            return session.notify(*this, Json{{"event", "validated"}});
        case broadcast:
            return; // tells the client nothing of the transaction's state
        case in_block:
            return session.notify(*this, Json{{"event", "bestChainBlockIncluded"}, {"block", block()}});
        case retracted:
            return session.notify(*this, Json{{"event", "bestChainBlockIncluded"}, {"block", nullptr}});
        case finalized:
            return session.notify(*this, Json{{"event", "finalized"}, {"block", block()}});
        case finality_timeout:
            return session.notify(*this, event_of("dropped", "Maximum number of finality watchers has been reached"));
        case dropped:
            return session.notify(*this,
                                  event_of("dropped", "Extrinsic dropped from the pool due to exceeding limits"));
        case usurped:
            return session.notify(*this, event_of("invalid", "Extrinsic was rendered invalid by another extrinsic"));
        case invalid:
            return session.notify(*this, event_of("invalid", "Extrinsic marked as invalid"));
        }
    }
};

/// Keeps a transaction in the pool until it is final or the client stops it. Sends no notifications.
class Broadcast final : public Subscription
{
public:
    explicit Broadcast(Bytes encoded) : Subscription(kBroadcast)
    {
        if (auto extrinsic = without_length(encoded))
        {
            extrinsic_ = std::move(*extrinsic);
            hash_ = transaction_hash(extrinsic_);
        }
        else
            state_ = State::hopeless;
    }

    std::expected<void, Error> start(Session& session) override
    {
        session.hub().watch(hash_, session.id());
        submit(session);
        return {};
    }
    void on_view(Session& session, const View& view) override
    {
        if (state_ == State::outside && view.best->hash != tried_at_)
            submit(session);
    }
    void on_pool(Session&, const PoolEvent& event) override
    {
        if (event.transaction != hash_ || state_ == State::hopeless)
            return;
        if (event.what == PoolEvent::What::finalized)
            state_ = State::hopeless;
        else if (is_last(event.what))
            state_ = State::outside;
    }
    void stop(Session& session) override { session.hub().unwatch(hash_, session.id()); }

private:
    enum class State : uint8_t
    {
        outside, ///< the pool does not have it: tried again with each best block
        inside,
        hopeless, ///< final, or no extrinsic at all
    };

    void submit(Session& session)
    {
        if (state_ == State::hopeless)
            return;
        tried_at_ = session.best();
        const auto submitted = session.backend().submit(extrinsic_);
        const bool inside = submitted || submitted.error().why == PoolError::Why::already_imported;
        state_ = inside ? State::inside : State::outside;
    }

    Bytes extrinsic_;
    Hash hash_{}, tried_at_{};
    State state_ = State::outside;
};

Reply broadcast(Session& session, Params& params)
{
    auto encoded = params.bytes("transaction");
    if (params.failed())
        return params.error();
    if (session.count(kBroadcast) == kBroadcastsMax)
        return nullptr;
    return session.open(std::make_unique<Broadcast>(std::move(encoded)));
}

Reply stop(Session& session, Params& params)
{
    const auto id = params.text("operationId");
    if (params.failed())
        return params.error();
    return session.close(kBroadcast, id) ? Reply{Json()} : refuse(code::kInvalidParams, "Invalid operation id");
}

Reply submit_and_watch(Session& session, Params& params)
{
    const auto encoded = params.bytes("transaction");
    if (params.failed())
        return params.error();
    // Bytes that are no extrinsic are the runtime's to refuse: the specification wants an `invalid` event for them.
    return session.open(std::make_unique<WatchEvents>(without_length(encoded).value_or(Bytes{})));
}

Reply unwatch(Session& session, Params& params)
{
    const auto id = params.text("subscription");
    if (params.failed())
        return params.error();
    return session.close(kWatchEvent, id) ? Reply{Json()} : refuse(code::kInvalidParams, "Invalid subscription id");
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"transaction_v1_broadcast", broadcast, socket},
    {"transaction_v1_stop", stop, socket},
    {"transactionWatch_v1_submitAndWatch", submit_and_watch, socket},
    {"transactionWatch_v1_unwatch", unwatch, socket},
});

} // namespace

std::span<const Method> transaction_methods() { return kMethods; }

} // namespace rpc
