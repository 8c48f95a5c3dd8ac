#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace rpc {

/// What Meter::call() is told of all methods that do not exist.
inline constexpr std::string_view kUnknownMethod = "unknown";

/// Who counts calls and connections, such as the node's metrics.
///
/// Thread  any, several at once
class Meter
{
public:
    Meter() = default;
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;
    virtual ~Meter() = default;

    /// A call begins, one of a batch too; what is returned is called at its end, once.
    ///
    /// protocol  "http" or "ws"
    /// method    of method_names(), or kUnknownMethod
    virtual std::function<void(bool is_error)> call(std::string_view protocol, std::string_view method) = 0;
    /// A WebSocket connection is open, until what is returned goes.
    virtual std::shared_ptr<void> connection() = 0;
};

} // namespace rpc
