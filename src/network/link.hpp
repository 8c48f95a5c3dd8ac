#pragma once

#include "libp2p/swarm.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

namespace network {

using Tcp = boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

/// The socket under one of the swarm's connections. Keeps itself alive while an operation is under way.
class Link : public std::enable_shared_from_this<Link>
{
public:
    /// What a link tells its transport. Links share it, for their last handlers may run after the transport went.
    struct Owner
    {
        libp2p::Swarm& swarm;
        std::function<void()> settle;
        std::function<void(libp2p::ConnectionId)> gone;
        std::function<libp2p::Time()> now;
    };

    Link(std::shared_ptr<Owner> owner, libp2p::ConnectionId id, const boost::asio::any_io_executor& executor)
        : owner_(std::move(owner)), id_(id), close_timer_(executor)
    {
    }
    virtual ~Link() = default;

    /// Once the transport below is ready for bytes.
    void ready();
    /// Looks at the swarm: writes, reads, or closes, as it wants.
    void attend();
    /// The transport below failed or ended.
    void fail();

protected:
    virtual void read_some(std::span<uint8_t> into, std::function<void(ErrorCode, size_t)> done) = 0;
    virtual void write(const libp2p::Bytes& bytes, std::function<void(ErrorCode)> done) = 0;
    virtual void shut() = 0;

    std::shared_ptr<Owner> owner_;
    libp2p::ConnectionId id_;

private:
    void start_read();
    void start_write(libp2p::Bytes bytes);
    void close();

    boost::asio::steady_timer close_timer_;
    bool ready_ = false, reading_ = false, writing_ = false, closing_ = false, closed_ = false;
    libp2p::Bytes input_, output_;
};

std::shared_ptr<Link> make_tcp_link(std::shared_ptr<Link::Owner> owner, libp2p::ConnectionId id, Tcp::socket socket);
/// An inbound WebSocket: the HTTP upgrade runs first.
std::shared_ptr<Link> accept_websocket_link(std::shared_ptr<Link::Owner> owner, libp2p::ConnectionId id,
                                            Tcp::socket socket);
/// An outbound one. `host` is the Host header's value.
std::shared_ptr<Link> dial_websocket_link(std::shared_ptr<Link::Owner> owner, libp2p::ConnectionId id,
                                          Tcp::socket socket, const std::string& host);

} // namespace network
