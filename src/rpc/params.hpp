#pragma once

#include "rpc/error.hpp"

#include <optional>
#include <vector>

namespace rpc {

/// Items of a parameter that is a list.
inline constexpr size_t kListMax = 16'384;

/// Reads the parameters of a request in order; each has a name too, for clients that send an object. The first
/// failure is kept and makes later reads return nothing, so that a method reads all and asks once.
class Params
{
public:
    /// Caller  `params` is an array or an object and outlives this
    explicit Params(const Json& params) : params_(params) {}

    std::string text(const char* name);
    bool boolean(const char* name);
    uint64_t number(const char* name, uint64_t max);
    Bytes bytes(const char* name);
    Hash hash(const char* name);
    std::vector<Bytes> bytes_list(const char* name);
    std::vector<Hash> hash_list(const char* name);

    // Left out, or null: nothing.
    std::optional<Bytes> optional_bytes(const char* name);
    std::optional<Hash> optional_hash(const char* name);

    /// The value as it is; null when it is left out.
    const Json& any(const char* name);

    bool failed() const { return error_.has_value(); }
    /// Caller  only after failed()
    std::unexpected<Error> error() const { return std::unexpected(*error_); }

    /// Refuses the parameters: "`name` `complaint`", e.g. "must be a string".
    void fail(const char* name, std::string_view complaint);

private:
    const Json& params_;
    size_t next_ = 0;
    std::optional<Error> error_;
};

/// Bytes as 0x and digits; nothing for any other value.
std::optional<Bytes> as_bytes(const Json& value);
/// 32 of them.
std::optional<Hash> as_hash(const Json& value);

} // namespace rpc
