#include "rpc/server.hpp"
#include "rpc/testing/fake_backend.hpp"
#include "rpc/watch.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <unistd.h>

/// A node without consensus for the clients of tests/interop/rpc: a block every 100 ms, now and then a fork, finality
/// two blocks behind. Prints its port; ends when standard input does.
namespace {

using namespace rpc;
using testing::FakeBackend;
using What = PoolEvent::What;

constexpr int kBlockMs = 100;
constexpr uint32_t kForkEvery = 4;

bool input_ended()
{
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    char byte = 0;
    return poll(&input, 1, kBlockMs) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

class FakeNode
{
public:
    FakeNode(FakeBackend& backend, Server& server) : backend_(backend), server_(server), chain_{backend.genesis()} {}

    void step()
    {
        const auto number = uint32_t(chain_.size());
        auto body = backend_.take_pool();
        const auto made = backend_.make(chain_.back(), body, {{Bytes{'n'}, scale::encode(number)}});
        server_.notify(made.event);
        if (number % kForkEvery == 0)
            server_.notify(backend_.make(chain_.back(), {}, {}, 1).event);
        server_.notify(backend_.set_best(made.hash));
        chain_.push_back(made.hash);
        for (uint32_t i = 0; i != body.size(); ++i)
        {
            const auto hash = transaction_hash(body[i]);
            tell(hash, What::ready, {}, 0);
            tell(hash, What::in_block, made.hash, i);
            included_.push_back({hash, number, i});
        }
        if (chain_.size() > 3)
            finalize(number - 2);
    }

private:
    struct Included
    {
        Hash transaction{};
        uint32_t number = 0, index = 0;
    };

    void finalize(uint32_t number)
    {
        server_.notify(backend_.finalize(chain_[number]));
        server_.notify(Justified{Bytes{uint8_t(number)}});
        std::erase_if(included_, [&](const Included& entry) {
            if (entry.number != number)
                return false;
            tell(entry.transaction, What::finalized, chain_[number], entry.index);
            return true;
        });
    }

    void tell(const Hash& transaction, What what, const Hash& block, uint32_t index)
    {
        server_.notify(
            PoolEvent{.transaction = transaction, .what = what, .block = block, .index = index, .peers = {}});
    }

    FakeBackend& backend_;
    Server& server_;
    std::vector<Hash> chain_;
    std::vector<Included> included_;
};

} // namespace

int main()
{
    FakeBackend backend;
    Server server{backend, {.port = 0}};
    const auto port = server.start();
    if (!port)
    {
        std::cerr << port.error() << '\n';
        return EXIT_FAILURE;
    }
    std::cout << *port << std::endl;
    FakeNode node{backend, server};
    while (!input_ended())
        node.step();
    return EXIT_SUCCESS;
}
