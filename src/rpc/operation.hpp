#pragma once

#include "rpc/session.hpp"
#include "rpc/storage_walk.hpp"

namespace rpc {

/// Bytes of storage that an operation sends before it waits for chainHead_v1_continue.
inline constexpr size_t kContinueBytes = size_t{4} << 20;

/// Work on a block that chainHead_v1_body, _call or _storage began. Runs in steps; its events carry its id.
class Operation
{
public:
    enum class State : uint8_t
    {
        running,
        waiting, ///< for chainHead_v1_continue
        done,
    };

    /// `slots`: how many of the subscription's operations it counts for.
    Operation(const Hash& block, size_t slots) : block_(block), slots_(slots) {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation() = default;

    /// Events to send, without the operation's id; appended to `events`.
    virtual State step(Backend& backend, std::vector<Json>& events) = 0;

    const Hash& block() const { return block_; }
    size_t slots() const { return slots_; }

private:
    const Hash block_;
    const size_t slots_;
};

std::unique_ptr<Operation> body_operation(const Hash& block);
std::unique_ptr<Operation> call_operation(const Hash& block, std::string function, Bytes arguments);
/// Caller  queries is not empty
std::unique_ptr<Operation> storage_operation(const Hash& block, Backend::Child child,
                                             std::vector<StorageQuery> queries);

} // namespace rpc
