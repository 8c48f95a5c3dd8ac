#include "trie/compact.hpp"

#include "trie/child.hpp"

#include <algorithm>
#include <set>

namespace trie {
namespace {

constexpr uint8_t kValueFollows = 1;

class CompactWriter
{
public:
    explicit CompactWriter(const NodeStore& store) : store_(store) {}

    /// Writes the trie below a node that was found. Its root is written even when it was written before, so that
    /// each trie can be read by itself.
    std::expected<void, Error> write(const Digest& hash, const NodeBytes& bytes, uint32_t level)
    {
        if (level > kLevelsMax)
            return std::unexpected(Error{Fault::too_deep, hash});
        auto node = decode_node(*bytes);
        if (!node)
            return std::unexpected(Error{Fault::bad_node, hash});
        nodes_.insert(hash);
        const size_t place = items_.size();
        items_.emplace_back();
        const bool value_follows = write_value(*node);
        for (auto& child : node->children)
        {
            if (child.size() != 32 || nodes_.contains(digest_of(child)))
                continue;
            const auto below = store_.find(digest_of(child));
            if (below == nullptr)
                continue;
            if (const auto written = write(digest_of(child), below, level + 1); !written)
                return written;
            child = {};
        }
        if (value_follows)
            items_[place].push_back(kValueFollows);
        encode_node(*node, items_[place]);
        return {};
    }

    std::vector<Bytes> take() { return std::move(items_); }

private:
    bool write_value(Node& node)
    {
        if (node.kind != ValueKind::hashed || values_.contains(digest_of(node.value)))
            return false;
        const auto value = store_.find(digest_of(node.value));
        if (value == nullptr)
            return false;
        values_.insert(digest_of(node.value));
        items_.push_back(*value);
        node.kind = ValueKind::plain;
        node.value = {};
        return true;
    }

    const NodeStore& store_;
    std::vector<Bytes> items_;
    std::set<Digest> nodes_, values_; // apart: a value may have the bytes of a node
};

} // namespace

class CompactReader
{
public:
    explicit CompactReader(std::span<const ByteView> items) : items_(items) {}

    /// Reads one trie; its root.
    std::expected<Digest, ProofError> read(uint32_t level)
    {
        if (used_ == items_.size())
            return refuse(Refusal::incomplete);
        if (level > kLevelsMax)
            return refuse(Refusal::too_deep);
        ByteView bytes = items_[used_];
        const bool value_follows = !bytes.empty() && bytes[0] == kValueFollows;
        auto node = decode_node(bytes.subspan(value_follows ? 1 : 0), Form::compact);
        if (!node)
            return refuse(Refusal::bad_node);
        ++used_;
        Digest value;
        if (value_follows)
        {
            if (node->kind != ValueKind::plain || !node->value.empty())
                return refuse(Refusal::bad_node);
            if (used_ == items_.size())
                return refuse(Refusal::incomplete);
            value = keep(items_[used_++]);
            node->kind = ValueKind::hashed;
            node->value = value;
        }
        std::vector<Digest> below(16);
        for (size_t i = 0; i != 16; ++i)
        {
            if ((node->mask >> i & 1) == 0 || !node->children[i].empty())
                continue;
            const auto child = read(level + 1);
            if (!child)
                return child;
            below[i] = *child;
            node->children[i] = below[i];
        }
        Bytes full;
        encode_node(*node, full);
        return keep(full);
    }

    bool done() const { return used_ == items_.size(); }
    size_t used() const { return used_; }
    Proof& proof() { return proof_; }

private:
    std::unexpected<ProofError> refuse(Refusal why) const { return std::unexpected(ProofError{why, used_}); }

    Digest keep(ByteView bytes)
    {
        const auto hash = blake2_256(bytes);
        proof_.nodes_.emplace(hash, std::make_shared<const Bytes>(bytes.begin(), bytes.end()));
        return hash;
    }

    std::span<const ByteView> items_;
    size_t used_ = 0;
    Proof proof_;
};

std::expected<std::vector<Bytes>, Error> encode_compact(const NodeStore& store, const Digest& root)
{
    if (root == empty_root())
        return std::vector<Bytes>{{0}};
    const auto bytes = store.find(root);
    if (bytes == nullptr)
        return std::unexpected(Error{Fault::missing_node, root});
    CompactWriter writer(store);
    if (const auto written = writer.write(root, bytes, 0); !written)
        return std::unexpected(written.error());
    const auto children = child_roots(store, root);
    if (!children)
        return std::unexpected(children.error());
    for (const auto& child : *children)
        if (const auto found = store.find(child))
            if (const auto written = writer.write(child, found, 0); !written)
                return std::unexpected(written.error());
    return writer.take();
}

std::expected<Proof, ProofError> decode_compact(std::span<const ByteView> items, const Digest& root)
{
    size_t bytes = 0;
    for (const auto& item : items)
        bytes += std::min(item.size(), kProofBytesMax + 1);
    if (items.size() > kProofNodesMax || bytes > kProofBytesMax)
        return std::unexpected(ProofError{Refusal::too_large, items.size()});
    CompactReader reader(items);
    if (items.size() == 1 && std::ranges::equal(items[0], Bytes{0}))
        return root == empty_root() ? std::expected<Proof, ProofError>(std::move(reader.proof()))
                                    : std::unexpected(ProofError{Refusal::root, 1});
    const auto top = reader.read(0);
    if (!top)
        return std::unexpected(top.error());
    if (*top != root)
        return std::unexpected(ProofError{Refusal::root, reader.used()});
    const auto children = child_roots(reader.proof(), root);
    if (!children)
        return std::unexpected(ProofError{Refusal::bad_node, reader.used()});
    while (!reader.done())
    {
        const size_t begin = reader.used();
        const auto child = reader.read(0);
        if (!child)
            return std::unexpected(child.error());
        if (std::ranges::find(*children, *child) == children->end())
            return std::unexpected(ProofError{Refusal::unused, begin});
    }
    return std::move(reader.proof());
}

} // namespace trie
