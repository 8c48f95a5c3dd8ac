#pragma once

#include "base/bytes.hpp"
#include "offchain/url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace offchain {

/// Bounds of what a server may send.
inline constexpr uint32_t kHeaderBytesMax = 16 * 1024;
inline constexpr uint64_t kResponseBytesMax = uint64_t{16} << 20;
/// Preliminary answers (status 1xx) that are skipped before the answer.
inline constexpr int kInformationalMax = 4;

/// One request on its way, and its answer, over a connection of its own. Driven by whoever runs the io_context, which
/// outlives it; nothing here blocks, and no answer of a server makes it follow anything.
class Exchange
{
public:
    enum class Stage : uint8_t
    {
        waiting,  ///< for a connection or for the answer's header
        answered, ///< the header is here
        failed,   ///< nothing more will come
    };

    using Request = boost::beast::http::request<boost::beast::http::string_body>;

    /// Where it may connect to.
    struct Policy
    {
        bool allow_private = false; ///< addresses outside the public internet too
    };

    /// Begins: resolves, connects, sends.
    ///
    /// tls  for https alone: certificates are checked against it and the host's name
    static std::unique_ptr<Exchange> begin(boost::asio::io_context& context, boost::asio::ssl::context* tls,
                                           const Policy& policy, Url url, Request request);

    /// Gives up what is under way.
    virtual ~Exchange() = default;

    virtual Stage stage() const = 0;
    virtual uint16_t status() const = 0; ///< of HTTP; answered only
    virtual std::vector<std::pair<base::Bytes, base::Bytes>> headers() const = 0;

    /// What is known of the body: `ready` bytes to take, or its end, or nothing yet.
    virtual size_t ready() const = 0;
    virtual bool ended() const = 0;
    /// Asks the connection for more when nothing is ready.
    virtual void want() = 0;
    /// Moves what is ready to the front of `out`.
    virtual size_t take(std::span<uint8_t> out) = 0;
};

} // namespace offchain
