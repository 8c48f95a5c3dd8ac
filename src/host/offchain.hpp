#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace host {

using base::Bytes;
using base::ByteView;

/// Which local storage: kept for good, or undone when its fork loses. A node treats both alike so far as nothing
/// promises more.
enum class LocalStorage : uint8_t
{
    persistent = 1,
    local = 2,
};

/// Why an HTTP request failed; the numbers are Substrate's HttpError.
enum class HttpError : uint8_t
{
    deadline = 0,
    io = 1,
    invalid_id = 2,
};

/// What became of a request; encoded as Substrate's HttpRequestStatus.
struct HttpStatus
{
    enum class Kind : uint8_t
    {
        deadline,
        io,
        invalid,
        finished,
    } kind;
    uint16_t code = 0; ///< of HTTP; finished only
};

using Headers = std::vector<std::pair<Bytes, Bytes>>;

/// What an off-chain worker may do in the world. Calls that execute blocks have none. Deadlines are milliseconds since
/// the epoch of Unix; none: wait as long as the node allows.
class Offchain
{
public:
    virtual ~Offchain() = default;

    virtual bool is_validator() = 0;
    /// An encoded extrinsic, without length in front, for the pool. False when it refused.
    virtual bool submit(ByteView extrinsic) = 0;
    virtual uint64_t timestamp_ms() = 0;
    virtual void sleep_until(uint64_t deadline_ms) = 0;
    virtual std::array<uint8_t, 32> random_seed() = 0;
    /// The peer id and the listen addresses, binary.
    virtual std::pair<Bytes, std::vector<Bytes>> network_state() = 0;

    virtual void store(LocalStorage kind, ByteView key, ByteView value) = 0;
    virtual void remove(LocalStorage kind, ByteView key) = 0;
    virtual std::optional<Bytes> load(LocalStorage kind, ByteView key) = 0;
    /// Stores `value` if the key holds `expected`, in one step.
    virtual bool compare_and_set(LocalStorage kind, ByteView key, std::optional<ByteView> expected, ByteView value) = 0;

    using Deadline = std::optional<uint64_t>;
    /// A new request; nothing when method or address do not read, or too many are open.
    virtual std::optional<uint16_t> http_start(std::string_view method, std::string_view uri) = 0;
    virtual bool http_header(uint16_t id, std::string_view name, std::string_view value) = 0;
    /// An empty chunk ends the body.
    virtual std::expected<void, HttpError> http_write(uint16_t id, ByteView chunk, Deadline deadline) = 0;
    virtual std::vector<HttpStatus> http_wait(const std::vector<uint16_t>& ids, Deadline deadline) = 0;
    virtual Headers http_headers(uint16_t id) = 0;
    /// Fills the front of `out`; 0 bytes: the body has ended.
    virtual std::expected<uint32_t, HttpError> http_read(uint16_t id, std::span<uint8_t> out, Deadline deadline) = 0;
};

} // namespace host
