#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The validators of a development chain, whose keys everybody knows.
namespace cmd::development {

/// Alice, Bob, Charlie, Dave, Eve, Ferdie; then Validator7 and so on.
std::vector<std::string> names(uint32_t count);
inline std::string uri_of(const std::string& name) { return "//" + name; }

/// JSON to lay over the development genesis: these validators, with 16 seats among them, one each at least.
std::string session(const std::vector<std::string>& names);

} // namespace cmd::development
