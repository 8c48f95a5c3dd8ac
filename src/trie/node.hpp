#pragma once

#include "trie/error.hpp"
#include "trie/nibbles.hpp"

#include <array>
#include <cstdint>
#include <optional>

/// One node of Substrate's state trie: radix 16, no extension nodes, values from 33 bytes on by their hash
/// (state version 1).
///
///     header ‖ partial key ‖ [child bitmap u16] ‖ [value] ‖ children
///
/// Source  Polkadot specification, "State Storage and the Storage Trie"
namespace trie {

/// How values are written. Nodes of both kinds may lie in one trie: a value takes the new form when it is next set.
enum class Version : uint8_t
{
    v0, ///< every value inside its node
    v1, ///< a value of kHashedValueMin bytes or more is a node of its own, and its hash stands in its place
};

inline constexpr size_t kHashedValueMin = 33;

enum class ValueKind : uint8_t
{
    none,
    plain,  ///< the value itself
    hashed, ///< the 32-byte hash of the value
};

/// A decoded node. All views borrow the encoded bytes.
struct Node
{
    Nibbles partial; ///< between the parent's child slot and this node
    ValueKind kind = ValueKind::none;
    ByteView value;
    uint16_t mask = 0;                   ///< bit i: children[i] is there; 0 for a leaf
    std::array<ByteView, 16> children{}; ///< merkle value: 32 bytes are a hash, fewer the child itself
};

/// A node in a compact proof may leave out what the reader computes: a child that follows is empty.
enum class Form : uint8_t
{
    full,
    compact,
};

/// Reads one node, which must fill `bytes`. The empty trie's one byte 0 is no node.
///
/// Refuses what no encoder writes: unknown headers, a set padding nibble, an empty bitmap, a leaf without value,
/// lengths not in their shortest form, a child of more than 32 bytes, bytes left over
std::optional<Node> decode_node(ByteView bytes, Form form = Form::full);

/// Appends the node's encoding. mask must be 0 only where there is a value.
void encode_node(const Node& node, Bytes& out);

/// A merkle value that is a hash: 32 bytes.
Digest digest_of(ByteView hash);

/// Appends SCALE's compact form of a length.
void put_compact(uint32_t value, Bytes& out);

} // namespace trie
