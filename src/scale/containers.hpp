#pragma once

#include "scale/compact.hpp"

#include <algorithm>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

/// Codecs of the standard library's types.
namespace scale {
namespace detail {

/// The first allocation of a decoded list, whatever length it claims; it grows as items arrive.
inline constexpr size_t kReserveBytes = 4096;

template <class Items>
constexpr void put_list(const Items& items, Writer& writer)
{
    put_compact(uint64_t(items.size()), writer);
    for (const auto& item : items)
        encode(item, writer);
}

/// The length in front of a list of T, whose items follow.
template <class T>
constexpr bool take_list_length(Reader& reader, uint32_t& length)
{
    static_assert(kEncodedMin<T> != 0, "a list of values without bytes has no bound");
    return take_length(reader, kEncodedMin<T>, length);
}

template <class T>
constexpr bool take_items(Reader& reader, uint32_t length, std::vector<T>& items)
{
    items.clear();
    items.reserve(std::min<size_t>(length, std::max<size_t>(kReserveBytes / sizeof(T), 1)));
    for (uint32_t i = 0; i != length; ++i)
        if constexpr (std::same_as<T, bool>) // whose vector has no items to refer to
        {
            bool item = false;
            if (!decode_into(reader, item))
                return false;
            items.push_back(item);
        }
        else if (!decode_into(reader, items.emplace_back()))
            return false;
    return true;
}

constexpr bool take_bytes(Reader& reader, ByteView& bytes)
{
    uint32_t length = 0;
    return take_length(reader, 1, length) && reader.take(length, bytes);
}

constexpr void put_bytes(ByteView bytes, Writer& writer)
{
    put_compact(uint64_t(bytes.size()), writer);
    writer.put(bytes);
}

} // namespace detail

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
///
/// Source  The Unicode Standard 15, table 3-7
constexpr bool is_utf8(ByteView text)
{
    for (size_t i = 0; i != text.size();)
    {
        const uint8_t lead = text[i++];
        if (lead < 0x80)
            continue;
        const size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || text.size() - i < more)
            return false;
        const uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        const uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (text[i] < least || text[i] > most)
            return false;
        for (size_t k = 1; k != more; ++k)
            if (text[i + k] >> 6 != 2)
                return false;
        i += more;
    }
    return true;
}

/// A list: compact length, then the items.
template <class T>
struct Codec<std::vector<T>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const std::vector<T>& items, Writer& writer) { detail::put_list(items, writer); }
    static constexpr bool decode(Reader& reader, std::vector<T>& items)
    {
        uint32_t length = 0;
        if (!detail::take_list_length<T>(reader, length) || !reader.enter())
            return false;
        const bool ok = detail::take_items(reader, length, items);
        reader.leave();
        return ok;
    }
};

template <>
struct Codec<std::vector<uint8_t>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const Bytes& bytes, Writer& writer) { detail::put_bytes(ByteView{bytes}, writer); }
    static constexpr bool decode(Reader& reader, Bytes& bytes)
    {
        ByteView view;
        if (!detail::take_bytes(reader, view))
            return false;
        bytes.assign(view.begin(), view.end());
        return true;
    }
};

/// Bytes as of a list, decoded without a copy: the view borrows from the input.
template <>
struct Codec<ByteView>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(ByteView bytes, Writer& writer) { detail::put_bytes(bytes, writer); }
    static constexpr bool decode(Reader& reader, ByteView& bytes) { return detail::take_bytes(reader, bytes); }
};

/// A borrowed list; encodes only.
template <class T>
struct Codec<std::span<const T>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(std::span<const T> items, Writer& writer) { detail::put_list(items, writer); }
};

/// Text: a list of bytes that are UTF-8.
template <>
struct Codec<std::string>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const std::string& text, Writer& writer)
    {
        detail::put_compact(uint64_t(text.size()), writer);
        for (const char c : text)
            writer.put(uint8_t(c));
    }
    static constexpr bool decode(Reader& reader, std::string& text)
    {
        const auto at = reader.at();
        ByteView bytes;
        if (!detail::take_bytes(reader, bytes))
            return false;
        text.assign(bytes.begin(), bytes.end());
        return is_utf8(bytes) || reader.fail(Fault::not_utf8, at);
    }
};

/// Borrowed text; encodes only.
template <>
struct Codec<std::string_view>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(std::string_view text, Writer& writer)
    {
        detail::put_compact(uint64_t(text.size()), writer);
        for (const char c : text)
            writer.put(uint8_t(c));
    }
};

/// The items, without a length.
template <class T, size_t n>
struct Codec<std::array<T, n>>
{
    static constexpr size_t kMin = n * kEncodedMin<T>;
    static constexpr void encode(const std::array<T, n>& items, Writer& writer)
    {
        if constexpr (std::same_as<T, uint8_t>)
            writer.put(ByteView{items});
        else
            for (const auto& item : items)
                scale::encode(item, writer);
    }
    static constexpr bool decode(Reader& reader, std::array<T, n>& items)
    {
        if constexpr (std::same_as<T, uint8_t>)
        {
            ByteView bytes;
            if (!reader.take(n, bytes))
                return false;
            std::ranges::copy(bytes, items.begin());
            return true;
        }
        else
            return std::ranges::all_of(items, [&](T& item) { return decode_into(reader, item); });
    }
};

/// 0, or 1 and the value. Of a bool too: Rust's Option<bool>; its OptionBool is scale::OptionBool.
template <class T>
struct Codec<std::optional<T>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const std::optional<T>& value, Writer& writer)
    {
        writer.put(uint8_t(value.has_value()));
        if (value)
            scale::encode(*value, writer);
    }
    static constexpr bool decode(Reader& reader, std::optional<T>& value)
    {
        value.reset();
        bool present = false;
        return decode_into(reader, present) && (!present || decode_into(reader, value.emplace()));
    }
};

/// An optional bool in one byte: 0 nothing, 1 true, 2 false.
struct OptionBool
{
    std::optional<bool> value;

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(Writer& writer) const { writer.put(uint8_t(value ? 2 - *value : 0)); }
    constexpr bool decode_from(Reader& reader)
    {
        const auto at = reader.at();
        uint8_t byte = 0;
        if (!reader.take(byte))
            return false;
        value = byte == 0 ? std::nullopt : std::optional{byte == 1};
        return byte <= 2 || reader.fail(Fault::unknown_tag, at);
    }
    friend bool operator==(const OptionBool&, const OptionBool&) = default;
};

/// Rust's Result: 0 and the value, or 1 and the error.
template <class T, class E>
struct Codec<std::expected<T, E>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const std::expected<T, E>& result, Writer& writer)
    {
        writer.put(uint8_t(!result.has_value()));
        if (!result)
            return scale::encode(result.error(), writer);
        if constexpr (!std::is_void_v<T>)
            scale::encode(*result, writer);
    }
    static constexpr bool decode(Reader& reader, std::expected<T, E>& result)
    {
        bool failed = false;
        if (!decode_into(reader, failed))
            return false;
        if (failed)
            return decode_into(reader, (result = std::unexpected(E{})).error());
        result = std::expected<T, E>{};
        if constexpr (std::is_void_v<T>)
            return true;
        else
            return decode_into(reader, *result);
    }
};

/// Nothing at all.
template <>
struct Codec<std::monostate>
{
    static constexpr size_t kMin = 0;
    static constexpr void encode(std::monostate, Writer&) {}
    static constexpr bool decode(Reader&, std::monostate&) { return true; }
};

template <class A, class B>
struct Codec<std::pair<A, B>>
{
    static constexpr size_t kMin = kEncodedMin<A> + kEncodedMin<B>;
    static constexpr void encode(const std::pair<A, B>& value, Writer& writer)
    {
        scale::encode(value.first, writer);
        scale::encode(value.second, writer);
    }
    static constexpr bool decode(Reader& reader, std::pair<A, B>& value)
    {
        return decode_into(reader, value.first) && decode_into(reader, value.second);
    }
};

template <class... T>
struct Codec<std::tuple<T...>>
{
    static constexpr size_t kMin = (size_t{0} + ... + kEncodedMin<T>);
    static constexpr void encode(const std::tuple<T...>& value, Writer& writer)
    {
        std::apply([&](const auto&... item) { (scale::encode(item, writer), ...); }, value);
    }
    static constexpr bool decode(Reader& reader, std::tuple<T...>& value)
    {
        return std::apply([&](auto&... item) { return (decode_into(reader, item) && ...); }, value);
    }
};

namespace detail {

// A map or a set: a list in strictly rising order of key. `Item` is what is decoded, `key` what is compared.
template <class Item, class Items, class KeyOf>
constexpr bool take_sorted(Reader& reader, Items& items, KeyOf key)
{
    items.clear();
    uint32_t length = 0;
    if (!take_list_length<Item>(reader, length) || !reader.enter())
        return false;
    bool ok = true;
    for (uint32_t i = 0; ok && i != length; ++i)
    {
        const auto at = reader.at();
        Item item{};
        ok = decode_into(reader, item);
        if (ok && !items.empty() && !items.key_comp()(key(*items.rbegin()), key(item)))
            ok = reader.fail(Fault::not_canonical, at);
        if (ok)
            items.emplace_hint(items.end(), std::move(item));
    }
    reader.leave();
    return ok;
}

} // namespace detail

/// Rust's BTreeMap: a list of pairs in strictly rising order of key; any other order is refused.
template <class K, class V>
struct Codec<std::map<K, V>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const std::map<K, V>& items, Writer& writer)
    {
        detail::put_compact(uint64_t(items.size()), writer);
        for (const auto& [key, value] : items)
        {
            scale::encode(key, writer);
            scale::encode(value, writer);
        }
    }
    static constexpr bool decode(Reader& reader, std::map<K, V>& items)
    {
        return detail::take_sorted<std::pair<K, V>>(reader, items,
                                                    [](const auto& item) -> auto& { return item.first; });
    }
};

/// Rust's BTreeSet: a list in strictly rising order; any other order is refused.
template <class K>
struct Codec<std::set<K>>
{
    static constexpr size_t kMin = 1;
    static constexpr void encode(const std::set<K>& items, Writer& writer) { detail::put_list(items, writer); }
    static constexpr bool decode(Reader& reader, std::set<K>& items)
    {
        return detail::take_sorted<K>(reader, items, [](const auto& item) -> auto& { return item; });
    }
};

} // namespace scale
