#pragma once

#include "scale/codec.hpp"

#include <type_traits>

namespace scale {

/// What compact numbers exist for.
template <class T>
concept CompactInteger = std::same_as<T, uint8_t> || std::same_as<T, uint16_t> || std::same_as<T, uint32_t> ||
                         std::same_as<T, uint64_t> || std::same_as<T, u128>;

namespace detail {

/// Little-endian, `size` bytes.
template <class T>
constexpr void put_bytes(T value, size_t size, Writer& writer)
{
    for (size_t i = 0; i != size; ++i)
        writer.put(uint8_t(value >> (8 * i)));
}

template <class T>
constexpr void put_compact(T value, Writer& writer)
{
    if (value < 1U << 6)
        return put_bytes(value << 2, 1, writer);
    if (value < 1U << 14)
        return put_bytes(value << 2 | 1, 2, writer);
    if (value < 1U << 30)
        return put_bytes(value << 2 | 2, 4, writer);
    size_t size = 4;
    for (T rest = value >> 32; rest != 0; rest >>= 8)
        ++size;
    writer.put(uint8_t((size - 4) << 2 | 3));
    put_bytes(value, size, writer);
}

/// Any compact number of at most `size_max` bytes; refuses the ones that a shorter form would hold.
template <class T>
constexpr bool take_compact(Reader& reader, size_t size_max, T& value)
{
    const auto at = reader.at();
    uint8_t first = 0;
    if (!reader.take(first))
        return false;
    const size_t mode = first & 3;
    const size_t more = mode < 3 ? (size_t{1} << mode) - 1 : (first >> 2) + 4U;
    if (mode == 3 && more > size_max)
        return reader.fail(Fault::out_of_range, at);
    ByteView raw;
    if (!reader.take(more, raw))
        return false;
    value = 0;
    for (size_t i = 0; i != more; ++i)
        value |= T{raw[i]} << (8 * i);
    constexpr uint32_t least[]{0, 1U << 6, 1U << 14, 1U << 30};
    if (mode < 3)
        value = value << 6 | first >> 2;
    const bool shortest = value >= least[mode] && (more <= 4 || raw[more - 1] != 0);
    if (!shortest)
        return reader.fail(Fault::not_canonical, at);
    return size_max == sizeof(T) || value >> (8 * size_max) == 0 || reader.fail(Fault::out_of_range, at);
}

/// The length in front of a list: at most what the rest of the input could hold at `item_min` bytes an item.
constexpr bool take_length(Reader& reader, size_t item_min, uint32_t& length)
{
    const auto at = reader.at();
    uint64_t value = 0;
    if (!take_compact(reader, 4, value))
        return false;
    length = uint32_t(value);
    return length <= reader.left() / item_min || reader.fail(Fault::end_of_input, at);
}

} // namespace detail

/// An unsigned integer in as few bytes as SCALE allows: 1, 2, 4, or 1 + 4 … 16. Behaves as the integer elsewhere.
template <CompactInteger T>
struct Compact
{
    T value = 0;

    constexpr Compact() = default;
    constexpr Compact(T integer) : value(integer) {}
    constexpr operator T() const { return value; }

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(Writer& writer) const { detail::put_compact(detail::Wide<T>{value}, writer); }
    constexpr bool decode_from(Reader& reader)
    {
        detail::Wide<T> wide = 0;
        if (!detail::take_compact(reader, sizeof(T), wide))
            return false;
        value = T(wide);
        return true;
    }
};

template <class T>
Compact(T) -> Compact<T>;

} // namespace scale
