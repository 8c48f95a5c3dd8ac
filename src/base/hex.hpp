#pragma once

#include "base/bytes.hpp"

#include <string>

namespace base {

/// Two lower-case hexadecimal digits for each byte, nothing in front.
inline std::string hex(ByteView bytes)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const auto byte : bytes)
    {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

/// The bytes that hexadecimal digits of either case say; nothing if one is not a digit or their number is odd.
inline std::optional<Bytes> unhex(std::string_view text)
{
    const auto digit = [](char letter) {
        if (letter >= '0' && letter <= '9')
            return letter - '0';
        const int lower = letter | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
    };
    if (text.size() % 2 != 0)
        return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (size_t i = 0; i != bytes.size(); ++i)
    {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if ((high | low) > 15)
            return std::nullopt;
        bytes[i] = uint8_t(high << 4 | low);
    }
    return bytes;
}

} // namespace base
