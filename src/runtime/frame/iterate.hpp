#pragma once

#include "runtime/frame/storage.hpp"

/// Maps walked by the first part of their keys.
namespace runtime {

/// The prefix of all entries of Map whose first key part is `first`.
template <class Map, class Hasher, class K>
Bytes prefix_under(const K& first)
{
    Bytes prefix{Map::prefix.begin(), Map::prefix.end()};
    Hasher::put(scale::encode(first), prefix);
    return prefix;
}

/// The keys that begin with `prefix`, in order, at most `limit`. The caller may remove them.
///
/// Cost  one call of the host a key
inline std::vector<Bytes> keys_under(const Bytes& prefix, uint32_t limit)
{
    std::vector<Bytes> keys;
    for (Bytes at = prefix; keys.size() != limit; keys.push_back(at))
    {
        const auto next = host::next_key(at);
        if (!next || next->bytes().size() < prefix.size() ||
            !std::ranges::equal(next->bytes().first(prefix.size()), prefix))
            break;
        at.assign(next->bytes().begin(), next->bytes().end());
    }
    return keys;
}

} // namespace runtime
