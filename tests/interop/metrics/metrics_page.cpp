// Serves a page with one of each kind, and the process's own figures; prints its port; ends with its standard input.
#include "metrics/process.hpp"
#include "metrics/server.hpp"

#include <cstdio>

int main()
{
    metrics::Registry registry({{"chain", "zkp \"dev\"\\\n"}});
    auto& pages = registry.counter("pages_total", "Pages\nmade \\ shown");
    registry.counter("substrate_rpc_calls_started", "Calls", {{"protocol", "ws"}, {"method", "a\"}\n\\ b 1"}}).add(3);
    registry.gauge("substrate_block_height", "Height", {{"status", "best"}}).set(4294967295);
    registry.gauge("small", "").set(-1.5e-9);
    auto& times = registry.histogram("substrate_proposer_block_constructed", "Seconds");
    for (int i = 0; i != 100; ++i)
        times.observe(i * 0.01);
    metrics::Server server(
        [&] {
            pages.add();
            metrics::sample_process(registry);
            return registry.text();
        },
        {.port = 0});
    const auto port = server.start();
    if (!port)
    {
        std::fprintf(stderr, "%s\n", port.error().c_str());
        return 1;
    }
    std::printf("%u\n", unsigned(*port));
    std::fflush(stdout);
    while (std::getchar() != EOF)
        ;
}
