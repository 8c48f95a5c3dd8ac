#include "node/rpc_meter.hpp"

#include "env/clock.hpp"

namespace node {
namespace {

/// Substrate's, for microseconds; it takes them for the seconds of connections as well.
const std::vector<double>& bounds()
{
    static const std::vector<double> kBounds{5,      25,     100,     500,       1'000,     2'500,
                                             10'000, 25'000, 100'000, 1'000'000, 2'500'000, 10'000'000};
    return kBounds;
}

} // namespace

RpcMeter::RpcMeter(metrics::Registry& registry)
    : registry_(registry),
      opened_(registry.counter("substrate_rpc_sessions_opened", "Number of persistent RPC sessions opened")),
      closed_(registry.counter("substrate_rpc_sessions_closed", "Number of persistent RPC sessions closed")),
      seconds_(registry.histogram("substrate_rpc_sessions_time", "Total time [s] for each websocket session",
                                  {{"protocol", "ws"}}, bounds()))
{
}

std::function<void(bool is_error)> RpcMeter::call(std::string_view protocol, std::string_view method)
{
    metrics::Labels labels{{"protocol", std::string(protocol)}, {"method", std::string(method)}};
    registry_
        .counter("substrate_rpc_calls_started", "Number of received RPC calls (unique un-batched requests)", labels)
        .add();
    return [this, labels = std::move(labels), begun = env::steady_us()](bool is_error) mutable {
        labels.emplace("is_rate_limited", "false"); // no call is
        registry_.histogram("substrate_rpc_calls_time", "Total time [μs] of processed RPC calls", labels, bounds())
            .observe(double(env::steady_us() - begun));
        labels.emplace("is_error", is_error ? "true" : "false");
        registry_
            .counter("substrate_rpc_calls_finished", "Number of processed RPC calls (unique un-batched requests)",
                     labels)
            .add();
    };
}

std::shared_ptr<void> RpcMeter::connection()
{
    opened_.add();
    return {&opened_, [this, begun = env::steady_ms()](void*) {
                closed_.add();
                seconds_.observe(double(env::steady_ms() - begun) / 1000);
            }};
}

} // namespace node
