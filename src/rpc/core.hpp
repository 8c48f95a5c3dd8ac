#pragma once

#include "rpc/server.hpp"
#include "rpc/session.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>

namespace rpc {

using Tcp = boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

/// A connection as the server sees it.
class Client
{
public:
    Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    virtual ~Client() = default;

    /// Ends it at once. On the socket thread.
    virtual void drop() = 0;
    // From any thread.
    virtual void chain_changed() {}
    virtual void pool_event(const std::shared_ptr<const PoolEvent>&) {}
    virtual void justified(const std::shared_ptr<const Bytes>&) {}
};

/// What connections share.
struct Core
{
    Core(Backend& backend, Options options);

    /// Its place in the count of connections, given back when it goes.
    struct Slot
    {
        std::shared_ptr<Core> core;
        SessionId id = 0;

        Slot(std::shared_ptr<Core> of, SessionId number) : core(std::move(of)), id(number) {}
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot();
    };
    /// Null when all are taken.
    static std::shared_ptr<Slot> take_slot(const std::shared_ptr<Core>& core);
    void enter(SessionId id, const std::weak_ptr<Client>& client);
    std::vector<std::shared_ptr<Client>> clients();
    std::shared_ptr<Client> client(SessionId id);

    bool allows_unsafe() const;

    const Options options;
    Hub hub;
    boost::asio::io_context sockets{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{sockets.get_executor()};
    boost::asio::thread_pool workers;
    std::vector<Tcp::acceptor> acceptors;
    std::thread thread;
    std::atomic<bool> stopping = false;

private:
    std::mutex mutex_;
    std::map<SessionId, std::weak_ptr<Client>> clients_;
    size_t taken_ = 0;
    SessionId ids_ = 0;
};

} // namespace rpc
