#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A small JSON reader, for the genesis configuration: the one place where the runtime is given text.
///
/// Source  RFC 8259; numbers are kept as text, because amounts need more than 53 bits
namespace runtime::json {

enum class Fault : uint8_t
{
    unexpected, ///< not what JSON allows here, or the text ends
    escape,     ///< an escape that JSON does not have, or half a character
    too_deep,   ///< nested more than kDepthMax
    too_long,   ///< more than kBytesMax
};

struct Error
{
    Fault why;
    size_t at; ///< offset in bytes
    friend bool operator==(const Error&, const Error&) = default;
};

inline constexpr uint32_t kDepthMax = 16;
inline constexpr size_t kBytesMax = size_t{16} * 1024 * 1024;

enum class Kind : uint8_t
{
    null,
    boolean,
    number,
    text,
    list,
    object,
};

struct Value
{
    Kind kind = Kind::null;
    std::string text;               ///< of text and numbers; "true" or "false"
    std::vector<Value> items;       ///< of a list, or the members' values
    std::vector<std::string> names; ///< of the members of an object, as many as items

    /// The member of that name, or null.
    const Value* find(std::string_view name) const;
};

/// Reads one value; nothing may follow it.
///
/// Bounds  kBytesMax, kDepthMax; memory linear in the text
std::expected<Value, Error> parse(std::string_view text);

} // namespace runtime::json
