#include "trie/child.hpp"

#include "trie/read.hpp"

#include <algorithm>

namespace trie {
namespace {

/// Collects values of 32 bytes below kChildPrefix, in the order of their keys.
class ChildRoots
{
public:
    explicit ChildRoots(const NodeStore& store) : store_(store) {}

    /// `rest`: what is left of the prefix at this node; empty where the node lies below it.
    std::expected<void, Error> walk(const Digest& hash, Nibbles rest, uint32_t level)
    {
        const auto bytes = store_.find(hash);
        if (bytes == nullptr)
            return {};
        // Nodes may be shared: a proof of few nodes can be walked in very many ways.
        if (level > kLevelsMax || ++visits_ > kVisitsMax)
            return std::unexpected(Error{Fault::too_deep, hash});
        const auto node = decode_node(*bytes);
        if (!node)
            return std::unexpected(Error{Fault::bad_node, hash});
        const size_t shared = common(node->partial, rest);
        if (shared != rest.size() && shared != node->partial.size())
            return {};
        rest = rest.from(shared);
        if (rest.empty() && node->kind != ValueKind::none)
            if (const auto taken = take(*node, hash); !taken)
                return taken;
        for (uint8_t nibble = 0; nibble != 16; ++nibble)
        {
            const auto child = node->children[nibble];
            if (child.empty() || (!rest.empty() && rest[0] != nibble))
                continue;
            if (child.size() != 32)
            {
                if (const auto inside = refuse_values_in(child, rest.empty() ? rest : rest.from(1), hash); !inside)
                    return inside;
                continue;
            }
            if (const auto walked = walk(digest_of(child), rest.empty() ? rest : rest.from(1), level + 1); !walked)
                return walked;
        }
        return {};
    }

    std::vector<Digest> take_roots() { return std::move(roots_); }

private:
    std::expected<void, Error> take(const Node& node, const Digest& hash)
    {
        if (node.kind != ValueKind::plain || node.value.size() != 32)
            return std::unexpected(Error{Fault::bad_node, hash});
        roots_.push_back(digest_of(node.value));
        return {};
    }

    /// A node inside its parent has fewer than 32 bytes, so no value below the prefix that it holds can be a root.
    static std::expected<void, Error> refuse_values_in(ByteView inside, Nibbles rest, const Digest& hash)
    {
        const auto node = decode_node(inside);
        const bool under = node && common(node->partial, rest) == rest.size();
        if (!node || under)
            return std::unexpected(Error{Fault::bad_node, hash});
        return {};
    }

    static constexpr size_t kVisitsMax = size_t{1} << 20;

    const NodeStore& store_;
    size_t visits_ = 0;
    std::vector<Digest> roots_;
};

} // namespace

Bytes child_key(ByteView name)
{
    const auto prefix = base::view(kChildPrefix);
    Bytes key(prefix.begin(), prefix.end());
    key.insert(key.end(), name.begin(), name.end());
    return key;
}

std::expected<std::vector<Digest>, Error> child_roots(const NodeStore& store, const Digest& root)
{
    ChildRoots found(store);
    if (root == empty_root())
        return std::vector<Digest>{};
    if (const auto walked = found.walk(root, Nibbles(base::view(kChildPrefix)), 0); !walked)
        return std::unexpected(walked.error());
    return found.take_roots();
}

std::expected<Update, Error> apply_state(const NodeStore& store, const Digest& root, const StateChanges& changes,
                                         Version version)
{
    Update all{.root = root, .inserted = {}, .removed = {}};
    const auto add = [&](Update& update) {
        std::ranges::move(update.inserted, std::back_inserter(all.inserted));
        std::ranges::move(update.removed, std::back_inserter(all.removed));
    };
    std::map<Bytes, Digest> roots;
    for (const auto& [name, batch] : changes.children)
    {
        const auto key = child_key(name);
        const auto held = find_value(store, root, key);
        if (!held)
            return std::unexpected(held.error());
        Digest before = empty_root();
        if (*held && (*held)->size() != before.size())
            return std::unexpected(Error{Fault::bad_node, root});
        if (*held)
            before = digest_of(**held);
        auto update = apply(store, before, batch, version);
        if (!update)
            return update;
        add(*update);
        roots.emplace(key, update->root);
    }
    std::vector<Change> top = changes.top;
    for (const auto& [key, child] : roots)
        top.push_back({key, child == empty_root() ? std::nullopt : std::optional<ByteView>(child)});
    std::ranges::sort(top, std::ranges::lexicographical_compare, &Change::key);
    auto update = apply(store, root, top, version);
    if (!update)
        return update;
    add(*update);
    all.root = update->root;
    return all;
}

} // namespace trie
