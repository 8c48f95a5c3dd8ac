#pragma once

#include "hash/blake2b.hpp"
#include "hash/twox.hpp"
#include "scale/scale.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace primitives {

using base::Bytes;
using base::ByteView;

/// Keys outside any pallet.
namespace well_known {

inline constexpr std::string_view kCode = ":code";
inline constexpr std::string_view kHeapPages = ":heappages";
inline constexpr std::string_view kExtrinsicIndex = ":extrinsic_index";
inline constexpr std::string_view kIntrablockEntropy = ":intrablock_entropy";
inline constexpr std::string_view kChildStorageDefault = ":child_storage:default:";

} // namespace well_known

/// How a map hashes its keys; the numbers are those of the metadata. The hashes that end in Concat, and Identity, keep
/// the key readable. Twox is for keys that no user can choose.
// NOLINTBEGIN(readability-identifier-naming): Substrate's names, which the metadata shows
enum class StorageHasher : uint8_t
{
    Blake2_128,
    Blake2_256,
    Blake2_128Concat,
    Twox128,
    Twox256,
    Twox64Concat,
    Identity,
};
// NOLINTEND(readability-identifier-naming)

/// Where an item of a pallet begins: twox_128(pallet) ‖ twox_128(item). A plain value is stored there.
using StoragePrefix = std::array<uint8_t, 32>;

constexpr StoragePrefix storage_prefix(std::string_view pallet, std::string_view item)
{
    StoragePrefix prefix{};
    std::ranges::copy(hash::twox_128(pallet), prefix.begin());
    std::ranges::copy(hash::twox_128(item), prefix.begin() + 16);
    return prefix;
}

/// Appends one hashed key of a map; a double map appends two.
constexpr void put_map_key(StorageHasher hasher, ByteView encoded_key, scale::Writer& writer)
{
    switch (hasher)
    {
    case StorageHasher::Blake2_128:
        return writer.put(ByteView{hash::blake2_128(encoded_key)});
    case StorageHasher::Blake2_256:
        return writer.put(ByteView{hash::blake2_256(encoded_key)});
    case StorageHasher::Blake2_128Concat:
        writer.put(ByteView{hash::blake2_128(encoded_key)});
        break;
    case StorageHasher::Twox128:
        return writer.put(ByteView{hash::twox_128(encoded_key)});
    case StorageHasher::Twox256:
        return writer.put(ByteView{hash::twox_256(encoded_key)});
    case StorageHasher::Twox64Concat:
        writer.put(ByteView{hash::twox_64(encoded_key)});
        break;
    case StorageHasher::Identity:
        break;
    }
    writer.put(encoded_key);
}

/// The bytes that `hasher` puts before the key itself; the key follows only under Concat and Identity.
constexpr size_t hashed_bytes(StorageHasher hasher)
{
    switch (hasher)
    {
    case StorageHasher::Blake2_256:
    case StorageHasher::Twox256:
        return 32;
    case StorageHasher::Twox64Concat:
        return 8;
    case StorageHasher::Identity:
        return 0;
    default:
        return 16;
    }
}

/// The key of a map's entry.
template <class Key>
constexpr Bytes map_key(const StoragePrefix& prefix, StorageHasher hasher, const Key& key)
{
    scale::Writer writer{prefix.size() + 64};
    writer.put(ByteView{prefix});
    put_map_key(hasher, ByteView{scale::encode(key)}, writer);
    return writer.take();
}

} // namespace primitives
