#include "trie/root.hpp"

#include <algorithm>
#include <numeric>

namespace trie {

std::expected<Digest, Error> root(std::span<const Pair> pairs, Version version, HashFunction hash)
{
    // By key, and by place where keys are equal: the last of them stays.
    std::vector<size_t> order(pairs.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::sort(order, [&](size_t a, size_t b) {
        const auto way = std::lexicographical_compare_three_way(pairs[a].key.begin(), pairs[a].key.end(),
                                                                pairs[b].key.begin(), pairs[b].key.end());
        return way == 0 ? a < b : way < 0;
    });
    std::vector<Change> changes;
    changes.reserve(pairs.size());
    for (const size_t i : order)
    {
        if (!changes.empty() && std::ranges::equal(changes.back().key, pairs[i].key))
            changes.pop_back();
        changes.push_back({pairs[i].key, pairs[i].value});
    }
    const auto update = apply(EmptyStore{}, empty_root(hash), changes, version, hash);
    if (!update)
        return std::unexpected(update.error());
    return update->root;
}

std::expected<Digest, Error> ordered_root(std::span<const ByteView> values, Version version, HashFunction hash)
{
    Bytes keys;
    std::vector<size_t> ends;
    for (size_t i = 0; i != values.size(); ++i)
    {
        put_compact(uint32_t(i), keys);
        ends.push_back(keys.size());
    }
    std::vector<Pair> pairs;
    for (size_t i = 0, begin = 0; i != values.size(); begin = ends[i++])
        pairs.push_back({ByteView(keys).subspan(begin, ends[i] - begin), values[i]});
    return root(pairs, version, hash);
}

} // namespace trie
