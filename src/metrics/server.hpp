#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace metrics {

struct ServerOptions
{
    uint16_t port = 9615;  ///< 0 takes a free one
    bool external = false; ///< listens on all interfaces; else on the loopback ones alone
};

inline constexpr size_t kConnectionsMax = 16; ///< more are closed at once
inline constexpr size_t kRequestMax = 8 * 1024;

/// Shows a page at GET /metrics, by HTTP/1.1, one request a connection. It is read-only, and known to whoever can
/// connect.
///
/// Thread  one of its own, which also makes the page, one at a time
/// Bounds  kConnectionsMax, kRequestMax; 10 s for a connection from accept to end
class Server
{
public:
    /// `page`: called for each request, on the server's thread.
    Server(std::function<std::string()> page, ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens; returns the port. Once only.
    ///
    /// Errors  one line: which address, what the system said
    std::expected<uint16_t, std::string> start();
    /// Closes all connections. `page` is not called after it.
    void stop();

private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

} // namespace metrics
