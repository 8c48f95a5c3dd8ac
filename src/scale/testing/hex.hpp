#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>

namespace scale::testing {

inline std::string hex(base::ByteView bytes)
{
    std::string text;
    for (const auto byte : bytes)
        for (const int digit : {byte >> 4, byte & 15})
            text.push_back("0123456789abcdef"[digit]);
    return text;
}

/// Caller  an even number of hexadecimal digits
inline base::Bytes bytes(std::string_view text)
{
    const auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
    base::Bytes out;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
        out.push_back(uint8_t(digit(text[i]) << 4 | digit(text[i + 1])));
    return out;
}

} // namespace scale::testing
