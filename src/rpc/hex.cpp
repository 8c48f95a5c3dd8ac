#include "rpc/hex.hpp"

#include <charconv>

namespace rpc {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

/// 16 for what is not a digit.
constexpr uint8_t digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return uint8_t(letter - '0');
    const char lower = char(letter | 0x20);
    return lower >= 'a' && lower <= 'f' ? uint8_t(lower - 'a' + 10) : uint8_t{16};
}

} // namespace

std::string hex(ByteView bytes)
{
    std::string text(2 + 2 * bytes.size(), '0');
    text[1] = 'x';
    for (size_t i = 0; i != bytes.size(); ++i)
    {
        text[2 + 2 * i] = kDigits[bytes[i] >> 4];
        text[3 + 2 * i] = kDigits[bytes[i] & 15];
    }
    return text;
}

std::string hex_number(uint64_t number)
{
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
    return "0x" + std::string(digits, end);
}

std::optional<Bytes> from_hex(std::string_view text)
{
    if (!text.starts_with("0x") || text.size() % 2 != 0)
        return std::nullopt;
    text.remove_prefix(2);
    Bytes bytes(text.size() / 2);
    for (size_t i = 0; i != bytes.size(); ++i)
    {
        const auto high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if ((high | low) > 15)
            return std::nullopt;
        bytes[i] = uint8_t(high << 4 | low);
    }
    return bytes;
}

} // namespace rpc
