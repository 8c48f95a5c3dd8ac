#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace offchain {

inline constexpr size_t kUrlBytesMax = 2048;

/// Where a request goes.
struct Url
{
    bool secure = false; ///< https
    std::string host;    ///< a name, an IPv4 address, or an IPv6 address without brackets
    uint16_t port = 0;
    std::string target; ///< path and query, beginning with /
    bool literal_v6 = false;

    /// The value of the Host field.  [RFC 9110 §7.2]
    std::string authority() const;
    friend bool operator==(const Url&, const Url&) = default;
};

/// Reads http:// and https:// addresses. Refuses user names and passwords, characters that may not stand in a request
/// line, and what is longer than kUrlBytesMax. A fragment is dropped.
///
/// Source  RFC 3986 §3; RFC 9110 §4.2
std::optional<Url> parse_url(std::string_view text);

} // namespace offchain
