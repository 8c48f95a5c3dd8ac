#pragma once

#include "libp2p/swarm.hpp"

#include <expected>
#include <string>

namespace libp2p {

/// Carries the bytes of a swarm's connections: over sockets, or through a simulated network.
///
/// Owner  is called back after every batch of work and drains Swarm::next_event(); commands given to the swarm inside
/// are
///        sent on at once. Commands given at other times: call settle() afterwards.
class Carrier
{
public:
    virtual ~Carrier() = default;

    /// Listens on {ip4, ip6}/tcp/PORT[/ws]; port 0 takes a free one. The address as it is, with the port.
    ///
    /// Errors  one line: what is wrong with the address, or what the system refused (port taken, no such interface)
    virtual std::expected<Multiaddr, std::string> listen(const Multiaddr& address) = 0;

    /// Connects to {ip4, ip6, dns*}/tcp/PORT[/ws][/p2p/ID]. False when the address is of another kind or Swarm has no
    /// room; later failures are Swarm's DialFailed.
    virtual bool dial(const Multiaddr& address) = 0;

    /// Sends what the swarm wants sent, and calls the owner back while there are events.
    virtual void settle() = 0;

    /// Stops listening, says go-away to all peers, closes.
    virtual void stop() = 0;
    /// After stop(): whether all that was to be sent is sent, or given up.
    virtual bool closed() const = 0;
};

} // namespace libp2p
