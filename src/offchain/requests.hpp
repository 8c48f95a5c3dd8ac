#pragma once

#include "host/offchain.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace offchain {

using base::Bytes;
using base::ByteView;
using host::HttpError;
using host::HttpStatus;

/// What off-chain workers may reach by HTTP.
struct HttpPolicy
{
    bool allow_private = false; ///< addresses outside the public internet too: this machine, its network
    std::string roots;          ///< a PEM file of certificates to trust beside the system's; empty: none
};

/// Bounds of one run of a worker.
inline constexpr size_t kRequestsMax = 16; ///< open at once
inline constexpr size_t kMethodBytesMax = 16;
inline constexpr size_t kRequestHeadersMax = 64, kRequestHeaderBytesMax = 16 * 1024;
inline constexpr size_t kRequestBytesMax = size_t{4} << 20; ///< of a body

/// The HTTP requests of one run of an off-chain worker. Bytes move only while a call waits; every wait ends at the
/// call's deadline, at the run's, or soon after `stopping` becomes true. Redirects are an answer like others.
///
/// Thread  one
class Requests
{
public:
    using Deadline = host::Offchain::Deadline;

    /// until_ms  end of the run, milliseconds since the epoch of Unix
    Requests(const HttpPolicy& policy, uint64_t until_ms, const std::atomic<bool>& stopping);
    ~Requests();
    Requests(const Requests&) = delete;
    Requests& operator=(const Requests&) = delete;

    /// As in host::Offchain. Nothing when the method is no word, the address no http or https one, or kRequestsMax
    /// requests are open.
    std::optional<uint16_t> start(std::string_view method, std::string_view uri);

    /// False for an unknown request, one that is sent, a field that does not read or that would change where the
    /// message ends (Content-Length, Transfer-Encoding, Connection …), or too many bytes of them.
    bool header(uint16_t id, std::string_view name, std::string_view value);

    /// The body is kept here until it is whole, and sent then.
    ///
    /// Errors  invalid_id: unknown or sent already; io: more than kRequestBytesMax
    std::expected<void, HttpError> write(uint16_t id, ByteView chunk);

    /// Sends what is not sent, and waits for the answers. A request that failed is forgotten.
    std::vector<HttpStatus> wait(const std::vector<uint16_t>& ids, Deadline deadline);

    host::Headers headers(uint16_t id) const;

    /// Errors  deadline (the answer is not lost, the call may be repeated), io, invalid_id. A request whose body has
    ///         ended, or failed, is forgotten.
    std::expected<uint32_t, HttpError> read(uint16_t id, std::span<uint8_t> out, Deadline deadline);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace offchain
