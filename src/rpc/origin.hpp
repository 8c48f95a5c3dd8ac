#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rpc {

/// Pages that may call from a browser: exact origins, or with any port as in "http://localhost:*". Nothing: all may.
using Origins = std::optional<std::vector<std::string>>;

/// As in Substrate: pages served from this machine, and the polkadot.js apps.
std::vector<std::string> default_origins();

/// Whether a request that carries this Origin header is answered.
bool is_allowed(const Origins& origins, std::string_view origin);

/// Whether a Host header names this machine. Others reach a loopback port when a page makes its own name point here.
bool is_local_host(std::string_view host);

} // namespace rpc
