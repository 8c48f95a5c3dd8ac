#include "node/node.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace node {
namespace {

using namespace std::chrono_literals;

/// Real nodes over real sockets, in one process.
struct Network
{
    explicit Network(const std::vector<std::string>& names, uint64_t slot_ms = 500)
    {
        const auto engine = *executor::wasmtime_engine();
        const auto genesis =
            genesis_state(*engine, built_in_runtime(), "local_testnet",
                          R"({"babe": {"slotDuration": )" + std::to_string(slot_ms) + R"(, "epochLength": 10}})");
        EXPECT_TRUE(genesis) << genesis.error();
        spec.genesis = *genesis;
        for (const auto& name : names)
            add(name);
    }

    Node& add(const std::string& uri)
    {
        NodeOptions options;
        options.spec = spec;
        options.listen = {"/ip4/127.0.0.1/tcp/0"};
        options.rpc.reset();
        if (!uri.empty())
        {
            options.authority = true;
            options.authority_uris = {uri};
        }
        for (const auto& node : nodes)
            options.reserved.push_back(node->peers().addresses().front());
        options.log = [uri](host::LogLevel level, std::string_view target, std::string_view words) {
            if (level <= host::LogLevel::warn)
                std::fprintf(stderr, "%s %.*s: %.*s\n", uri.c_str(), int(target.size()), target.data(),
                             int(words.size()), words.data());
        };
        auto node = Node::start(std::move(options));
        EXPECT_TRUE(node) << node.error();
        nodes.push_back(std::move(*node));
        return *nodes.back();
    }

    template <class Done>
    bool wait(Done done, std::chrono::seconds most)
    {
        for (const auto end = std::chrono::steady_clock::now() + most; std::chrono::steady_clock::now() < end;)
        {
            if (done())
                return true;
            std::this_thread::sleep_for(20ms);
        }
        return done();
    }
    bool all_final(ledger::BlockNumber number)
    {
        return std::ranges::all_of(nodes,
                                   [&](const auto& node) { return node->ledger().finalised().number >= number; });
    }

    ChainSpec spec;
    std::vector<std::unique_ptr<Node>> nodes;
};

TEST(Validators, several_nodes_finalise_one_chain_across_epochs_and_a_late_one_catches_up)
{
    Network network({"//Alice", "//Bob", "//Charlie", "//Dave"});
    ASSERT_TRUE(network.wait([&] { return network.all_final(25); }, 60s));
    const auto& late = network.add("");
    ASSERT_TRUE(network.wait([&] { return late.ledger().finalised().number >= 30; }, 60s))
        << late.ledger().finalised().number << " of " << late.ledger().best().number;
    const auto height = late.ledger().finalised().number;
    ASSERT_TRUE(network.wait([&] { return network.all_final(height); }, 30s));
    for (ledger::BlockNumber number = 1; number <= height; ++number)
        for (const auto& node : network.nodes)
            ASSERT_EQ(node->ledger().hash_at(number), network.nodes[0]->ledger().hash_at(number)) << number;
    EXPECT_LE(network.nodes[0]->ledger().best().number, network.nodes[0]->ledger().finalised().number + 3);
}

} // namespace
} // namespace node
