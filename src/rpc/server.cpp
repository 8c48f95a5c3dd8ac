#include "rpc/server.hpp"

#include "rpc/http_client.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace rpc {
namespace {

namespace ip = boost::asio::ip;

constexpr int kBacklog = 128;
constexpr auto kAcceptPause = std::chrono::milliseconds(100); ///< after a connection that could not be taken

std::expected<Tcp::acceptor, std::string> listen(Core& core, const Tcp::endpoint& at)
{
    ErrorCode error;
    Tcp::acceptor acceptor{core.sockets};
    acceptor.open(at.protocol(), error);
    if (!error)
        acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error && at.protocol() == Tcp::v6())
        acceptor.set_option(ip::v6_only(true), error);
    if (!error)
        acceptor.bind(at, error);
    if (!error)
        acceptor.listen(kBacklog, error);
    if (error)
        return std::unexpected("cannot listen on " + at.address().to_string() + " port " + std::to_string(at.port()) +
                               ": " + error.message() + "; choose another with --rpc-port");
    return acceptor;
}

void accept(const std::shared_ptr<Core>& core, size_t which)
{
    core->acceptors[which].async_accept([core, which](ErrorCode error, Tcp::socket socket) {
        if (core->stopping)
            return;
        if (error) // such as no descriptor left: it comes again at once until one is given back
        {
            const auto pause = std::make_shared<boost::asio::steady_timer>(core->sockets, kAcceptPause);
            return pause->async_wait([core, which, pause](ErrorCode) {
                if (!core->stopping)
                    accept(core, which);
            });
        }
        if (auto slot = Core::take_slot(core))
        {
            ErrorCode ignored;
            socket.set_option(Tcp::no_delay(true), ignored);
            serve_http(std::move(slot), std::move(socket));
        }
        accept(core, which);
    });
}

} // namespace

Server::Server(Backend& backend, Options options) : core_(std::make_shared<Core>(backend, std::move(options))) {}

Server::~Server() { stop(); }

std::expected<uint16_t, std::string> Server::start()
{
    const auto& options = core_->options;
    const ip::address v4 = options.external ? ip::address_v4::any() : ip::address_v4::loopback();
    auto first = listen(*core_, {v4, options.port});
    if (!first)
        return std::unexpected(first.error());
    ErrorCode error;
    const auto port = first->local_endpoint(error).port();
    core_->acceptors.push_back(std::move(*first));
    // Where there is no IPv6, or another program has the port there, IPv4 alone is served.
    const ip::address v6 = options.external ? ip::address_v6::any() : ip::address_v6::loopback();
    if (auto second = listen(*core_, {v6, port}))
        core_->acceptors.push_back(std::move(*second));
    for (size_t i = 0; i != core_->acceptors.size(); ++i)
        accept(core_, i);
    core_->thread = std::thread{[core = core_.get()] { core->sockets.run(); }};
    return port;
}

void Server::notify(const Event& event)
{
    if (core_->stopping)
        return;
    std::vector<std::shared_ptr<Client>> clients;
    if (const auto* pool = std::get_if<PoolEvent>(&event))
    {
        const auto shared = std::make_shared<const PoolEvent>(*pool);
        for (const auto id : core_->hub.watchers(pool->transaction))
            if (auto client = core_->client(id))
            {
                client->pool_event(shared);
                clients.push_back(std::move(client));
            }
    }
    else
    {
        core_->hub.apply(event);
        clients = core_->clients();
        const auto* justified = std::get_if<Justified>(&event);
        const auto shared = justified ? std::make_shared<const Bytes>(justified->justification) : nullptr;
        for (const auto& client : clients)
            shared ? client->justified(shared) : client->chain_changed();
    }
    // A client that has gone meanwhile is taken apart on a worker: that calls the backend, which the node's thread may
    // hold locked.
    if (!clients.empty())
        boost::asio::post(core_->workers, [clients = std::move(clients)] {});
}

void Server::stop()
{
    if (!core_->thread.joinable())
        return;
    // From here on nothing is posted to the workers, so that they run dry; what they still post is run after them.
    boost::asio::post(core_->sockets, [core = core_] {
        core->stopping = true;
        ErrorCode ignored;
        for (auto& acceptor : core->acceptors)
            acceptor.close(ignored);
        for (const auto& client : core->clients())
            client->drop();
    });
    while (!core_->stopping)
        std::this_thread::yield();
    core_->workers.join();
    core_->guard.reset();
    core_->thread.join();
}

} // namespace rpc
