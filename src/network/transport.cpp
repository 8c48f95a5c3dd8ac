#include "network/transport.hpp"

#include "network/link.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <map>

namespace network {
namespace {

using libp2p::Multiaddr;

/// After accept() failed, for want of file descriptors most likely.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

Multiaddr address_of(const Tcp::endpoint& end, bool websocket)
{
    Multiaddr address;
    if (end.address().is_v4())
        address = libp2p::address_of_socket(end.address().to_v4().to_bytes(), end.port());
    else
        address = libp2p::address_of_socket(end.address().to_v6().to_bytes(), end.port());
    if (websocket)
        address.parts.push_back({libp2p::AddressCode::ws, {}});
    return address;
}

} // namespace

/// Shared by all handlers, so that none outlives what it uses.
struct Transport::Parts : std::enable_shared_from_this<Parts>
{
    struct Listener
    {
        Tcp::acceptor acceptor;
        boost::asio::steady_timer pause;
        bool websocket;
    };

    Parts(boost::asio::io_context& io, libp2p::Swarm& machine, std::function<void()> events)
        : context(io), swarm(machine), on_events(std::move(events)), timer(io), resolver(io),
          owner{.swarm = swarm,
                .settle = [this] { settle(); },
                .gone = [this](libp2p::ConnectionId id) { links.erase(id); },
                .now = [] { return now(); }}
    {
    }

    std::shared_ptr<Link::Owner> shared_owner() { return {shared_from_this(), &owner}; }

    void settle();
    void end_dial(libp2p::ConnectionId id);
    void arm_timer();
    void accept(Listener& listener);
    void add(std::shared_ptr<Link> link, libp2p::ConnectionId id);
    void connect(const libp2p::Endpoint& endpoint, libp2p::ConnectionId id, const Tcp::resolver::results_type& found);

    boost::asio::io_context& context;
    libp2p::Swarm& swarm;
    std::function<void()> on_events;
    boost::asio::steady_timer timer;
    Tcp::resolver resolver;
    Link::Owner owner;
    std::map<libp2p::ConnectionId, std::shared_ptr<Link>> links;
    std::map<libp2p::ConnectionId, std::shared_ptr<Tcp::socket>> dials; ///< not connected yet; null: the name's turn
    std::vector<std::unique_ptr<Listener>> listeners;
    std::vector<Multiaddr> addresses;
    bool settling = false, stopped = false;
};

void Transport::Parts::settle()
{
    if (settling) // called from within: the loop below goes on
        return;
    settling = true;
    do
    {
        while (const auto id = swarm.next_touched())
        {
            const auto found = links.find(*id);
            if (found != links.end())
                std::shared_ptr(found->second)->attend();
            else if (swarm.over(*id))
                end_dial(*id);
        }
        if (!stopped)
            on_events();
    } while (swarm.has_touched());
    settling = false;
    arm_timer();
}

/// Of a dial that took too long, or that nobody wants any more: the system would go on for minutes.
void Transport::Parts::end_dial(libp2p::ConnectionId id)
{
    const auto dial = dials.extract(id);
    if (!dial)
        return;
    ErrorCode ignored; // it is given up in any case
    if (dial.mapped())
        dial.mapped()->close(ignored);
    swarm.drop(id);
}

void Transport::Parts::arm_timer()
{
    const auto due = swarm.deadline();
    if (due == libp2p::Time::max())
    {
        timer.cancel();
        return;
    }
    timer.expires_at(decltype(timer)::time_point(due));
    timer.async_wait([self = shared_from_this()](ErrorCode error) {
        if (error)
            return;
        self->swarm.tick(now());
        self->settle();
    });
}

void Transport::Parts::add(std::shared_ptr<Link> link, libp2p::ConnectionId id) { links[id] = std::move(link); }

void Transport::Parts::accept(Listener& listener)
{
    listener.acceptor.async_accept([self = shared_from_this(), &listener](ErrorCode error, Tcp::socket tcp) {
        if (self->stopped)
            return;
        if (error)
        {
            listener.pause.expires_after(kAcceptPause);
            listener.pause.async_wait([self, &listener](ErrorCode) {
                if (!self->stopped)
                    self->accept(listener);
            });
            return;
        }
        ErrorCode failed;
        const auto remote = tcp.remote_endpoint(failed);
        ErrorCode ignored;
        tcp.set_option(Tcp::no_delay(true), ignored);
        const auto address = failed ? Multiaddr{} : address_of(remote, listener.websocket);
        const auto id = failed ? std::nullopt : self->swarm.accept(address, now());
        if (id && listener.websocket)
            self->add(accept_websocket_link(self->shared_owner(), *id, std::move(tcp)), *id);
        else if (id)
        {
            self->add(make_tcp_link(self->shared_owner(), *id, std::move(tcp)), *id);
            self->links.at(*id)->ready();
        }
        self->settle();
        self->accept(listener);
    });
}

void Transport::Parts::connect(const libp2p::Endpoint& endpoint, libp2p::ConnectionId id,
                               const Tcp::resolver::results_type& found)
{
    auto tcp = std::make_shared<Tcp::socket>(context);
    dials[id] = tcp;
    boost::asio::async_connect(
        *tcp, found, [self = shared_from_this(), tcp, endpoint, id](ErrorCode error, const Tcp::endpoint&) {
            if (error || self->swarm.over(id))
            {
                self->swarm.end_of_input(id);
                self->end_dial(id);
                return self->settle();
            }
            self->dials.erase(id);
            tcp->set_option(Tcp::no_delay(true), error);
            if (endpoint.websocket)
            {
                const auto host = endpoint.host + ':' + std::to_string(endpoint.port);
                self->add(dial_websocket_link(self->shared_owner(), id, std::move(*tcp), host), id);
                return self->settle();
            }
            self->add(make_tcp_link(self->shared_owner(), id, std::move(*tcp)), id);
            self->links.at(id)->ready();
            self->settle();
        });
}

Transport::Transport(boost::asio::io_context& context, libp2p::Swarm& swarm, std::function<void()> on_events)
    : parts_(std::make_shared<Parts>(context, swarm, std::move(on_events)))
{
}

Transport::~Transport()
{
    stop();
    parts_->links.clear(); // those with bytes to send live on in their handlers
}

std::expected<Multiaddr, std::string> Transport::listen(const Multiaddr& address)
{
    const auto endpoint = libp2p::endpoint_of(address);
    ErrorCode error;
    const auto ip = boost::asio::ip::make_address(endpoint ? endpoint->host : "", error);
    if (error)
        return std::unexpected(address.text() + ": listen on /ip4/…/tcp/… or /ip6/…/tcp/…, with or without /ws");
    const Tcp::endpoint local(ip, endpoint->port);
    Tcp::acceptor acceptor(parts_->context);
    acceptor.open(local.protocol(), error);
    if (!error)
        acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error && local.protocol() == Tcp::v6())
        acceptor.set_option(boost::asio::ip::v6_only(true), error);
    if (!error)
        acceptor.bind(local, error);
    if (!error)
        acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
        return std::unexpected(address.text() + ": " + error.message() + "; choose another address or port");
    auto actual = address_of(acceptor.local_endpoint(), endpoint->websocket);
    parts_->listeners.push_back(std::make_unique<Parts::Listener>(
        std::move(acceptor), boost::asio::steady_timer(parts_->context), endpoint->websocket));
    parts_->accept(*parts_->listeners.back());
    parts_->addresses.push_back(actual);
    parts_->swarm.set_listen_addresses(parts_->addresses);
    return actual;
}

bool Transport::dial(const Multiaddr& address)
{
    const auto endpoint = libp2p::endpoint_of(address);
    const auto id = endpoint ? parts_->swarm.dial(address, endpoint->peer, now()) : std::nullopt;
    if (!id)
        return false;
    parts_->dials[*id] = nullptr;
    parts_->resolver.async_resolve(
        endpoint->host, std::to_string(endpoint->port),
        [parts = parts_, endpoint, id](ErrorCode error, const Tcp::resolver::results_type& found) {
            if (!error && !parts->swarm.over(*id))
                return parts->connect(*endpoint, *id, found);
            parts->swarm.end_of_input(*id);
            parts->end_dial(*id);
            parts->settle();
        });
    parts_->settle();
    return true;
}

void Transport::settle() { parts_->settle(); }

libp2p::Time Transport::now()
{
    using Clock = boost::asio::steady_timer::clock_type;
    return std::chrono::duration_cast<libp2p::Time>(Clock::now().time_since_epoch());
}

bool Transport::closed() const { return parts_->stopped && parts_->links.empty(); }

void Transport::stop()
{
    if (std::exchange(parts_->stopped, true))
        return;
    ErrorCode ignored; // an acceptor that cannot be closed is closed with its process
    for (auto& listener : parts_->listeners)
    {
        listener->acceptor.close(ignored);
        listener->pause.cancel();
    }
    parts_->resolver.cancel();
    parts_->swarm.close_all();
    parts_->settle();
}

} // namespace network
