#include "metrics/server.hpp"

#include "metrics/registry.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <set>
#include <thread>
#include <vector>

namespace metrics {
namespace {

namespace ip = boost::asio::ip;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto kTime = std::chrono::seconds(10);
/// After accept() failed, for want of file descriptors most likely.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

} // namespace

struct Server::Parts : std::enable_shared_from_this<Parts>
{
    class Client;
    struct Listener
    {
        Tcp::acceptor acceptor;
        boost::asio::steady_timer pause;
    };

    Parts(std::function<std::string()> make_page, ServerOptions chosen) : page(std::move(make_page)), options(chosen) {}

    std::expected<Tcp::acceptor, std::string> listen(const Tcp::endpoint& at);
    void accept(const std::shared_ptr<Listener>& listener);
    void close();

    std::function<std::string()> page;
    ServerOptions options;
    boost::asio::io_context context;
    std::vector<std::shared_ptr<Listener>> listeners;
    std::set<std::shared_ptr<Client>> clients;
    bool stopping = false; ///< of the thread of `context`
    std::thread thread;
};

class Server::Parts::Client : public std::enable_shared_from_this<Client>
{
public:
    Client(Parts& parts, Tcp::socket socket) : parts_(parts), stream_(std::move(socket)) {}

    void read()
    {
        parser_.header_limit(kRequestMax);
        parser_.body_limit(kRequestMax);
        stream_.expires_after(kTime); // from here to the end: a slow sender gains nothing by sending on
        http::async_read(stream_, buffer_, parser_,
                         [self = shared_from_this()](ErrorCode error, size_t) { self->on_read(error); });
    }

    void close() { stream_.close(); }

private:
    void on_read(ErrorCode error)
    {
        if (parts_.stopping || error == beast::error::timeout || error == http::error::end_of_stream)
            return finish();
        if (error)
            return answer(http::status::bad_request, "This is no HTTP request that is served here.\n");
        const auto& request = parser_.get();
        const auto target = request.target().substr(0, request.target().find('?'));
        if (request.method() != http::verb::get)
            return answer(http::status::method_not_allowed, "Use GET.\n");
        if (target != "/metrics")
            return answer(http::status::not_found, "See /metrics.\n");
        response_.set(http::field::content_type,
                      beast::string_view(Registry::kContentType.data(), Registry::kContentType.size()));
        answer(http::status::ok, parts_.page());
    }

    void answer(http::status status, std::string body)
    {
        response_.result(status);
        response_.version(11);
        response_.keep_alive(false);
        if (status == http::status::method_not_allowed)
            response_.set(http::field::allow, "GET");
        response_.body() = std::move(body);
        response_.prepare_payload();
        http::async_write(stream_, response_, [self = shared_from_this()](ErrorCode, size_t) { self->finish(); });
    }

    void finish()
    {
        close();
        parts_.clients.erase(shared_from_this());
    }

    Parts& parts_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{kRequestMax * 2};
    http::request_parser<http::string_body> parser_;
    http::response<http::string_body> response_;
};

std::expected<Tcp::acceptor, std::string> Server::Parts::listen(const Tcp::endpoint& at)
{
    ErrorCode error;
    Tcp::acceptor acceptor{context};
    acceptor.open(at.protocol(), error);
    if (!error)
        acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error && at.protocol() == Tcp::v6())
        acceptor.set_option(ip::v6_only(true), error);
    if (!error)
        acceptor.bind(at, error);
    if (!error)
        acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
        return std::unexpected("cannot listen on " + at.address().to_string() + " port " + std::to_string(at.port()) +
                               ": " + error.message() + "; choose another with --prometheus-port");
    return acceptor;
}

void Server::Parts::accept(const std::shared_ptr<Listener>& listener)
{
    listener->acceptor.async_accept([this, listener](ErrorCode error, Tcp::socket socket) {
        if (stopping)
            return;
        if (error)
        {
            listener->pause.expires_after(kAcceptPause);
            listener->pause.async_wait([this, listener](ErrorCode) {
                if (!stopping)
                    accept(listener);
            });
            return;
        }
        if (clients.size() < kConnectionsMax)
        {
            const auto client = std::make_shared<Client>(*this, std::move(socket));
            clients.insert(client);
            client->read();
        }
        accept(listener);
    });
}

void Server::Parts::close()
{
    stopping = true;
    ErrorCode ignored; // an acceptor that cannot be closed is closed with its process
    for (const auto& listener : listeners)
    {
        listener->acceptor.close(ignored);
        listener->pause.cancel();
    }
    for (const auto& client : clients)
        client->close();
}

Server::Server(std::function<std::string()> page, ServerOptions options)
    : parts_(std::make_shared<Parts>(std::move(page), options))
{
}

Server::~Server() { stop(); }

std::expected<uint16_t, std::string> Server::start()
{
    auto& parts = *parts_;
    const bool external = parts.options.external;
    auto first =
        parts.listen({external ? ip::address(ip::address_v4::any()) : ip::address_v4::loopback(), parts.options.port});
    if (!first)
        return std::unexpected(first.error());
    ErrorCode error;
    const auto port = first->local_endpoint(error).port();
    std::vector<Tcp::acceptor> acceptors;
    acceptors.push_back(std::move(*first));
    // Where there is no IPv6, or another program has the port there, IPv4 alone is served.
    if (auto second = parts.listen({external ? ip::address(ip::address_v6::any()) : ip::address_v6::loopback(), port}))
        acceptors.push_back(std::move(*second));
    for (auto& acceptor : acceptors)
    {
        parts.listeners.push_back(std::make_shared<Parts::Listener>(
            Parts::Listener{std::move(acceptor), boost::asio::steady_timer(parts.context)}));
        parts.accept(parts.listeners.back());
    }
    parts.thread = std::thread([held = parts_.get()] { held->context.run(); });
    return port;
}

void Server::stop()
{
    if (!parts_->thread.joinable())
        return;
    boost::asio::post(parts_->context, [parts = parts_.get()] { parts->close(); });
    parts_->thread.join();
}

} // namespace metrics
