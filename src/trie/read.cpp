#include "trie/read.hpp"

#include "base/invariant.hpp"
#include "trie/update.hpp"

#include <algorithm>

namespace trie {
namespace {

struct Opened
{
    NodeBytes bytes;
    Node node;
};

/// Opens the node of a merkle value; `parent` keeps the bytes of one that lies inside its parent.
std::expected<Opened, Error> open(const NodeStore& store, ByteView reference, const NodeBytes& parent)
{
    Opened opened{parent, {}};
    ByteView bytes = reference;
    if (reference.size() == 32)
    {
        opened.bytes = store.find(digest_of(reference));
        if (opened.bytes == nullptr)
            return std::unexpected(Error{Fault::missing_node, digest_of(reference)});
        bytes = *opened.bytes;
    }
    const auto node = decode_node(bytes);
    if (!node)
        return std::unexpected(Error{Fault::bad_node, reference.size() == 32 ? digest_of(reference) : Digest{}});
    opened.node = *node;
    return opened;
}

/// Goes down towards a path, node by node: visit(opened, rest) sees each node with what is left of the path, and
/// ends the walk by returning true.
template <class Visit>
std::expected<void, Error> descend(const NodeStore& store, const Digest& root, Nibbles path, Visit visit)
{
    if (root == empty_root())
        return {};
    Opened opened{};
    ByteView reference = root;
    for (uint32_t level = 0; level <= kLevelsMax; ++level)
    {
        auto below = open(store, reference, opened.bytes);
        if (!below)
            return std::unexpected(below.error());
        if (visit(*below, reference, path))
            return {};
        opened = std::move(*below);
        const Node& node = opened.node;
        const size_t shared = common(node.partial, path);
        if (shared != node.partial.size() || shared == path.size() || (node.mask >> path[shared] & 1) == 0)
            return {};
        reference = node.children[path[shared]];
        path = path.from(shared + 1);
    }
    return std::unexpected(Error{Fault::too_deep, {}});
}

} // namespace

std::expected<std::optional<Held>, Error> find_held(const NodeStore& store, const Digest& root, ByteView key)
{
    std::optional<Held> held;
    const auto visit = [&](const Opened& at, ByteView, Nibbles rest) {
        const Node& node = at.node;
        const bool here = rest.size() == node.partial.size() && common(rest, node.partial) == rest.size();
        if (here && node.kind != ValueKind::none)
            held = Held{node.kind, Bytes(node.value.begin(), node.value.end())};
        return here;
    };
    if (const auto walked = descend(store, root, Nibbles(key), visit); !walked)
        return std::unexpected(walked.error());
    return held;
}

std::expected<std::optional<Bytes>, Error> find_value(const NodeStore& store, const Digest& root, ByteView key)
{
    auto held = find_held(store, root, key);
    if (!held)
        return std::unexpected(held.error());
    if (!*held)
        return std::nullopt;
    if ((*held)->kind == ValueKind::plain)
        return std::move((*held)->bytes);
    const auto hash = digest_of((*held)->bytes);
    const auto bytes = store.find(hash);
    if (bytes == nullptr)
        return std::unexpected(Error{Fault::missing_node, hash});
    return *bytes;
}

std::expected<std::optional<Bytes>, Error> merkle_value(const NodeStore& store, const Digest& root, ByteView prefix)
{
    std::optional<Bytes> merkle;
    const auto visit = [&](const Opened& at, ByteView reference, Nibbles rest) {
        const bool covers = rest.size() <= at.node.partial.size() && common(rest, at.node.partial) == rest.size();
        if (covers)
            merkle = Bytes(reference.begin(), reference.end());
        return covers;
    };
    if (const auto walked = descend(store, root, Nibbles(prefix), visit); !walked)
        return std::unexpected(walked.error());
    return merkle;
}

std::expected<void, Error> Cursor::enter(ByteView reference, const NodeBytes& parent)
{
    if (steps_.size() > kLevelsMax)
        return std::unexpected(Error{Fault::too_deep, {}});
    auto opened = open(store_, reference, parent);
    if (!opened)
        return std::unexpected(opened.error());
    steps_.push_back({std::move(opened->bytes), opened->node, path_.size(), 0, true});
    const auto partial = opened->node.partial;
    for (size_t i = 0; i != partial.size(); ++i)
        path_.push_back(partial[i]);
    return {};
}

void Cursor::leave()
{
    // The nibble that led here goes too; the root has none.
    const size_t above = steps_.back().above;
    path_.resize(above == 0 ? 0 : above - 1);
    steps_.pop_back();
}

std::expected<void, Error> Cursor::start()
{
    started_ = true;
    steps_.clear();
    path_.clear();
    if (root_ == empty_root())
        return {};
    return enter(root_, nullptr);
}

std::expected<void, Error> Cursor::seek(ByteView key, bool inclusive)
{
    if (const auto entered = start(); !entered)
        return started_ = false, entered;
    const Nibbles wanted(key);
    while (!steps_.empty())
    {
        Step& top = steps_.back();
        const auto partial = top.node.partial;
        const auto rest = wanted.from(top.above);
        const size_t shared = common(partial, rest);
        if (shared == rest.size() && shared == partial.size())
            top.value_is_next = inclusive;
        if (shared == rest.size())
            return {}; // the whole subtrie is at or above the key
        if (shared != partial.size())
        {
            if (partial[shared] < rest[shared])
                leave(); // and below it
            return {};
        }
        const uint8_t nibble = rest[shared];
        top.value_is_next = false;
        top.child = uint8_t(nibble + 1);
        if ((top.node.mask >> nibble & 1) == 0)
            return {};
        path_.push_back(nibble);
        const auto bytes = top.bytes;
        if (const auto entered = enter(top.node.children[nibble], bytes); !entered)
            return started_ = false, entered;
    }
    return {};
}

std::expected<std::optional<Bytes>, Error> Cursor::next()
{
    if (!started_)
        if (const auto entered = start(); !entered)
            return started_ = false, std::unexpected(entered.error());
    while (!steps_.empty())
    {
        Step& top = steps_.back();
        if (std::exchange(top.value_is_next, false) && top.node.kind != ValueKind::none)
        {
            if (path_.size() % 2 != 0) // keys are bytes: no honest trie has a value here
                return std::unexpected(Error{Fault::bad_node, {}});
            Bytes key(path_.size() / 2);
            for (size_t i = 0; i != key.size(); ++i)
                key[i] = uint8_t(path_[2 * i] << 4 | path_[2 * i + 1]);
            return key;
        }
        while (top.child != 16 && (top.node.mask >> top.child & 1) == 0)
            ++top.child;
        if (top.child == 16)
        {
            leave();
            continue;
        }
        const uint8_t nibble = top.child;
        path_.push_back(nibble);
        const auto bytes = top.bytes;
        if (const auto entered = enter(top.node.children[nibble], bytes); !entered)
        {
            path_.pop_back();
            return std::unexpected(entered.error());
        }
        // The step below moved the steps: find the parent again.
        ++steps_[steps_.size() - 2].child;
    }
    return std::nullopt;
}

Held Cursor::held() const
{
    base::invariant(!steps_.empty());
    const Node& node = steps_.back().node;
    return {node.kind, Bytes(node.value.begin(), node.value.end())};
}

std::expected<std::optional<Bytes>, Error> next_key(const NodeStore& store, const Digest& root, ByteView key)
{
    Cursor cursor(store, root);
    if (const auto sought = cursor.seek(key, false); !sought)
        return std::unexpected(sought.error());
    return cursor.next();
}

} // namespace trie
