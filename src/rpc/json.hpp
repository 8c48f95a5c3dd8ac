#pragma once

#include <cstddef>
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace rpc {

/// nlohmann's: it is in use already, and a request is a few hundred bytes around one hexadecimal string, which any
/// parser copies at the speed of memory.
using Json = nlohmann::json;

/// How deep arrays and objects of a request may nest.
inline constexpr size_t kJsonDepthMax = 64;
/// Values of a request, those of all its batch together: bounds the memory of the parsed tree to some 20 MiB.
inline constexpr size_t kJsonValuesMax = size_t{1} << 18;

enum class JsonFault : uint8_t
{
    malformed, ///< not JSON, or text that is not UTF-8, or a number beyond a double
    too_deep,
    too_many_values,
};

/// Parses a message from outside.
///
/// Cost  one pass over the text before anything is allocated, then nlohmann's parser, which does not recurse
std::expected<Json, JsonFault> parse(std::string_view text);

/// On one line. Text that is not UTF-8, which only a backend can bring in, gets replacement characters.
std::string print(const Json& value);

} // namespace rpc
