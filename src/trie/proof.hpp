#pragma once

#include "trie/node.hpp"
#include "trie/store.hpp"
#include "trie/update.hpp"

#include <expected>
#include <span>
#include <unordered_map>
#include <vector>

/// Proofs about a trie, for a reader who knows its root alone. Three forms are in use:
///
///   a set of nodes    what a Recorder noted; light clients and state_getReadProof; `Proof` reads through it
///   compact           the same nodes without the hashes that the reader computes; compact.hpp
///   of one item       nodes without the value and hashes that it tells; the host functions ext_trie_*_verify_proof
namespace trie {

/// Why a proof was refused. Untrusted bytes can reach every case.
enum class Refusal : uint8_t
{
    too_large,      ///< more than kProofNodesMax nodes or kProofBytesMax bytes
    duplicate,      ///< the same node twice
    root,           ///< no node has the root's hash, or the nodes lead to another root
    bad_node,       ///< not a node, or one that cannot stand where it stands
    unused,         ///< a node that no other one refers to, or one too many
    incomplete,     ///< the nodes end before the proof does
    too_deep,       ///< more than kLevelsMax levels
    value_mismatch, ///< the nodes say otherwise about the key
    not_left_out,   ///< a value or hash that the proof's form leaves out
};

struct ProofError
{
    Refusal why;
    size_t at; ///< which node, in the order given; their number where all count
    friend bool operator==(const ProofError&, const ProofError&) = default;
};

inline constexpr size_t kProofNodesMax = size_t{1} << 18;
inline constexpr size_t kProofBytesMax = size_t{32} << 20;

/// The nodes of a checked proof. Reads through it (find_value, Cursor, apply) give what the whole trie would give, or
/// end with missing_node where the proof does not say.
class Proof final : public NodeStore
{
public:
    /// Checks a set of nodes in any order: each is the root, or referred to by another one by its hash (as node, as
    /// hashed value, or as root of a child trie, which is a value of 32 bytes). Whether a value of 32 bytes is such a
    /// root is not known here; what it leads to may be no node, which a read through it then says.
    ///
    /// Errors  too_large, duplicate, root, bad_node, unused
    /// Sound   a node can be replaced only with a BLAKE2b collision; reads follow hashes: one too many adds nothing
    static std::expected<Proof, ProofError> check(std::span<const ByteView> nodes, const Digest& root);

    NodeBytes find(const Digest& hash) const override;
    size_t size() const { return nodes_.size(); }

private:
    friend class CompactReader;
    std::unordered_map<Digest, NodeBytes, DigestHash> nodes_;
};

/// Checks that the trie holds `value` at `key`, from nodes in order from the root on. Left out of them: the value
/// (empty in a leaf, absent in a branch) and the hash of each next node (an empty child).
///
/// Errors  in any order: too_large, root, bad_node, unused, incomplete, too_deep, value_mismatch, not_left_out
/// Source  Polkadot specification, ext_trie_blake2_256_verify_proof; form of the crate trie-db, module proof
std::expected<void, ProofError> verify_item(const Digest& root, std::span<const ByteView> nodes, ByteView key,
                                            ByteView value, Version version, HashFunction hash = blake2_256);

} // namespace trie
