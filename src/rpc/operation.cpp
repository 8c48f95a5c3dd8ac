#include "rpc/operation.hpp"

#include "rpc/hex.hpp"
#include "rpc/present.hpp"

namespace rpc {
namespace {

/// A failure that may pass is told apart from one that will not.
Json event_of(const Failure& failure)
{
    if (failure.why == Failure::Why::runtime)
        return Json{{"event", "operationError"}, {"error", failure.text}};
    return Json{{"event", "operationInaccessible"}};
}

class BodyOperation final : public Operation
{
public:
    explicit BodyOperation(const Hash& block) : Operation(block, 1) {}
    State step(Backend& backend, std::vector<Json>& events) override
    {
        const auto body = backend.body(block());
        if (!body)
        {
            events.push_back(Json{{"event", "operationInaccessible"}});
            return State::done;
        }
        auto value = Json::array();
        for (const auto& extrinsic : *body)
            value.push_back(hex(with_length(extrinsic)));
        events.push_back(Json{{"event", "operationBodyDone"}, {"value", std::move(value)}});
        return State::done;
    }
};

class CallOperation final : public Operation
{
public:
    CallOperation(const Hash& block, std::string function, Bytes arguments)
        : Operation(block, 1), function_(std::move(function)), arguments_(std::move(arguments))
    {
    }
    State step(Backend& backend, std::vector<Json>& events) override
    {
        const auto result = backend.call(block(), function_, arguments_);
        events.push_back(result ? Json{{"event", "operationCallDone"}, {"output", hex(*result)}}
                                : event_of(result.error()));
        return State::done;
    }

private:
    const std::string function_;
    const Bytes arguments_;
};

class StorageOperation final : public Operation
{
public:
    StorageOperation(const Hash& block, Backend::Child child, std::vector<StorageQuery> queries)
        : Operation(block, queries.size()), walk_(block, std::move(child), std::move(queries))
    {
    }
    State step(Backend& backend, std::vector<Json>& events) override
    {
        auto items = walk_.step(backend);
        if (!items)
        {
            events.push_back(event_of(items.error()));
            return State::done;
        }
        if (!items->empty())
            events.push_back(Json{{"event", "operationStorageItems"}, {"items", std::move(*items)}});
        if (walk_.done())
        {
            events.push_back(Json{{"event", "operationStorageDone"}});
            return State::done;
        }
        if (walk_.bytes() - continued_at_ < kContinueBytes)
            return State::running;
        continued_at_ = walk_.bytes();
        events.push_back(Json{{"event", "operationWaitingForContinue"}});
        return State::waiting;
    }

private:
    StorageWalk walk_;
    size_t continued_at_ = 0;
};

} // namespace

std::unique_ptr<Operation> body_operation(const Hash& block) { return std::make_unique<BodyOperation>(block); }

std::unique_ptr<Operation> call_operation(const Hash& block, std::string function, Bytes arguments)
{
    return std::make_unique<CallOperation>(block, std::move(function), std::move(arguments));
}

std::unique_ptr<Operation> storage_operation(const Hash& block, Backend::Child child, std::vector<StorageQuery> queries)
{
    return std::make_unique<StorageOperation>(block, std::move(child), std::move(queries));
}

} // namespace rpc
