#include "rpc/hex.hpp"

#include "base/hex.hpp"

#include <charconv>

namespace rpc {

std::string hex(ByteView bytes) { return "0x" + base::hex(bytes); }

std::string hex_number(uint64_t number)
{
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
    return "0x" + std::string(digits, end);
}

std::optional<Bytes> from_hex(std::string_view text)
{
    return text.starts_with("0x") ? base::unhex(text.substr(2)) : std::nullopt;
}

} // namespace rpc
