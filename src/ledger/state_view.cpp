#include "ledger/state_view.hpp"

#include "trie/child.hpp"

#include <algorithm>
#include <string_view>

namespace ledger {
namespace {

using executor::Slice;
using executor::Trap;
using executor::TrapCode;

std::unexpected<Trap> unreadable(const trie::Error& error)
{
    return executor::trap(TrapCode::storage,
                          error.why == trie::Fault::missing_node
                              ? "a node of the state is missing: the state is pruned, or a proof leaves it out"
                              : "a node of the state is damaged");
}

} // namespace

std::expected<std::optional<Digest>, Trap> TrieState::root_of(executor::Child child)
{
    if (!child)
        return root_;
    const auto held = trie::find_value(nodes_, root_, trie::child_key(*child));
    if (!held)
        return unreadable(held.error());
    if (!*held)
        return std::nullopt;
    Digest root{};
    if ((*held)->size() != root.size())
        return executor::trap(TrapCode::storage, "the root of a child trie is not a hash");
    std::ranges::copy(**held, root.begin());
    return root;
}

std::expected<std::optional<Slice>, Trap> TrieState::read(executor::Child child, ByteView key)
{
    const auto root = root_of(child);
    if (!root)
        return std::unexpected(root.error());
    if (!*root)
        return std::nullopt;
    auto value = trie::find_value(nodes_, **root, key);
    if (!value)
        return unreadable(value.error());
    if (!*value)
        return std::nullopt;
    return Slice::of(std::move(**value));
}

std::expected<std::optional<Bytes>, Trap> TrieState::next_key(executor::Child child, ByteView key)
{
    const auto root = root_of(child);
    if (!root)
        return std::unexpected(root.error());
    if (!*root)
        return std::nullopt;
    auto next = trie::next_key(nodes_, **root, key);
    if (!next)
        return unreadable(next.error());
    return std::move(*next);
}

size_t FlatState::Hash::operator()(const Bytes& key) const
{
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::expected<std::optional<Slice>, Trap> FlatState::read(executor::Child child, ByteView key)
{
    auto flat = child ? database::flat_child_key(*child, key) : database::flat_key(key);
    if (const auto known = read_.find(flat); known != read_.end())
        return known->second;
    auto value = store_.value(block_, flat);
    if (!value && value.error().why == database::Why::missing)
        return trie_.read(child, key); // finality has moved on; the trie may still be kept
    if (!value)
        return executor::trap(TrapCode::storage, value.error().words);
    auto found = *value ? std::optional(Slice::of(std::move(**value))) : std::nullopt;
    if (paths_ && !child)
        paths_->add(key, found);
    const auto bytes = flat.size() + (found ? found->bytes.size() : 0) + sizeof(*read_.begin());
    if (read_bytes_ + bytes <= kReadCacheBytes)
    {
        read_bytes_ += bytes;
        read_.emplace(std::move(flat), found);
    }
    return found;
}

} // namespace ledger
