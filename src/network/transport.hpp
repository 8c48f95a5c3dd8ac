#pragma once

#include "libp2p/carrier.hpp"

#include <boost/asio/io_context.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace network {

/// Carries a Swarm's connections over sockets: tcp and WebSocket.
///
/// Thread   everything runs on the one thread that runs the io_context; swarm and transport are used from there only
/// Caller   keeps the swarm alive as long as the io_context runs
/// Bounds   kReadBytes of input a connection beside what Swarm bounds; kCloseWait for the last bytes of a connection
class Transport final : public libp2p::Carrier
{
public:
    static constexpr size_t kReadBytes = 64 * 1024;
    static constexpr auto kCloseWait = std::chrono::seconds(2);

    Transport(boost::asio::io_context& context, libp2p::Swarm& swarm, std::function<void()> on_events);
    ~Transport() override;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    std::expected<libp2p::Multiaddr, std::string> listen(const libp2p::Multiaddr& address) override;
    bool dial(const libp2p::Multiaddr& address) override;
    void settle() override;
    /// All links are closed within kCloseWait.
    void stop() override;
    bool closed() const override;

    /// Time for the swarm's commands: of the steady clock, as AsioLoop has it. From any thread.
    static libp2p::Time now();

private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

} // namespace network
