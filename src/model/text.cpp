#include "model/text.hpp"

#include "model/bounds.hpp"

#include <array>

namespace model {
namespace {

/// Length of the sequence that starts with this byte; 0 if none may.
size_t sequence_length(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2) // continuation bytes, and overlong forms of ASCII
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

/// C0, DEL, C1.
bool is_control(uint32_t code) { return code < 0x20 || (0x7F <= code && code < 0xA0); }

} // namespace

bool is_text(std::string_view bytes)
{
    constexpr std::array<uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
    constexpr std::array<uint8_t, 5> kFirstBits{0, 0x7F, 0x1F, 0x0F, 0x07};
    if (bytes.size() > kTextMax)
        return false;

    for (size_t at = 0; at != bytes.size();)
    {
        const auto first = uint8_t(bytes[at]);
        const auto length = sequence_length(first);
        if (length == 0 || length > bytes.size() - at)
            return false;

        uint32_t code = first & kFirstBits[length];
        for (size_t i = 1; i != length; ++i)
        {
            const auto next = uint8_t(bytes[at + i]);
            if ((next & 0xC0) != 0x80)
                return false;
            code = code << 6 | (next & 0x3F);
        }
        const bool surrogate = 0xD800 <= code && code < 0xE000;
        if (code < kLeast[length] || code > 0x10FFFF || surrogate || is_control(code))
            return false;
        at += length;
    }
    return true;
}

} // namespace model
