#include "rpc/session.hpp"

#include "rpc/method.hpp"

namespace rpc {
namespace {

Json response_of(Json id, Reply reply)
{
    Json response{{"jsonrpc", "2.0"}, {"id", std::move(id)}};
    if (reply)
        response["result"] = std::move(*reply);
    else
        response["error"] = present(reply.error());
    return response;
}

Json failure(int code, std::string message, Json data = nullptr)
{
    return response_of(nullptr, refuse(code, std::move(message), std::move(data)));
}

std::string limit(size_t max) { return "Exceeded max limit of " + std::to_string(max); }

bool is_id(const Json& id) { return id.is_null() || id.is_string() || id.is_number(); }

} // namespace

Session::Session(Hub& hub, SessionId id, Access access) : hub_(hub), id_(id), access_(access), view_(hub.view()) {}

Session::~Session()
{
    for (const auto& [id, subscription] : subscriptions_)
        subscription->stop(*this);
}

Session::Messages Session::receive(std::string_view text)
{
    advance();
    auto request = parse(text);
    if (!request)
        respond(request.error() == JsonFault::malformed ? failure(code::kParse, "Parse error")
                : request.error() == JsonFault::too_deep
                    ? failure(code::kInvalidRequest, "Invalid request", "nested too deep")
                    : failure(code::kOversizedRequest, "Request is too big", "it has too many values"));
    else if (request->is_array())
        answer_batch(*request);
    else if (auto response = answer(*request); !response.is_null())
        respond(std::move(response));
    return flush();
}

void Session::respond(Json response)
{
    auto text = print(response);
    if (text.size() > kMessageMax)
        text = print(response_of(response.is_object() ? response["id"] : Json(),
                                 refuse(code::kOversizedResponse, "Response is too big", limit(kMessageMax))));
    responses_.push_back(std::move(text));
}

void Session::answer_batch(Json& batch)
{
    if (batch.empty())
        return respond(failure(code::kInvalidRequest, "Invalid request"));
    if (batch.size() > kBatchMax)
        return respond(failure(code::kOversizedBatch, "The batch request was too large", limit(kBatchMax)));
    // Put together as text: the answers' sum is bounded while it grows, not after.
    std::string text = "[";
    for (auto& request : batch)
    {
        const auto response = answer(request);
        if (response.is_null())
            continue;
        if (text.size() > 1)
            text += ',';
        text += print(response);
        if (text.size() > kMessageMax)
            return respond(
                failure(code::kOversizedBatchResponse, "The batch response was too large", limit(kMessageMax)));
    }
    if (text.size() > 1)
        responses_.push_back(text + ']');
}

/// Null when no answer is due.
Json Session::answer(Json& request)
{
    const auto invalid = [](Json id) {
        return response_of(std::move(id), refuse(code::kInvalidRequest, "Invalid request"));
    };
    if (!request.is_object())
        return invalid(nullptr);
    const bool answered = request.contains("id");
    auto id = answered ? std::move(request["id"]) : Json();
    if (!is_id(id))
        return invalid(nullptr);
    const auto version = request.find("jsonrpc"), method = request.find("method");
    if (version == request.end() || *version != "2.0" || method == request.end() || !method->is_string())
        return invalid(std::move(id));
    if (!answered)
        return nullptr; // a notification; no method here is one
    static const Json none = Json::array();
    const auto params = request.find("params");
    const bool left_out = params == request.end() || params->is_null();
    if (!left_out && !params->is_structured())
        return response_of(std::move(id), invalid_params("params must be a list or an object"));
    return response_of(std::move(id), dispatch(method->get_ref<const std::string&>(), left_out ? none : *params));
}

Reply Session::dispatch(const std::string& name, const Json& params)
{
    const auto* const method = find_method(name);
    auto* const meter = hub_.meter();
    if (!meter)
        return run(method, params);
    const auto finished =
        meter->call(access_.carrier == Carrier::http ? "http" : "ws", method ? method->name : kUnknownMethod);
    auto reply = run(method, params);
    finished(!reply);
    return reply;
}

Reply Session::run(const Method* method, const Json& params)
{
    if (!method)
        return refuse(code::kMethodNotFound, "Method not found");
    if (method->needs == Method::Needs::trust && !access_.unsafe)
        return refuse(code::kMethodNotFound, "RPC call is unsafe to be called externally");
    if (method->needs == Method::Needs::socket && access_.carrier == Carrier::http)
        return refuse(code::kMethodNotFound, "Subscriptions need a WebSocket connection");
    Params reader{params};
    return method->run(*this, reader);
}

Session::Messages Session::flush()
{
    Messages messages = std::move(responses_);
    messages.insert(messages.end(), std::make_move_iterator(notifications_.begin()),
                    std::make_move_iterator(notifications_.end()));
    responses_.clear();
    notifications_.clear();
    return messages;
}

void Session::each(const std::function<void(Subscription&)>& visit)
{
    for (auto at = subscriptions_.begin(); at != subscriptions_.end();)
    {
        visit(*at->second);
        if (!at->second->done())
        {
            ++at;
            continue;
        }
        at->second->stop(*this);
        at = subscriptions_.erase(at);
    }
}

void Session::advance()
{
    auto view = hub_.view();
    if (view->sequence <= view_->sequence)
        return;
    view_ = std::move(view);
    each([&](Subscription& subscription) { subscription.on_view(*this, *view_); });
}

Session::Messages Session::update()
{
    advance();
    return flush();
}

Session::Messages Session::pool_event(const PoolEvent& event)
{
    each([&](Subscription& subscription) { subscription.on_pool(*this, event); });
    return flush();
}

Session::Messages Session::justified(const Bytes& justification)
{
    each([&](Subscription& subscription) { subscription.on_justified(*this, justification); });
    return flush();
}

Session::Messages Session::work()
{
    if (has_work())
    {
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        job();
        each([](Subscription&) {});
    }
    return flush();
}

std::string Session::new_id() { return std::to_string(id_) + "-" + std::to_string(++ids_); }

Reply Session::open(std::unique_ptr<Subscription> subscription)
{
    if (subscriptions_.size() == kSubscriptionsMax)
        return refuse(code::kTooManySubscriptions, "Too many subscriptions on the connection",
                      limit(kSubscriptionsMax));
    subscription->id_ = new_id();
    auto id = subscription->id_;
    const auto waiting = notifications_.size();
    auto& started = *subscriptions_.emplace(id, std::move(subscription)).first->second;
    const auto result = started.start(*this);
    if (result && !started.done())
        return id;
    started.stop(*this);
    subscriptions_.erase(id);
    if (result)
        return id;
    notifications_.resize(waiting);
    return std::unexpected(result.error());
}

bool Session::close(const char* event, const std::string& id)
{
    auto* const subscription = find(event, id);
    if (!subscription)
        return false;
    subscription->stop(*this);
    subscriptions_.erase(id);
    return true;
}

Subscription* Session::find(const char* event, const std::string& id)
{
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end() || std::string_view{found->second->event()} != event)
        return nullptr;
    return found->second.get();
}

size_t Session::count(const char* event) const
{
    size_t number = 0;
    for (const auto& [id, subscription] : subscriptions_)
        number += std::string_view{subscription->event()} == event;
    return number;
}

void Session::notify(const Subscription& subscription, Json result)
{
    notifications_.push_back(
        print(Json{{"jsonrpc", "2.0"},
                   {"method", subscription.event()},
                   {"params", {{"subscription", subscription.id()}, {"result", std::move(result)}}}}));
}

bool Session::defer(std::function<void()> job)
{
    if (jobs_.size() == kJobsMax)
        return false;
    jobs_.push_back(std::move(job));
    return true;
}

} // namespace rpc
