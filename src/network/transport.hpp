#pragma once

#include "libp2p/swarm.hpp"

#include <boost/asio/io_context.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace network {

/// Carries a Swarm's connections over tcp and WebSocket.
///
/// Thread   everything runs on the one thread that runs the io_context; swarm and transport are used from there only
/// Caller   keeps the swarm alive as long as the io_context runs
/// Owner    on_events is called after every batch of work: drain swarm.next_event() in it; commands given to the swarm
///          inside are sent on at once. Commands given at other times: call settle() afterwards.
/// Bounds   kReadBytes of input a connection beside what Swarm bounds; kCloseWait for the last bytes of a connection
class Transport
{
public:
    static constexpr size_t kReadBytes = 64 * 1024;
    static constexpr auto kCloseWait = std::chrono::seconds(2);

    Transport(boost::asio::io_context& context, libp2p::Swarm& swarm, std::function<void()> on_events);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Listens on {ip4, ip6}/tcp/PORT[/ws]; port 0 takes a free one. The address as it is, with the port.
    ///
    /// Errors  one line: what is wrong with the address, or what the system refused (port taken, no such interface)
    std::expected<libp2p::Multiaddr, std::string> listen(const libp2p::Multiaddr& address);

    /// Connects to {ip4, ip6, dns*}/tcp/PORT[/ws][/p2p/ID]. False when the address is of another kind or Swarm has no
    /// room; later failures are Swarm's DialFailed.
    bool dial(const libp2p::Multiaddr& address);

    /// Sends what the swarm wants sent, and calls on_events while there are events.
    void settle();

    /// Time for the swarm's commands: since the transport began. From any thread.
    libp2p::Time now() const;

    /// Stops listening, says go-away to all peers, closes. The io_context runs out of work within kCloseWait.
    void stop();

private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

} // namespace network
