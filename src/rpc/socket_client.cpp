#include "rpc/socket_client.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

namespace rpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

/// Output that may wait before no more requests are read, and no more steps of operations done.
constexpr size_t kOutputSoft = size_t{1} << 20;

/// Sockets are used on the socket thread, the session on the strand of the workers; what passes between the two is
/// posted.
class SocketClient final : public Client, public std::enable_shared_from_this<SocketClient>
{
public:
    SocketClient(std::shared_ptr<Core::Slot> slot, beast::tcp_stream stream)
        : slot_(std::move(slot)), socket_(std::move(stream)), strand_(asio::make_strand(slot_->core->workers)),
          session_(slot_->core->hub, slot_->id, {Session::Carrier::web_socket, slot_->core->allows_unsafe()})
    {
    }

    void accept(const beast::http::request<beast::http::string_body>& upgrade)
    {
        socket_.set_option(websocket::stream_base::timeout{
            .handshake_timeout = std::chrono::seconds(10), .idle_timeout = kIdle, .keep_alive_pings = true});
        socket_.read_message_max(kMessageMax);
        socket_.auto_fragment(false);
        socket_.text(true);
        socket_.async_accept(upgrade, [self = shared_from_this()](ErrorCode error) {
            if (error || self->slot_->core->stopping)
                return;
            if (auto* const meter = self->slot_->core->hub.meter())
                self->counted_ = meter->connection();
            self->read();
        });
    }

    void drop() override { beast::get_lowest_layer(socket_).close(); }

    void chain_changed() override
    {
        if (!chain_pending_.exchange(true))
            turn([this] {
                chain_pending_ = false;
                return session_.update();
            });
    }

    void pool_event(const std::shared_ptr<const PoolEvent>& event) override
    {
        if (may_wait())
            turn([this, event] {
                --events_waiting_;
                return session_.pool_event(*event);
            });
    }

    void justified(const std::shared_ptr<const Bytes>& justification) override
    {
        if (may_wait())
            turn([this, justification] {
                --events_waiting_;
                return session_.justified(*justification);
            });
    }

private:
    /// Counts an event; drops the connection when too many wait.
    bool may_wait()
    {
        if (++events_waiting_ <= kEventsMax)
            return true;
        asio::post(socket_.get_executor(), [self = shared_from_this()] { self->drop(); });
        return false;
    }

    void read()
    {
        socket_.async_read(input_, [self = shared_from_this()](ErrorCode error, size_t) { self->on_read(error); });
    }

    void on_read(ErrorCode error)
    {
        if (error || slot_->core->stopping)
            return;
        auto text = beast::buffers_to_string(input_.data());
        input_.consume(input_.size());
        turn([this, text = std::move(text)] { return session_.receive(text); }, true);
    }

    /// Runs `work` on the session and sends what it returns; then reads the next request if `then_read`.
    template <class Work>
    void turn(Work work, bool then_read = false)
    {
        asio::post(strand_, [self = shared_from_this(), work = std::move(work), then_read]() mutable {
            self->send(work(), then_read);
            self->work();
        });
    }

    /// One step of the session's operations, while it has any and the client keeps reading.
    void work()
    {
        if (!session_.has_work() || working_ || slot_->core->stopping)
            return;
        stalled_ = true;
        if (output_size_ > kOutputSoft || !stalled_.exchange(false))
            return;
        working_ = true;
        turn([this] {
            working_ = false;
            return session_.work();
        });
    }

    void send(Session::Messages messages, bool then_read)
    {
        for (const auto& message : messages)
            output_size_ += message.size();
        asio::post(socket_.get_executor(), [self = shared_from_this(), messages = std::move(messages), then_read] {
            self->enqueue(messages, then_read);
        });
    }

    void enqueue(const Session::Messages& messages, bool then_read)
    {
        output_.insert(output_.end(), messages.begin(), messages.end());
        reading_waits_ |= then_read;
        if (output_size_ > kOutputMax)
            return drop();
        write();
        go_on();
    }

    void write()
    {
        if (writing_ || output_.empty())
            return;
        writing_ = true;
        socket_.async_write(asio::buffer(output_.front()), [self = shared_from_this()](ErrorCode error, size_t) {
            if (error)
                return self->drop();
            self->writing_ = false;
            self->output_size_ -= self->output_.front().size();
            self->output_.pop_front();
            self->write();
            self->go_on();
        });
    }

    /// What waited for the client to read.
    void go_on()
    {
        if (output_size_ > kOutputSoft || slot_->core->stopping)
            return;
        if (std::exchange(reading_waits_, false))
            read();
        if (stalled_.exchange(false))
            turn([] { return Session::Messages{}; });
    }

    std::shared_ptr<Core::Slot> slot_;
    std::shared_ptr<void> counted_; ///< by the meter, while the connection lives

    // Socket thread.
    websocket::stream<beast::tcp_stream> socket_;
    beast::flat_buffer input_;
    std::deque<std::string> output_;
    bool writing_ = false, reading_waits_ = false;

    // Strand.
    asio::strand<asio::thread_pool::executor_type> strand_;
    Session session_;
    bool working_ = false;

    // Both.
    std::atomic<size_t> output_size_ = 0, events_waiting_ = 0;
    std::atomic<bool> chain_pending_ = false;
    std::atomic<bool> stalled_ = false; ///< work waits for output to drain
};

} // namespace

void serve_socket(std::shared_ptr<Core::Slot> slot, beast::tcp_stream stream,
                  const beast::http::request<beast::http::string_body>& upgrade)
{
    const auto core = slot->core;
    const auto id = slot->id;
    const auto client = std::make_shared<SocketClient>(std::move(slot), std::move(stream));
    core->enter(id, client);
    client->accept(upgrade);
}

} // namespace rpc
