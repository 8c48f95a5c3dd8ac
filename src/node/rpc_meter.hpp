#pragma once

#include "metrics/registry.hpp"
#include "rpc/meter.hpp"

namespace node {

/// Tells Prometheus of JSON-RPC, under Substrate's names: substrate_rpc_calls_started, substrate_rpc_calls_finished,
/// substrate_rpc_calls_time (µs), substrate_rpc_sessions_opened, substrate_rpc_sessions_closed and
/// substrate_rpc_sessions_time (s).
///
/// Thread  any
/// Caller  keeps the registry alive
/// Source  polkadot-sdk: sc_rpc_server middleware/metrics.rs
class RpcMeter final : public rpc::Meter
{
public:
    explicit RpcMeter(metrics::Registry& registry);

    std::function<void(bool is_error)> call(std::string_view protocol, std::string_view method) override;
    std::shared_ptr<void> connection() override;

private:
    metrics::Registry& registry_;
    metrics::Counter& opened_;
    metrics::Counter& closed_;
    metrics::Histogram& seconds_;
};

} // namespace node
