#include "network/link.hpp"

#include "network/transport.hpp"

#include <boost/asio/write.hpp>

namespace network {

void Link::ready()
{
    ready_ = true;
    attend();
}

void Link::attend()
{
    if (closed_)
        return;
    if (owner_->swarm.over(id_) && !closing_)
    {
        // The last bytes, a go-away among them, get some time to leave.
        closing_ = true;
        close_timer_.expires_after(Transport::kCloseWait);
        close_timer_.async_wait([self = shared_from_this()](ErrorCode error) {
            if (!error)
                self->close();
        });
    }
    if (!ready_)
        return closing_ ? close() : void();
    if (!writing_)
    {
        auto bytes = owner_->swarm.take_output(id_);
        if (!bytes.empty())
            start_write(std::move(bytes));
        else if (closing_)
            return close();
    }
    if (!reading_ && owner_->swarm.wants_input(id_))
        start_read();
}

void Link::start_read()
{
    reading_ = true;
    input_.resize(Transport::kReadBytes);
    read_some(input_, [self = shared_from_this()](ErrorCode error, size_t size) {
        self->reading_ = false;
        if (error)
            return self->fail();
        self->owner_->swarm.receive(self->id_, libp2p::ByteView(self->input_).first(size), self->owner_->now());
        self->owner_->settle();
    });
}

void Link::start_write(libp2p::Bytes bytes)
{
    writing_ = true;
    output_ = std::move(bytes);
    write(output_, [self = shared_from_this()](ErrorCode error) {
        self->writing_ = false;
        if (error)
            return self->fail();
        self->attend();
    });
}

void Link::fail()
{
    if (closed_)
        return;
    owner_->swarm.end_of_input(id_);
    close();
    owner_->settle();
}

void Link::close()
{
    if (closed_)
        return;
    closed_ = true;
    close_timer_.cancel();
    shut();
    owner_->swarm.drop(id_);
    owner_->gone(id_);
}

namespace {

class TcpLink final : public Link
{
public:
    TcpLink(std::shared_ptr<Owner> owner, libp2p::ConnectionId id, Tcp::socket tcp)
        : Link(std::move(owner), id, tcp.get_executor()), tcp_(std::move(tcp))
    {
    }

private:
    void read_some(std::span<uint8_t> into, std::function<void(ErrorCode, size_t)> done) override
    {
        tcp_.async_read_some(boost::asio::buffer(into.data(), into.size()), std::move(done));
    }
    void write(const libp2p::Bytes& bytes, std::function<void(ErrorCode)> done) override
    {
        boost::asio::async_write(tcp_, boost::asio::buffer(bytes),
                                 [done = std::move(done)](ErrorCode error, size_t) { done(error); });
    }
    void shut() override
    {
        ErrorCode ignored; // the socket may be gone already
        tcp_.shutdown(Tcp::socket::shutdown_both, ignored);
        tcp_.close(ignored);
    }

    Tcp::socket tcp_;
};

} // namespace

std::shared_ptr<Link> make_tcp_link(std::shared_ptr<Link::Owner> owner, libp2p::ConnectionId id, Tcp::socket socket)
{
    return std::make_shared<TcpLink>(std::move(owner), id, std::move(socket));
}

} // namespace network
