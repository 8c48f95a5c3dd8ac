#pragma once

#include "base/bytes.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace offchain::testing {

/// A connection as the server's script sees it: blocking, of plain bytes or through TLS.
class Wire
{
public:
    virtual ~Wire() = default;

    /// What has come up to `end` inclusive, or what came before the peer closed.
    virtual std::string read_until(std::string_view end) = 0;
    virtual std::string read_bytes(size_t count) = 0;
    /// False once the peer has gone.
    virtual bool send(std::string_view bytes) = 0;
    /// Ends our direction, not the peer's.
    virtual void half_close() = 0;
    /// Waits until the peer goes or the server ends.
    virtual void linger() = 0;
};

/// A server on a port of 127.0.0.1 that does to each connection what a script says.
class Server
{
public:
    using Script = std::function<void(Wire&)>;

    /// pem  key and certificate for TLS, as text; empty: plain
    explicit Server(Script script, std::string pem = {});
    ~Server();

    uint16_t port() const { return port_; }
    std::string url(std::string_view target, const std::string& host = "127.0.0.1", bool secure = false) const;
    size_t connections() const { return connections_; }

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    uint16_t port_ = 0;
    std::atomic<size_t> connections_ = 0;
    std::thread thread_;
};

/// Answers with this text, once the request's header is here.
Server::Script answering(std::string response);

/// A fresh key and a certificate for `name` that signs itself, as PEM.
std::string make_certificate(const std::string& name);

} // namespace offchain::testing
