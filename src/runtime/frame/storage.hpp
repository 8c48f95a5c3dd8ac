#pragma once

#include "hash/twox.hpp"
#include "runtime/frame/host.hpp"
#include "runtime/frame/text.hpp"
#include "runtime/meta/model.hpp"
#include "scale/scale.hpp"

#include <algorithm>
#include <optional>

/// Storage items as types. A pallet names each once, with its pallet, its name, its types:
///     using Number = StorageValue<"System", "Number", BlockNumber>;
///     using Account = StorageMap<"System", "Account", Blake2_128Concat, AccountId, AccountInfo>;
/// The key begins with twox128(pallet) ‖ twox128(name), computed while compiling; map keys follow, each hashed by its
/// hasher.
///
/// Errors  a value that does not decode is a fault of the runtime itself (a missing migration): panic
/// Cost    each operation is one call of the host
namespace runtime {

using base::Bytes;
using base::ByteView;

using StoragePrefix = std::array<uint8_t, 32>;

constexpr StoragePrefix storage_prefix(std::string_view pallet, std::string_view item)
{
    StoragePrefix prefix{};
    std::ranges::copy(hash::twox_128(pallet), prefix.begin());
    std::ranges::copy(hash::twox_128(item), prefix.begin() + 16);
    return prefix;
}

/// Hashers of map keys: what a key becomes, and whether the key itself can be read back from it.
struct Blake2_128Concat
{
    static constexpr auto kind = meta::Hasher::blake2_128_concat;
    static constexpr size_t hash_bytes = 16;
    static void put(ByteView key, Bytes& out)
    {
        const auto hash = host::blake2_128(key);
        out.insert(out.end(), hash.begin(), hash.end());
        out.insert(out.end(), key.begin(), key.end());
    }
};
struct Twox64Concat
{
    static constexpr auto kind = meta::Hasher::twox_64_concat;
    static constexpr size_t hash_bytes = 8;
    static void put(ByteView key, Bytes& out)
    {
        const auto hash = hash::twox_64(key);
        out.insert(out.end(), hash.begin(), hash.end());
        out.insert(out.end(), key.begin(), key.end());
    }
};
struct Identity
{
    static constexpr auto kind = meta::Hasher::identity;
    static constexpr size_t hash_bytes = 0;
    static void put(ByteView key, Bytes& out) { out.insert(out.end(), key.begin(), key.end()); }
};

/// What a missing value reads as, when not the type's own default.
template <class T>
struct OwnDefault
{
    static constexpr T value() { return T{}; }
};

namespace detail {

template <class T>
T decode_stored(ByteView bytes)
{
    auto value = scale::decode<T>(bytes);
    if (!value)
        host::panic("storage: a value does not decode: a migration is missing");
    return std::move(*value);
}

template <class T>
std::optional<T> read(ByteView key)
{
    const auto raw = host::get(key);
    if (!raw)
        return std::nullopt;
    return decode_stored<T>(raw->bytes());
}

template <class T>
void write(ByteView key, const T& value)
{
    host::set(key, scale::encode(value));
}

} // namespace detail

/// One value under one key. `get` of a missing value is Default::value().
template <Text pallet, Text item, class T, class Default = OwnDefault<T>>
struct StorageValue
{
    using Value = T;
    static constexpr StoragePrefix key = storage_prefix(pallet.view(), item.view());

    static std::optional<T> find() { return detail::read<T>(key); }
    static T get()
    {
        auto found = find();
        return found ? std::move(*found) : Default::value();
    }
    static bool exists() { return host::exists(key); }
    static void put(const T& value) { detail::write(key, value); }
    static void kill() { host::clear(key); }
    static T take()
    {
        auto value = get();
        kill();
        return value;
    }
    /// Reads, changes, writes; returns what `change` returns.
    static auto mutate(auto change)
    {
        auto value = get();
        struct Store
        {
            T& value;
            ~Store() { put(value); }
        } store{value};
        return change(value);
    }
    /// Appends to an encoded list without reading it.
    template <class Item>
    static void append(const Item& one)
    {
        host::append(key, scale::encode(one));
    }

    static constexpr std::string_view name = item.view();
    static constexpr bool has_default = true;
    static Bytes fallback() { return scale::encode(Default::value()); }
};

/// One value that may be missing.
template <Text pallet, Text item, class T>
struct OptionalValue : StorageValue<pallet, item, T>
{
    using Base = StorageValue<pallet, item, T>;
    static std::optional<T> get() { return Base::find(); }
    static std::optional<T> take()
    {
        auto value = get();
        if (value)
            Base::kill();
        return value;
    }
    static auto mutate(auto change) = delete;

    static constexpr bool has_default = false;
    static Bytes fallback() { return {0}; }
};

/// A map. Keys of several parts are given one by one: Map::get(first, second).
template <Text pallet, Text item, class T, class Default, class... Part>
struct StorageMapOf;

/// A part of a map's key: its hasher and its type.
template <class Hash, class K>
struct Key
{
    using Hasher = Hash;
    using Type = K;
};

template <Text pallet, Text item, class T, class Default, class... Part>
struct StorageMapOf
{
    using Value = T;
    static constexpr StoragePrefix prefix = storage_prefix(pallet.view(), item.view());

    static Bytes key(const typename Part::Type&... part)
    {
        Bytes out;
        out.reserve(prefix.size() + (size_t{0} + ... + (Part::Hasher::hash_bytes + 32)));
        out.insert(out.end(), prefix.begin(), prefix.end());
        (Part::Hasher::put(scale::encode(part), out), ...);
        return out;
    }

    static std::optional<T> find(const typename Part::Type&... part) { return detail::read<T>(key(part...)); }
    static T get(const typename Part::Type&... part)
    {
        auto found = find(part...);
        return found ? std::move(*found) : Default::value();
    }
    static bool contains(const typename Part::Type&... part) { return host::exists(key(part...)); }
    static void insert(const typename Part::Type&... part, const T& value) { detail::write(key(part...), value); }
    static void remove(const typename Part::Type&... part) { host::clear(key(part...)); }
    static std::optional<T> take(const typename Part::Type&... part)
    {
        const auto at = key(part...);
        auto found = detail::read<T>(at);
        if (found)
            host::clear(at);
        return found;
    }
    /// Reads, changes, writes under one computed key; returns what `change` returns.
    static auto mutate(const typename Part::Type&... part, auto change)
    {
        const auto at = key(part...);
        auto found = detail::read<T>(at);
        struct Store
        {
            const Bytes& at;
            T value;
            ~Store() { detail::write(at, value); }
        } store{at, found ? std::move(*found) : Default::value()};
        return change(store.value);
    }
    /// Removes entries, at most `limit`.
    static host::Cleared clear(std::optional<uint32_t> limit) { return host::clear_prefix(prefix, limit); }

    static constexpr std::string_view name = item.view();
    static constexpr bool has_default = true;
    static Bytes fallback() { return scale::encode(Default::value()); }
};

template <Text pallet, Text item, class Hasher, class K, class T, class Default = OwnDefault<T>>
using StorageMap = StorageMapOf<pallet, item, T, Default, Key<Hasher, K>>;
template <Text pallet, Text item, class H1, class K1, class H2, class K2, class T, class Default = OwnDefault<T>>
using StorageDoubleMap = StorageMapOf<pallet, item, T, Default, Key<H1, K1>, Key<H2, K2>>;

/// A map whose missing entries are missing: get() gives an optional.
template <Text pallet, Text item, class T, class... Part>
struct OptionalMapOf : StorageMapOf<pallet, item, T, OwnDefault<T>, Part...>
{
    using Base = StorageMapOf<pallet, item, T, OwnDefault<T>, Part...>;
    static std::optional<T> get(const typename Part::Type&... part) { return Base::find(part...); }
    static auto mutate(auto...) = delete;

    static constexpr bool has_default = false;
    static Bytes fallback() { return {0}; }
};
template <Text pallet, Text item, class Hasher, class K, class T>
using OptionalMap = OptionalMapOf<pallet, item, T, Key<Hasher, K>>;
template <Text pallet, Text item, class H1, class K1, class H2, class K2, class T>
using OptionalDoubleMap = OptionalMapOf<pallet, item, T, Key<H1, K1>, Key<H2, K2>>;

/// Runs `body` in a storage layer: kept if it returns a value, undone if it returns an error.
auto with_storage_layer(auto body)
{
    host::start_transaction();
    auto result = body();
    if (result)
        host::commit_transaction();
    else
        host::rollback_transaction();
    return result;
}

} // namespace runtime
