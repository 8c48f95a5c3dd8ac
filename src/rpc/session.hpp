#pragma once

#include "rpc/error.hpp"
#include "rpc/hub.hpp"
#include "rpc/params.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace rpc {

class Session;
struct Method;

/// A message, and the longest answer to one, in bytes; as in Substrate.
inline constexpr size_t kMessageMax = size_t{15} << 20;
inline constexpr size_t kBatchMax = 1024;
inline constexpr size_t kSubscriptionsMax = 1024;
/// Steps of operations that wait for a turn, of one session.
inline constexpr size_t kJobsMax = 4096;

/// Something that a client subscribed to. It lives in its session, and is used on the session's thread only.
class Subscription
{
public:
    /// `event` names its notifications, e.g. "chain_newHead".
    explicit Subscription(const char* event) : event_(event) {}
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    virtual ~Subscription() = default;

    /// First notifications. An error takes the subscription back, and is the answer to the request.
    virtual std::expected<void, Error> start(Session& session) = 0;
    virtual void on_view(Session&, const View&) {}
    virtual void on_pool(Session&, const PoolEvent&) {}
    virtual void on_justified(Session&, const Bytes&) {}
    /// Gives back what it holds outside of itself. Called once, before it is destroyed.
    virtual void stop(Session&) {}

    const char* event() const { return event_; }
    const std::string& id() const { return id_; }
    bool done() const { return done_; }

protected:
    /// No more notifications: the session drops it.
    void finish() { done_ = true; }

private:
    friend class Session;
    const char* event_;
    std::string id_;
    bool done_ = false;
};

/// One client: its requests in, responses and notifications out. Does no I/O and starts no thread.
///
/// Thread   one at a time; calls to the backend are made inside
/// Order    the response to a request precedes the notifications it causes
/// Bounds   kMessageMax, kBatchMax, kSubscriptionsMax, kJobsMax
class Session
{
public:
    enum class Carrier : uint8_t
    {
        http, ///< no subscriptions
        web_socket,
    };
    struct Access
    {
        Carrier carrier = Carrier::web_socket;
        bool unsafe = false; ///< may call methods that change the node or cost much
    };
    using Messages = std::vector<std::string>;

    Session(Hub& hub, SessionId id, Access access);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // What to send, in order.
    Messages receive(std::string_view text);
    /// After the chain changed.
    Messages update();
    Messages pool_event(const PoolEvent& event);
    Messages justified(const Bytes& justification);
    /// One step of a running operation, while has_work().
    Messages work();
    bool has_work() const { return !jobs_.empty(); }

    // For methods.
    Backend& backend() { return hub_.backend(); }
    Hub& hub() { return hub_; }
    const Access& access() const { return access_; }
    /// The chain as the current request or notification sees it.
    const View& view() const { return *view_; }
    Hash best() const { return view_->best->hash; }
    SessionId id() const { return id_; }

    std::string new_id();
    /// Starts it and returns its id. Errors  kTooManySubscriptions; those of start()
    Reply open(std::unique_ptr<Subscription> subscription);
    /// Ends it; false when there is none of that kind.
    bool close(const char* event, const std::string& id);
    /// Null when there is none.
    Subscription* find(const char* event, const std::string& id);
    size_t count(const char* event) const;
    /// A notification of `subscription`.
    void notify(const Subscription& subscription, Json result);
    /// Does `job` after the current request is answered. False when too many wait.
    bool defer(std::function<void()> job);

private:
    void advance();
    Messages flush();
    void each(const std::function<void(Subscription&)>& visit);
    Json answer(Json& request);
    void answer_batch(Json& batch);
    Reply dispatch(const std::string& name, const Json& params);
    Reply run(const Method* method, const Json& params);
    void respond(Json response);

    Hub& hub_;
    const SessionId id_;
    const Access access_;
    ViewPtr view_;
    uint64_t ids_ = 0;
    std::map<std::string, std::unique_ptr<Subscription>> subscriptions_;
    std::deque<std::function<void()>> jobs_;
    Messages responses_, notifications_;
};

} // namespace rpc
