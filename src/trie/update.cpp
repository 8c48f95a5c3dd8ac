#include "trie/update.hpp"

#include "base/invariant.hpp"
#include "hash/blake2b.hpp"
#include "hash/keccak.hpp"
#include "trie/merger.hpp"

#include <algorithm>

namespace trie {

Digest blake2_256(ByteView bytes) { return hash::blake2_256(bytes); }
Digest keccak_256(ByteView bytes) { return hash::keccak_256(bytes); }

Digest empty_root(HashFunction hash)
{
    static constexpr std::array<uint8_t, 1> nothing{0};
    return hash(nothing);
}

std::expected<Update, Error> apply(const NodeStore& store, const Digest& root, std::span<const Change> changes,
                                   Version version, HashFunction hash)
{
    const auto out_of_order = [](const Change& a, const Change& b) {
        return !std::ranges::lexicographical_compare(a.key, b.key);
    };
    base::invariant(std::ranges::adjacent_find(changes, out_of_order) == changes.end());
    if (changes.empty())
        return Update{root, {}, {}};

    Merger merger(store, version, hash, true);
    Draft draft;
    const bool empty = root == empty_root(hash);
    const auto outcome = merger.merge(empty ? ByteView{} : ByteView(root), changes, 0, 0, draft);
    if (outcome == Outcome::failed)
        return std::unexpected(merger.error());
    Update update{.root = root, .inserted = {}, .removed = {}};
    if (outcome == Outcome::gone)
        update.root = empty_root(hash);
    if (outcome == Outcome::drafted)
        update.root = merger.finish_root(draft);
    update.inserted = std::move(merger.inserted());
    update.removed = std::move(merger.removed());
    return update;
}

} // namespace trie
