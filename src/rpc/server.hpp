#pragma once

#include "rpc/event.hpp"
#include "rpc/meter.hpp"
#include "rpc/origin.hpp"

#include <chrono>
#include <expected>
#include <memory>

namespace rpc {

struct Options
{
    /// Which methods are served: those that change the node or cost much are unsafe.
    enum class Methods : uint8_t
    {
        automatic, ///< unsafe ones when only this machine can connect
        safe,
        unsafe,
    };

    uint16_t port = 9944;  ///< 0 takes a free one
    bool external = false; ///< listens on all interfaces; else on the loopback ones alone
    Methods methods = Methods::automatic;
    Origins origins = default_origins();
    size_t connections_max = 100;
    size_t workers = 2;     ///< threads that call the backend
    Meter* meter = nullptr; ///< told of calls and connections until stop() returned
};

/// Bytes of output that may wait for a client, and events that may wait for a turn of its requests.
inline constexpr size_t kOutputMax = size_t{64} << 20;
inline constexpr size_t kEventsMax = 16'384;
/// How long a connection may be silent; WebSocket ones are pinged before.
inline constexpr auto kIdle = std::chrono::seconds(60);

struct Core;

/// JSON-RPC over HTTP (POST) and WebSocket on one port; GET /health for monitors.
///
/// Thread   start, notify and stop from one thread, or under one lock. Inside: one thread for sockets, and
///          Options::workers for requests; requests of one connection run one after another.
/// Bounds   messages of kMessageMax bytes, a connection whose client does not read is dropped when kOutputMax bytes or
///          kEventsMax events wait for it; one that is silent for kIdle too
/// Caller   keeps the backend alive until stop() returned
class Server
{
public:
    Server(Backend& backend, Options options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens; returns the port. Once only.
    ///
    /// Errors  one line: which address, what the system said
    std::expected<uint16_t, std::string> start();

    /// Tells all clients that subscribed to it. Returns at once.
    void notify(const Event& event);

    /// Closes all connections and waits for calls to the backend that run.
    void stop();

private:
    std::shared_ptr<Core> core_;
};

} // namespace rpc
