#pragma once

#include "rpc/hex.hpp"
#include "rpc/hub.hpp"
#include "rpc/session.hpp"
#include "rpc/testing/fake_backend.hpp"

namespace rpc::testing {

/// A session over a fake chain, asked in a line.
struct Client
{
    explicit Client(Session::Access access = {Session::Carrier::web_socket, true}) : session(hub, 1, access) {}

    /// Errors, or the result. Notifications are kept in `events`.
    Json ask(const std::string& method, Json params = Json::array())
    {
        const Json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}};
        auto messages = session.receive(request.dump());
        const auto response = Json::parse(messages.at(0));
        messages.erase(messages.begin());
        take(messages);
        return response.contains("error") ? response["error"] : response["result"];
    }

    void apply(const Event& event)
    {
        hub.apply(event);
        take(session.update());
    }
    void pool(const PoolEvent& event) { take(session.pool_event(event)); }
    void run()
    {
        while (session.has_work())
            take(session.work());
    }

    /// A block on `parent`, told to the session; the best one if `best`.
    Hash grow(const Hash& parent, bool best = true, uint8_t salt = 0)
    {
        const auto made = backend.make(parent, {}, {}, salt);
        apply(made.event);
        if (best)
            apply(backend.set_best(made.hash));
        return made.hash;
    }

    /// The notifications so far, their results alone.
    std::vector<Json> results()
    {
        std::vector<Json> all;
        for (const auto& event : events)
            all.push_back(event["params"]["result"]);
        events.clear();
        return all;
    }

    FakeBackend backend;
    Hub hub{backend};
    Session session;
    std::vector<Json> events;

private:
    void take(const Session::Messages& messages)
    {
        for (const auto& message : messages)
            events.push_back(Json::parse(message));
    }
};

} // namespace rpc::testing
