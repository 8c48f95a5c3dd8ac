#include "rpc/hub.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace rpc {
namespace {

/// The chain spec was read before; properties that are no object are shown as none.
Json object_of(const std::string& text)
{
    auto parsed = parse(text);
    return parsed && parsed->is_object() ? std::move(*parsed) : Json::object();
}

} // namespace

Hub::Hub(Backend& backend, Meter* meter)
    : backend_(backend), meter_(meter), identity_(backend.identity()), properties_(object_of(identity_.properties)),
      heads_(backend.head()), view_(heads_.view())
{
}

ViewPtr Hub::view() const
{
    const std::scoped_lock lock{mutex_};
    return view_;
}

void Hub::apply(const Event& event)
{
    const std::scoped_lock lock{mutex_};
    std::visit(
        [&](const auto& change) {
            if constexpr (requires { heads_.apply(change); })
            {
                heads_.apply(change);
                view_ = heads_.view();
            }
        },
        event);
}

void Hub::watch(const Hash& transaction, SessionId session)
{
    const std::scoped_lock lock{mutex_};
    watchers_[transaction].insert(session);
}

void Hub::unwatch(const Hash& transaction, SessionId session)
{
    const std::scoped_lock lock{mutex_};
    const auto found = watchers_.find(transaction);
    base::invariant(found != watchers_.end() && found->second.contains(session));
    found->second.erase(found->second.find(session));
    if (found->second.empty())
        watchers_.erase(found);
}

std::vector<SessionId> Hub::watchers(const Hash& transaction) const
{
    const std::scoped_lock lock{mutex_};
    const auto found = watchers_.find(transaction);
    std::vector<SessionId> sessions;
    if (found != watchers_.end())
        std::ranges::unique_copy(found->second, std::back_inserter(sessions));
    return sessions;
}

} // namespace rpc
