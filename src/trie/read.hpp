#pragma once

#include "trie/node.hpp"
#include "trie/store.hpp"

#include <expected>
#include <optional>
#include <vector>

/// Reading a trie. Reads visit the same nodes in the same order, so that a Recorder below them proves them.
namespace trie {

/// A value as its node holds it: itself, or its hash.
struct Held
{
    ValueKind kind;
    Bytes bytes;
    friend bool operator==(const Held&, const Held&) = default;
};

/// What stands at a key, without reading a hashed value; nothing where the key is absent.
///
/// Errors  missing_node, bad_node, too_deep
std::expected<std::optional<Held>, Error> find_held(const NodeStore& store, const Digest& root, ByteView key);

/// The value of a key; nothing where the key is absent.
///
/// Errors  missing_node, bad_node, too_deep
std::expected<std::optional<Bytes>, Error> find_value(const NodeStore& store, const Digest& root, ByteView key);

/// The merkle value of the topmost node whose path begins with `prefix`: it covers all keys with that prefix, and no
/// others. A hash, or a node shorter than one; of the root always its hash. Nothing where no key has the prefix.
///
/// Errors  missing_node, bad_node, too_deep
/// Source  JSON-RPC specification, chainHead_v1_storage, closestDescendantMerkleValue
std::expected<std::optional<Bytes>, Error> merkle_value(const NodeStore& store, const Digest& root, ByteView prefix);

/// Walks the keys in their order.
class Cursor
{
public:
    /// `store` outlives the cursor.
    Cursor(const NodeStore& store, const Digest& root) : store_(store), root_(root) {}

    /// The next key is then the first one above `key`, or `key` itself where it is there and `inclusive`.
    ///
    /// Errors  missing_node, bad_node, too_deep
    std::expected<void, Error> seek(ByteView key, bool inclusive);

    /// The next key; nothing after the last one. Without a seek() before, the first key.
    ///
    /// Errors  missing_node, bad_node, too_deep; the cursor then stands still
    std::expected<std::optional<Bytes>, Error> next();

    /// What stands at the key that next() gave last.
    Held held() const;

private:
    struct Step
    {
        NodeBytes bytes; ///< what `node` borrows from
        Node node;
        size_t above;       ///< nibbles on the path to this node, its own partial key not among them
        uint8_t child;      ///< the next child to look at
        bool value_is_next; ///< whether the node's value comes before its children
    };

    std::expected<void, Error> enter(ByteView reference, const NodeBytes& parent);
    std::expected<void, Error> start();
    void leave();

    const NodeStore& store_;
    Digest root_;
    bool started_ = false;
    std::vector<Step> steps_;
    Bytes path_; ///< one nibble a byte
};

/// The first key above `key`; nothing where there is none.
///
/// Errors  missing_node, bad_node, too_deep
std::expected<std::optional<Bytes>, Error> next_key(const NodeStore& store, const Digest& root, ByteView key);

} // namespace trie
