#pragma once

#include "trie/update.hpp"

#include <map>
#include <string_view>

/// Child tries: each is a trie of its own, its root a value of the top trie.
namespace trie {

/// The root of the child trie `name` stands under this prefix and the name.
inline constexpr std::string_view kChildPrefix = ":child_storage:default:";

/// The key in the top trie.
Bytes child_key(ByteView name);

/// Child tries that `store` knows below this top root, in the order of their keys, with the root that each key holds.
/// Parts of the top trie that the store lacks are passed over: in a proof they hold nothing to be read.
///
/// Errors  bad_node (damaged node, or a child root that is no hash), too_deep (also for more than 2²⁰ steps)
std::expected<std::vector<Digest>, Error> child_roots(const NodeStore& store, const Digest& root);

/// The changes of one block: of the top trie, and of child tries by name.
struct StateChanges
{
    std::vector<Change> top;                            ///< sorted, each key once; no key under kChildPrefix
    std::map<Bytes, std::vector<Change>> children = {}; ///< likewise
};

/// The whole state after a block: child tries first, then the top trie with their new roots. A child trie without
/// keys has no root in the top trie.
///
/// Errors  as apply(); bad_node where the top trie holds a child root that is no hash
std::expected<Update, Error> apply_state(const NodeStore& store, const Digest& root, const StateChanges& changes,
                                         Version version);

} // namespace trie
