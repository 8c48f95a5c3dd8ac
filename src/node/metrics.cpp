#include "node/metrics.hpp"

#include "env/clock.hpp"
#include "metrics/process.hpp"

#include <cmath>

namespace node {

Metrics::Metrics(Sources sources, const ChainSpec& spec, bool authority, std::string_view version)
    : sources_(std::move(sources)), registry_({{"chain", spec.id}})
{
    registry_
        .gauge("substrate_build_info", "A metric with a constant '1' value labeled by name, version",
               {{"name", "zkp"}, {"version", std::string(version)}})
        .set(1);
    registry_.gauge("substrate_node_roles", "The roles the node is running as")
        .set(double(authority ? protocols::Role::authority : protocols::Role::full));
    registry_
        .gauge("substrate_process_start_time_seconds",
               "Number of seconds between the UNIX epoch and the moment the process started")
        .set(std::floor(double(env::unix_ms()) / 1000));
}

void Metrics::block_made(double seconds, size_t transactions)
{
    registry_.histogram("substrate_proposer_block_constructed", "Histogram of time taken to construct new block")
        .observe(seconds);
    registry_.gauge("substrate_proposer_number_of_transactions", "Number of transactions included in block")
        .set(double(transactions));
}

void Metrics::sample()
{
    const auto show = [&](std::string_view name, std::string_view help, double value,
                          const metrics::Labels& labels = {}) { registry_.gauge(name, help, labels).set(value); };
    const auto best = sources_.ledger.best().number;
    auto target = best;
    const auto peers = sources_.peers.list();
    for (const auto& peer : peers)
        target = std::max(target, peer.best.number);
    for (const auto& [status, number] :
         {std::pair("best", best), std::pair("finalized", sources_.ledger.finalised().number),
          std::pair("sync_target", target)})
        show("substrate_block_height", "Block height info of the chain", number, {{"status", status}});
    show("substrate_number_leaves", "Number of known chain leaves (aka forks)",
         double(sources_.ledger.leaves().size()));
    if (sources_.ready_transactions)
        show("substrate_ready_transactions_number", "Number of transactions in the ready queue",
             double(sources_.ready_transactions()));
    show("substrate_finality_grandpa_round", "Highest completed GRANDPA round.", double(sources_.finality.round()));

    show("substrate_sub_libp2p_peers_count", "Number of connected peers", double(peers.size()));
    // Substrate's bound between following the chain and catching up with it.
    constexpr uint32_t kMajorSyncBlocks = 5;
    show("substrate_sub_libp2p_is_major_syncing", "Whether the node is performing a major sync or not.",
         target > best + kMajorSyncBlocks ? 1 : 0);
    const auto use = sources_.peers.use();
    const auto bytes = [&](const char* direction, uint64_t count) {
        registry_
            .counter("substrate_sub_libp2p_network_bytes_total", "Total bandwidth usage", {{"direction", direction}})
            .raise_to(double(count));
    };
    bytes("in", use.bytes_in);
    bytes("out", use.bytes_out);
    show("zkp_network_connections", "Connections, those in their handshake among them", double(use.connections));
    show("zkp_network_buffered_bytes", "Bytes held for all peers", double(use.buffered));
    show("zkp_network_requests_waiting", "Requests of peers that wait for a worker", double(use.requests_waiting));
}

std::string Metrics::page()
{
    sample();
    metrics::sample_process(registry_);
    return registry_.text();
}

} // namespace node
