// A node for the tests of other implementations: says where it listens, echoes requests and notifications, prints what
// it learns of its peers, and stops when its standard input ends.
#include "env/entropy.hpp"
#include "network/transport.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
namespace happening = libp2p::swarm_event;

class EchoNode
{
public:
    explicit EchoNode(boost::asio::io_context& io)
        : identity_(entropy_), swarm_(identity_, entropy_, {.agent_version = "zkp-interop/1"}, {}, waits()),
          gossip_(swarm_.add({.name = "/test/gossip/1", .kind = libp2p::ProtocolKind::notifications})),
          echo_(swarm_.add({.name = "/test/echo/1",
                            .kind = libp2p::ProtocolKind::requests,
                            .message_max = 16 * 1024 * 1024,
                            .inbound_max = 200})),
          transport_(io, swarm_, [this] { drain(); })
    {
        swarm_.set_handshake(gossip_, {'z', 'k', 'p'});
    }

    bool listen(const char* kind)
    {
        const auto address = transport_.listen(*libp2p::address_of_text(std::string("/ip4/127.0.0.1/tcp/0") + kind));
        if (!address)
            return false;
        std::printf("listening %s/p2p/%s\n", address->text().c_str(), swarm_.peer_id().text().c_str());
        return true;
    }
    void dial(const char* address)
    {
        const auto parsed = libp2p::address_of_text(address);
        std::printf("dialling %d\n", parsed && transport_.dial(*parsed));
    }
    void stop() { transport_.stop(); }

private:
    /// Pings often, so that a short test sees many.
    static libp2p::Waits waits() { return {.ping_every = 100ms}; }

    void drain()
    {
        while (auto next = swarm_.next_event())
            std::visit([this](auto& what) { on(what); }, *next);
        std::fflush(stdout);
    }
    void on(happening::Connected& what) { std::printf("connected %s\n", what.peer.text().c_str()); }
    void on(happening::Disconnected& what) { std::printf("disconnected %d\n", int(what.why)); }
    void on(happening::DialFailed& what) { std::printf("dial failed %d\n", int(what.why)); }
    void on(happening::Identified& what)
    {
        std::printf("identified %s\n", what.info.agent_version.c_str());
        // Peers that speak the echo protocol are asked, so that both sides open streams.
        if (std::ranges::find(what.info.protocols, "/test/echo/1") != what.info.protocols.end())
            swarm_.request(what.peer, echo_, libp2p::Bytes(5000000, 'e'), transport_.now());
    }
    void on(happening::NotificationsWanted& what) { swarm_.accept(what.peer, what.protocol, transport_.now()); }
    void on(happening::NotificationsOpen& what)
    {
        std::printf("gossip open %.*s\n", int(what.handshake.size()),
                    reinterpret_cast<const char*>(what.handshake.data()));
    }
    void on(happening::NotificationsClosed&) { std::printf("gossip closed\n"); }
    void on(happening::Notification& what) { swarm_.notify(what.peer, what.protocol, what.message); }
    void on(happening::Request& what) { swarm_.answer(what.id, what.message, transport_.now()); }
    void on(happening::Response& what)
    {
        std::printf("response %zd\n", what.result ? ptrdiff_t(what.result->size()) : -1 - int(what.result.error()));
    }

    env::OsEntropy entropy_;
    libp2p::Identity identity_;
    libp2p::Swarm swarm_;
    libp2p::ProtocolId gossip_, echo_;
    network::Transport transport_;
};

} // namespace

int main(int argc, char** argv)
{
    boost::asio::io_context io;
    EchoNode node(io);
    if (!node.listen("") || !node.listen("/ws"))
        return 1;
    for (int i = 1; i < argc; ++i)
        node.dial(argv[i]);
    std::fflush(stdout);

    boost::asio::posix::stream_descriptor input(io, ::dup(STDIN_FILENO));
    char byte = 0;
    input.async_read_some(boost::asio::buffer(&byte, 1), [&](boost::system::error_code, size_t) { node.stop(); });
    io.run();
    std::printf("stopped\n");
    return 0;
}
