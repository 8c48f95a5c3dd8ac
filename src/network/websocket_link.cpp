#include "network/link.hpp"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>

namespace network {
namespace {

namespace websocket = boost::beast::websocket;

/// Bytes as binary WebSocket messages; where one ends means nothing.
class WebsocketLink final : public Link
{
public:
    WebsocketLink(std::shared_ptr<Owner> owner, libp2p::ConnectionId id, Tcp::socket tcp)
        : Link(std::move(owner), id, tcp.get_executor()), stream_(std::move(tcp))
    {
        stream_.binary(true);
        stream_.auto_fragment(false);
        stream_.read_message_max(0); // read piece by piece into a fixed buffer: a long message costs nothing
        // The swarm has its own clocks for a slow handshake and for silence.
        stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = websocket::stream_base::none(),
                                                           .idle_timeout = websocket::stream_base::none(),
                                                           .keep_alive_pings = false});
    }

    void accept()
    {
        stream_.async_accept([self = shared_from_this()](ErrorCode error) { error ? self->fail() : self->ready(); });
    }
    void dial(const std::string& host)
    {
        stream_.async_handshake(host, "/",
                                [self = shared_from_this()](ErrorCode error) { error ? self->fail() : self->ready(); });
    }

private:
    void read_some(std::span<uint8_t> into, std::function<void(ErrorCode, size_t)> done) override
    {
        stream_.async_read_some(boost::asio::buffer(into.data(), into.size()), std::move(done));
    }
    void write(const libp2p::Bytes& bytes, std::function<void(ErrorCode)> done) override
    {
        stream_.async_write(boost::asio::buffer(bytes),
                            [done = std::move(done)](ErrorCode error, size_t) { done(error); });
    }
    void shut() override
    {
        ErrorCode ignored; // the socket may be gone already
        auto& tcp = stream_.next_layer();
        tcp.shutdown(Tcp::socket::shutdown_both, ignored);
        tcp.close(ignored);
    }

    websocket::stream<Tcp::socket> stream_;
};

} // namespace

std::shared_ptr<Link> accept_websocket_link(std::shared_ptr<Link::Owner> owner, libp2p::ConnectionId id,
                                            Tcp::socket socket)
{
    auto link = std::make_shared<WebsocketLink>(std::move(owner), id, std::move(socket));
    link->accept();
    return link;
}

std::shared_ptr<Link> dial_websocket_link(std::shared_ptr<Link::Owner> owner, libp2p::ConnectionId id,
                                          Tcp::socket socket, const std::string& host)
{
    auto link = std::make_shared<WebsocketLink>(std::move(owner), id, std::move(socket));
    link->dial(host);
    return link;
}

} // namespace network
