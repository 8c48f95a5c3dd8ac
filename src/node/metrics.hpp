#pragma once

#include "node/chain_spec.hpp"
#include "node/peers.hpp"

#include "metrics/registry.hpp"

namespace node {

/// What a node tells Prometheus, under Substrate's names, so that its dashboards and alerts fit.
///
/// Thread  any
/// Caller  keeps what it was given alive
/// Source  polkadot-sdk: sc_service metrics.rs, sc_network and sc_network_sync metrics, sc_basic_authorship,
///         sc_proposer_metrics, finality-grandpa
class Metrics
{
public:
    struct Sources
    {
        const ledger::Ledger& ledger;
        const Finality& finality;
        const Peers& peers;
        std::function<size_t()> ready_transactions; ///< of the pool; empty: none is told
    };

    /// `version`: of this program. The time of the call counts as the start of the process.
    Metrics(Sources sources, const ChainSpec& spec, bool authority, std::string_view version);

    /// A block was made here.
    void block_made(double seconds, size_t transactions);

    /// Asks all sources; the page for metrics::Server.
    std::string page();

    /// For who counts by himself, such as the RPC server.
    metrics::Registry& registry() { return registry_; }

private:
    void sample();

    Sources sources_;
    metrics::Registry registry_;
};

} // namespace node
