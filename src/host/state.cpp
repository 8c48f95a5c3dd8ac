#include "host/state.hpp"

#include "trie/read.hpp"

#include <string>

namespace host {
namespace {

using Changes = executor::Overlay::Changes;

/// The overlay's writes as the trie wants them; both are sorted by key.
std::vector<trie::Change> changes_of(const Changes& writes)
{
    std::vector<trie::Change> changes;
    changes.reserve(writes.size());
    for (const auto& [key, entry] : writes)
        changes.push_back({key, entry.value ? std::optional(entry.value->view()) : std::nullopt});
    return changes;
}

std::unexpected<Trap> unreadable(const trie::Error& error)
{
    switch (error.why)
    {
    case trie::Fault::missing_node:
        return executor::trap(TrapCode::storage,
                              "a trie node is missing: the state was pruned, or a proof leaves it out");
    case trie::Fault::bad_node:
        return executor::trap(TrapCode::storage, "a trie node is damaged");
    case trie::Fault::too_deep:
        return executor::trap(TrapCode::storage, "a key is longer than the trie may be deep");
    }
    std::unreachable();
}

} // namespace

std::expected<base::Digest, Trap> State::storage_root(trie::Version version)
{
    if (update_ && update_version_ == version)
        return update_->root;
    trie::StateChanges changes{.top = changes_of(overlay.changes())};
    for (const auto& [name, writes] : overlay.child_changes())
        if (!writes.empty())
            changes.children.emplace(name, changes_of(writes));
    auto update = trie::apply_state(*below_.nodes, below_.root, changes, version);
    if (!update)
        return unreadable(update.error());
    update_ = std::move(*update);
    update_version_ = version;
    return update_->root;
}

bool State::verify(const signature::Item& item)
{
    if (around.verified != nullptr && around.verified->has(item))
        return true;
    if (deferred != nullptr)
        return deferred->add(item);
    const bool good = signature::verify(item).has_value();
    if (good && around.verified != nullptr)
        around.verified->add(item);
    return good;
}

void State::close_runtimes()
{
    while (overlay.depth() > host_depth && writable().rollback())
        ;
}

std::expected<base::Digest, Trap> State::child_root(ByteView child, trie::Version version)
{
    const auto held = trie::find_value(*below_.nodes, below_.root, trie::child_key(child));
    if (!held)
        return unreadable(held.error());
    base::Digest root = trie::empty_root();
    if (*held && (*held)->size() == root.size())
        std::ranges::copy(**held, root.begin());
    const auto writes = overlay.child_changes().find(child);
    if (writes == overlay.child_changes().end())
        return root;
    const auto update = trie::apply(*below_.nodes, root, changes_of(writes->second), version);
    if (!update)
        return unreadable(update.error());
    return update->root;
}

} // namespace host
