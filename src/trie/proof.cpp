#include "trie/proof.hpp"

#include <algorithm>

namespace trie {
namespace {

std::optional<ProofError> measure(std::span<const ByteView> nodes)
{
    size_t bytes = 0;
    for (const auto& node : nodes)
        bytes += std::min(node.size(), kProofBytesMax + 1);
    if (nodes.size() > kProofNodesMax || bytes > kProofBytesMax)
        return ProofError{Refusal::too_large, nodes.size()};
    return std::nullopt;
}

/// Walks from the root over every reference that leads to a node of the set.
///
/// A value of 32 bytes may be a child trie's root, or anything that looks like the hash of something here: users choose
/// values. So what only such a value refers to is walked last and forgivingly: what is no node there refers to nothing.
class Reach
{
public:
    Reach(std::span<const ByteView> nodes, const std::unordered_map<Digest, size_t, DigestHash>& places)
        : nodes_(nodes), places_(places), reached_(nodes.size()), walked_(nodes.size())
    {
    }

    std::expected<void, ProofError> from(const Digest& root)
    {
        const auto first = places_.find(root);
        if (first == places_.end())
            return std::unexpected(ProofError{Refusal::root, nodes_.size()});
        open_.push_back(first->second);
        while (const auto at = next(open_))
            if (!walk(*at, open_))
                return std::unexpected(ProofError{Refusal::bad_node, *at});
        while (const auto at = next(perhaps_))
            walk(*at, perhaps_);
        if (const auto unused = std::ranges::find(reached_, false); unused != reached_.end())
            return std::unexpected(ProofError{Refusal::unused, size_t(unused - reached_.begin())});
        return {};
    }

private:
    /// The next one of a list that has not been walked: each is once, so the cost is that of reading the set.
    std::optional<size_t> next(std::vector<size_t>& list)
    {
        while (!list.empty())
        {
            const size_t at = list.back();
            list.pop_back();
            if (!walked_[at])
            {
                walked_[at] = true;
                return at;
            }
        }
        return std::nullopt;
    }

    /// False when it is no node. Its child nodes go to `below`.
    bool walk(size_t at, std::vector<size_t>& below)
    {
        const auto node = decode_node(nodes_[at]);
        if (!node)
            return false;
        const auto short_of_a_node = [](ByteView child) {
            return !child.empty() && child.size() != 32 && !decode_node(child); // refers to nothing, but must be a node
        };
        if (std::ranges::any_of(node->children, short_of_a_node))
            return false;
        reached_[at] = true;
        for (const auto& child : node->children)
            if (const auto place = place_of(child))
                below.push_back(*place);
        if (const auto place = place_of(node->value))
        {
            if (node->kind == ValueKind::hashed)
                reached_[*place] = true;
            else
                perhaps_.push_back(*place);
        }
        return true;
    }

    std::optional<size_t> place_of(ByteView reference) const
    {
        if (reference.size() != 32)
            return std::nullopt;
        const auto place = places_.find(digest_of(reference));
        return place == places_.end() ? std::nullopt : std::optional(place->second);
    }

    std::span<const ByteView> nodes_;
    const std::unordered_map<Digest, size_t, DigestHash>& places_;
    std::vector<bool> reached_, walked_;
    std::vector<size_t> open_, perhaps_;
};

/// Fills in what a proof of one item leaves out.
class ItemReader
{
public:
    ItemReader(std::span<const ByteView> nodes, ByteView value, Version version, HashFunction hash)
        : nodes_(nodes), value_(value), value_hash_(hash(value)), hash_(hash),
          hashed_(version == Version::v1 && value.size() >= kHashedValueMin)
    {
    }

    /// The merkle value of the next node, which is on the way to what is left of the key.
    std::expected<Bytes, ProofError> next(Nibbles rest, uint32_t level)
    {
        if (used_ == nodes_.size())
            return refuse(Refusal::incomplete);
        const auto full = complete(nodes_[used_++], rest, level);
        if (!full)
            return full;
        const auto digest = hash_(*full);
        return Bytes(digest.begin(), digest.end());
    }

    size_t used() const { return used_; }

private:
    std::unexpected<ProofError> refuse(Refusal why) const { return std::unexpected(ProofError{why, used_}); }

    std::expected<Bytes, ProofError> complete(ByteView bytes, Nibbles rest, uint32_t level)
    {
        if (level > kLevelsMax)
            return refuse(Refusal::too_deep);
        auto node = decode_node(bytes, Form::compact);
        if (!node)
            return refuse(Refusal::bad_node);
        if (common(node->partial, rest) != node->partial.size())
            return refuse(Refusal::value_mismatch);
        rest = rest.from(node->partial.size());
        Bytes child;
        if (rest.empty())
        {
            const bool left_out =
                node->mask != 0 ? node->kind == ValueKind::none : node->kind == ValueKind::plain && node->value.empty();
            if (!left_out)
                return refuse(Refusal::not_left_out);
            node->kind = hashed_ ? ValueKind::hashed : ValueKind::plain;
            node->value = hashed_ ? ByteView(value_hash_) : value_;
        }
        else
        {
            auto& reference = node->children[rest[0]];
            if ((node->mask >> rest[0] & 1) == 0)
                return refuse(Refusal::value_mismatch);
            if (reference.size() == 32)
                return refuse(Refusal::not_left_out);
            auto below =
                reference.empty() ? next(rest.from(1), level + 1) : complete(reference, rest.from(1), level + 1);
            if (!below)
                return below;
            if (below->size() > 32)
                return refuse(Refusal::bad_node);
            child = std::move(*below);
            reference = child;
        }
        Bytes full;
        encode_node(*node, full);
        return full;
    }

    std::span<const ByteView> nodes_;
    ByteView value_;
    Digest value_hash_;
    HashFunction hash_;
    bool hashed_;
    size_t used_ = 0;
};

} // namespace

std::expected<Proof, ProofError> Proof::check(std::span<const ByteView> nodes, const Digest& root)
{
    if (const auto wrong = measure(nodes))
        return std::unexpected(*wrong);
    Proof proof;
    if (root == empty_root())
        return nodes.empty() || (nodes.size() == 1 && std::ranges::equal(nodes[0], Bytes{0}))
                   ? std::expected<Proof, ProofError>(std::move(proof))
                   : std::unexpected(ProofError{Refusal::unused, 0});
    std::unordered_map<Digest, size_t, DigestHash> places;
    for (size_t i = 0; i != nodes.size(); ++i)
    {
        const auto hash = blake2_256(nodes[i]);
        if (!places.emplace(hash, i).second)
            return std::unexpected(ProofError{Refusal::duplicate, i});
        proof.nodes_.emplace(hash, std::make_shared<const Bytes>(nodes[i].begin(), nodes[i].end()));
    }
    if (const auto reached = Reach(nodes, places).from(root); !reached)
        return std::unexpected(reached.error());
    return proof;
}

NodeBytes Proof::find(const Digest& hash) const
{
    const auto found = nodes_.find(hash);
    return found == nodes_.end() ? nullptr : found->second;
}

std::expected<void, ProofError> verify_item(const Digest& root, std::span<const ByteView> nodes, ByteView key,
                                            ByteView value, Version version, HashFunction hash)
{
    if (const auto wrong = measure(nodes))
        return std::unexpected(*wrong);
    ItemReader reader(nodes, value, version, hash);
    const auto merkle = reader.next(Nibbles(key), 0);
    if (!merkle)
        return std::unexpected(merkle.error());
    if (reader.used() != nodes.size())
        return std::unexpected(ProofError{Refusal::unused, reader.used()});
    if (!std::ranges::equal(*merkle, root))
        return std::unexpected(ProofError{Refusal::root, nodes.size()});
    return {};
}

} // namespace trie
