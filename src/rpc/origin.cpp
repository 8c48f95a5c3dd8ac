#include "rpc/origin.hpp"

#include <algorithm>

namespace rpc {
namespace {

/// Empty, or a colon and digits.
bool is_port(std::string_view text)
{
    if (text.empty())
        return true;
    const auto digits = text.substr(1);
    return text.front() == ':' && !digits.empty() &&
           std::ranges::all_of(digits, [](char letter) { return letter >= '0' && letter <= '9'; });
}

bool matches(std::string_view pattern, std::string_view origin)
{
    constexpr std::string_view any_port = ":*";
    if (!pattern.ends_with(any_port))
        return pattern == origin;
    pattern.remove_suffix(any_port.size());
    return origin.starts_with(pattern) && is_port(origin.substr(pattern.size()));
}

} // namespace

std::vector<std::string> default_origins()
{
    return {"http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*",
            "https://polkadot.js.org"};
}

bool is_allowed(const Origins& origins, std::string_view origin)
{
    return !origins || std::ranges::any_of(*origins, [&](const auto& pattern) { return matches(pattern, origin); });
}

bool is_local_host(std::string_view host)
{
    for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"})
        if (host.starts_with(name) && is_port(host.substr(name.size())))
            return true;
    return false;
}

} // namespace rpc
