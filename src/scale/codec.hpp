#pragma once

#include "scale/io.hpp"
#include "scale/reflect.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <type_traits>

/// SCALE: the encoding of everything that Substrate stores, hashes or sends.
///
/// The codec follows from the type. To give a type of one's own another encoding, write the members
///     void encode_to(Writer&) const;   bool decode_from(Reader&);   static constexpr size_t kEncodedMin;
/// or specialise Codec<T> for a type of somebody else's.
///
/// Holds   every value has one encoding, and no other bytes decode to it; stricter than parity-scale-codec, which
///         takes unsorted map keys, repeated ones, and any padding in bit lists
/// Source  the Polkadot protocol specification, appendix A.2.2; parity-scale-codec 3
namespace scale {

// Named as the primitive types they are, like uint64_t.
using u128 = unsigned __int128; // NOLINT(readability-identifier-naming)
using i128 = __int128;          // NOLINT(readability-identifier-naming)

namespace detail {

/// The unsigned integer in which values of T are put together: 128-bit arithmetic is slow in WebAssembly.
template <class T>
using Wide = std::conditional_t<sizeof(T) <= 8, uint64_t, u128>;

} // namespace detail

/// How T is encoded: `encode(value, writer)`, `decode(reader, value)` (false after a fault) and `kMin`, a lower bound
/// of the encoded bytes of any value.
template <class T>
struct Codec;

/// Appends the encoding of `value`.
template <class T>
constexpr void encode(const T& value, Writer& writer)
{
    Codec<T>::encode(value, writer);
}

/// The encoding of `value`.
template <class T>
constexpr Bytes encode(const T& value)
{
    Writer writer;
    encode(value, writer);
    return writer.take();
}

/// Decodes into `value`; after a fault, which the reader keeps, `value` is unspecified. For authors of codecs.
template <class T>
[[nodiscard]] constexpr bool decode_into(Reader& reader, T& value)
{
    return Codec<T>::decode(reader, value);
}

/// Decodes a value from the front of what `reader` has left.
///
/// Bound  memory grows with the bytes read: at most sizeof(item) for each encoded item, lists allocate as they fill
template <std::default_initializable T>
constexpr std::expected<T, Error> decode(Reader& reader)
{
    std::expected<T, Error> value;
    if (!decode_into(reader, *value))
        value = std::unexpected(reader.error());
    return value;
}

/// Decodes a value that takes all of `bytes`.
///
/// Caller  keeps `bytes` alive if T holds views
template <std::default_initializable T>
constexpr std::expected<T, Error> decode(ByteView bytes)
{
    Reader reader{bytes};
    auto value = decode<T>(reader);
    if (value && reader.left() != 0)
    {
        reader.fail(Fault::trailing);
        return std::unexpected(reader.error());
    }
    return value;
}

/// A lower bound of the encoded bytes of any T.
template <class T>
inline constexpr size_t kEncodedMin = Codec<T>::kMin;

/// A type that brings its own encoding.
template <class T>
concept SelfCoded = requires(T& value, const T& constant, Reader& reader, Writer& writer) {
    constant.encode_to(writer);
    { value.decode_from(reader) } -> std::same_as<bool>;
};

template <SelfCoded T>
struct Codec<T>
{
    static constexpr size_t kMin = T::kEncodedMin;
    static constexpr void encode(const T& value, Writer& writer) { value.encode_to(writer); }
    static constexpr bool decode(Reader& reader, T& value) { return value.decode_from(reader); }
};

/// The integers of SCALE. Platform types such as size_t are left out where their width differs from these.
template <class T>
concept Integer =
    std::same_as<T, uint8_t> || std::same_as<T, uint16_t> || std::same_as<T, uint32_t> || std::same_as<T, uint64_t> ||
    std::same_as<T, u128> || std::same_as<T, int8_t> || std::same_as<T, int16_t> || std::same_as<T, int32_t> ||
    std::same_as<T, int64_t> || std::same_as<T, i128>;

/// Fixed width, little-endian, two's complement.
template <Integer T>
struct Codec<T>
{
    static constexpr size_t kMin = sizeof(T);

    static constexpr void encode(T value, Writer& writer)
    {
        std::array<uint8_t, sizeof(T)> raw{};
        for (size_t i = 0; i != sizeof(T); ++i)
            raw[i] = uint8_t(value >> (8 * i));
        writer.put(raw);
    }

    static constexpr bool decode(Reader& reader, T& value)
    {
        ByteView raw;
        if (!reader.take(sizeof(T), raw))
            return false;
        detail::Wide<T> wide = 0;
        for (size_t i = 0; i != sizeof(T); ++i)
            wide |= detail::Wide<T>{raw[i]} << (8 * i);
        value = T(wide);
        return true;
    }
};

template <>
struct Codec<uint8_t>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(uint8_t value, Writer& writer) { writer.put(value); }
    static constexpr bool decode(Reader& reader, uint8_t& value) { return reader.take(value); }
};

template <>
struct Codec<bool>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(bool value, Writer& writer) { writer.put(uint8_t(value)); }
    static constexpr bool decode(Reader& reader, bool& value)
    {
        const auto at = reader.at();
        uint8_t byte = 0;
        if (!reader.take(byte))
            return false;
        value = byte == 1;
        return byte <= 1 || reader.fail(Fault::unknown_tag, at);
    }
};

/// An enumeration without data: one byte, which must name an enumerator.
template <ByteEnum E>
struct Codec<E>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(E value, Writer& writer) { writer.put(uint8_t(value)); }
    static constexpr bool decode(Reader& reader, E& value)
    {
        const auto at = reader.at();
        uint8_t byte = 0;
        if (!reader.take(byte))
            return false;
        value = E(byte);
        return is_enumerator<E>(byte) || reader.fail(Fault::unknown_tag, at);
    }
};

/// A plain struct: its fields in order of declaration, nothing between them.
template <Reflected T>
    requires(!SelfCoded<T>)
struct Codec<T>
{
    static constexpr size_t kMin = []<size_t... i>(std::index_sequence<i...>) {
        return (size_t{0} + ... + kEncodedMin<FieldType<T, i>>);
    }(std::make_index_sequence<field_count<T>>{});

    static constexpr void encode(const T& value, Writer& writer)
    {
        for_each_field(value, [&](const auto& field) { scale::encode(field, writer); });
    }

    static constexpr bool decode(Reader& reader, T& value)
    {
        return all_fields(value, [&](auto& field) { return decode_into(reader, field); });
    }
};

} // namespace scale
