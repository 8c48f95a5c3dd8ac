#pragma once

#include "primitives/keys.hpp"

#include <algorithm>
#include <optional>

/// What the readers of protobuf messages share.
namespace protocols {

inline primitives::Bytes copy(primitives::ByteView raw) { return {raw.begin(), raw.end()}; }

/// Nothing unless there are 32 bytes.
inline std::optional<primitives::Hash> hash_of_bytes(primitives::ByteView raw)
{
    primitives::Hash hash;
    if (raw.size() != hash.size())
        return std::nullopt;
    std::ranges::copy(raw, hash.begin());
    return hash;
}

} // namespace protocols
