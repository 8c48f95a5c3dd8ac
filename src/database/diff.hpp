#pragma once

#include "database/key_value.hpp"
#include "trie/store.hpp"

#include <map>

namespace database {

/// Keys of the flat state: 0 and the key for the top trie; 1, the name's length (u32), the name and the key for a child
/// trie.
Bytes flat_key(ByteView key);
Bytes flat_child_key(ByteView name, ByteView key);

/// What one block changes: of the flat state by flat key, and of the trie. All a node needs to keep of a block that is
/// not final yet.
struct BlockDiff
{
    uint64_t number = 0;
    Digest parent{};
    Digest state_root{};
    std::map<Bytes, std::optional<Bytes>> flat;
    std::vector<trie::NewNode> inserted;
    std::vector<Digest> removed;
};

/// The diff in the journal. Not a format for others: it is read by the version that wrote it.
Bytes encode(const BlockDiff& diff);
/// Nothing where the bytes are not what encode() writes.
std::optional<BlockDiff> decode_diff(ByteView bytes);

Bytes encode(std::span<const Digest> hashes);
std::optional<std::vector<Digest>> decode_hashes(ByteView bytes);

} // namespace database
