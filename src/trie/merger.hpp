#pragma once

#include "trie/arena.hpp"
#include "trie/update.hpp"

#include <array>
#include <memory>
#include <vector>

/// How apply() works; nobody else includes this.
namespace trie {

/// A node on its way into the trie: not yet encoded, because its parent may turn out to have no other child and no
/// value, and then the two become one node.
struct Draft
{
    Node node;
    ByteView origin; ///< hash of the stored node that this one replaces; empty for none
};

enum class Outcome : uint8_t
{
    gone,    ///< no key is left
    kept,    ///< as it was; the draft is not set
    drafted, ///< the draft is the node now
    failed,  ///< error() says why
};

/// Merges a sorted batch into a trie, from the root down, and collects what comes and goes.
///
/// Views in drafts borrow from stored nodes, from keys and values of the batch, or from the arena: all live as long
/// as the merger.
class Merger
{
public:
    Merger(const NodeStore& store, Version version, HashFunction hash, bool may_split)
        : store_(store), version_(version), hash_(hash), may_split_(may_split)
    {
    }

    /// Merges changes into the subtrie that `reference` (a merkle value; empty for no trie) stands for. All keys
    /// share the first `at` nibbles, which lead there.
    Outcome merge(ByteView reference, std::span<const Change> changes, size_t at, uint32_t level, Draft& out);

    /// Encodes a draft; its merkle value.
    ByteView finish(Draft& draft);
    /// Encodes the draft of the root, which is hashed whatever its size.
    Digest finish_root(Draft& draft);

    const Error& error() const { return error_; }
    std::vector<NewNode>& inserted() { return inserted_; }
    std::vector<Digest>& removed() { return removed_; }

private:
    struct Branching;

    Outcome fail(Fault fault, ByteView hash);
    bool open(ByteView reference, Draft& out);
    void drop(const Draft& draft);
    bool set_value(Node& node, const std::optional<ByteView>& value);
    Outcome fresh(std::span<const Change> changes, size_t at, uint32_t level, Draft& out);
    Outcome merge_into(Draft& draft, std::span<const Change> changes, size_t at, uint32_t level);
    Outcome branch(Branching& work, std::span<const Change> changes, size_t at, uint32_t level);
    Outcome child(Branching& work, uint8_t nibble, std::span<const Change> changes, size_t at, uint32_t level,
                  Draft& out);
    Outcome settle(Branching& work, uint8_t nibble, Outcome outcome, Draft& draft);
    Outcome children_at_once(Branching& work, std::span<const Change> changes, size_t at, uint32_t level);
    Outcome children_in_turn(Branching& work, std::span<const Change> changes, size_t at, uint32_t level);
    Outcome absorb(Branching& work);

    const NodeStore& store_;
    Version version_;
    HashFunction hash_;
    bool may_split_; ///< whether this merger may use all cores: only one that does not run beside others
    Error error_{};
    std::vector<NewNode> inserted_;
    std::vector<Digest> removed_;
    std::vector<NodeBytes> held_;
    std::vector<std::unique_ptr<Merger>> helpers_;
    Arena arena_;
    Bytes scratch_;
};

} // namespace trie
