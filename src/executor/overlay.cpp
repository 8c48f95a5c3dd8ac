#include "executor/overlay.hpp"

#include "base/invariant.hpp"

#include <utility>

namespace executor {
namespace {

bool starts_with(ByteView key, ByteView prefix)
{
    return key.size() >= prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix);
}

} // namespace

Overlay::Changes& Overlay::trie(Child child)
{
    if (!child)
        return main_;
    const auto found = children_.find(*child);
    return found != children_.end() ? found->second : children_[Bytes(child->begin(), child->end())];
}

const Overlay::Changes* Overlay::find_trie(Child child) const
{
    if (!child)
        return &main_;
    const auto found = children_.find(*child);
    return found != children_.end() ? &found->second : nullptr;
}

std::expected<std::optional<Slice>, Trap> Overlay::read(Child child, ByteView key)
{
    if (const auto* const changes = find_trie(child))
        if (const auto found = changes->find(key); found != changes->end())
        {
            const auto& value = found->second.value;
            return value ? std::optional(Slice{value->view(), nullptr}) : std::nullopt;
        }
    return backend_->read(child, key);
}

std::expected<std::optional<Bytes>, Trap> Overlay::next_key(Child child, ByteView key)
{
    auto below = backend_->next_key(child, key);
    const auto* const changes = find_trie(child);
    if (!below || !changes)
        return below;
    for (auto above = changes->upper_bound(key); above != changes->end(); ++above)
    {
        if (*below && KeyLess{}(**below, above->first))
            return below;
        if (above->second.value)
            return above->first;
        if (*below && **below == above->first) // deleted: the backend's key does not count
        {
            below = backend_->next_key(child, above->first);
            if (!below)
                return below;
        }
    }
    return below;
}

/// Whether the state of the entry at the start of the innermost transaction is not on record yet.
bool Overlay::must_record(const Entry& entry) const
{
    return !open_.empty() && entry.recorded <= open_.back().recorded;
}

/// The entry of that key, its present state on record, ready to get another value.
Overlay::Entry& Overlay::entry_to_put(Changes& trie, ByteView key)
{
    const auto at = trie.lower_bound(key);
    if (at == trie.end() || !std::ranges::equal(at->first, key))
    {
        const auto added = trie.emplace_hint(at, Bytes(key.begin(), key.end()), Entry{});
        if (!open_.empty())
        {
            undo_.push_back({Undo::Kind::remove, &trie, added, {}, {}});
            added->second.recorded = ++records_;
        }
        return added->second;
    }
    auto& entry = at->second;
    // A record of appends alone needs the value it shortens: put that on record too.
    if (must_record(entry) || (!open_.empty() && entry.recorded_append))
    {
        undo_.push_back({Undo::Kind::put, &trie, at, std::move(entry), {}});
        entry = Entry{.value = {}, .recorded = ++records_, .recorded_append = false};
    }
    return entry;
}

void Overlay::set(Child child, ByteView key, Bytes value)
{
    entry_to_put(trie(child), key).value = OverlayValue(std::move(value));
}

void Overlay::clear(Child child, ByteView key) { entry_to_put(trie(child), key).value.reset(); }

std::expected<void, Trap> Overlay::append(Child child, ByteView key, ByteView item)
{
    auto& changes = trie(child);
    const auto found = changes.find(key);
    if (found == changes.end())
    {
        const auto below = backend_->read(child, key);
        if (!below)
            return std::unexpected(below.error());
        auto& value = entry_to_put(changes, key).value;
        value = *below ? OverlayValue(Bytes((*below)->bytes.begin(), (*below)->bytes.end())) : OverlayValue();
        if (!value->open())
            value.emplace().open();
        value->append(item);
        return {};
    }
    auto& entry = found->second;
    if (!entry.value || !entry.value->open())
    {
        auto& value = entry_to_put(changes, key).value;
        value.emplace().open();
        value->append(item);
        return {};
    }
    if (must_record(entry))
    {
        const Entry marks{.value = {}, .recorded = entry.recorded, .recorded_append = entry.recorded_append};
        undo_.push_back({Undo::Kind::shrink, &changes, found, marks, entry.value->mark()});
        entry.recorded = ++records_;
        entry.recorded_append = true;
    }
    entry.value->append(item);
    return {};
}

std::expected<Removal, Trap> Overlay::clear_prefix(Child child, ByteView prefix, std::optional<uint32_t> limit,
                                                   const std::optional<Bytes>& cursor)
{
    Removal removal;
    auto& changes = trie(child);
    for (auto at = changes.lower_bound(prefix); at != changes.end() && starts_with(at->first, prefix); ++at)
        if (at->second.value)
        {
            ++removal.unique;
            entry_to_put(changes, at->first).value.reset();
        }
    if (const auto cleared = clear_backend(child, prefix, limit, cursor, removal); !cleared)
        return std::unexpected(cleared.error());
    removal.unique += removal.backend;
    return removal;
}

std::expected<void, Trap> Overlay::clear_backend(Child child, ByteView prefix, std::optional<uint32_t> limit,
                                                 const std::optional<Bytes>& cursor, Removal& removal)
{
    auto& changes = trie(child);
    // The backend answers with keys greater than one: the first may be the prefix, or the cursor, itself.
    const ByteView first = cursor && KeyLess{}(prefix, *cursor) ? ByteView(*cursor) : prefix;
    const auto exact = backend_->read(child, first);
    if (!exact)
        return std::unexpected(exact.error());
    std::expected<std::optional<Bytes>, Trap> key = Bytes(first.begin(), first.end());
    if (!*exact)
        key = backend_->next_key(child, first);
    while (true)
    {
        if (!key)
            return std::unexpected(key.error());
        if (!*key || !starts_with(**key, prefix))
            return {};
        if (removal.loops == limit)
        {
            removal.cursor = std::move(**key);
            return {};
        }
        const auto known = changes.find(**key);
        if (known == changes.end() || known->second.value)
        {
            entry_to_put(changes, **key).value.reset();
            ++removal.backend;
        }
        ++removal.loops;
        key = backend_->next_key(child, **key);
    }
}

std::expected<void, Trap> Overlay::start()
{
    if (open_.size() == kTransactionDepthMax)
        return trap(TrapCode::host, "more than " + std::to_string(kTransactionDepthMax) + " nested transactions");
    open_.push_back({undo_.size(), records_});
    return {};
}

std::expected<void, Trap> Overlay::commit()
{
    if (open_.empty())
        return trap(TrapCode::host, "no transaction to commit");
    open_.pop_back();
    if (open_.empty())
        undo_.clear();
    return {};
}

std::expected<void, Trap> Overlay::rollback()
{
    if (open_.empty())
        return trap(TrapCode::host, "no transaction to roll back");
    for (; undo_.size() != open_.back().undo_size; undo_.pop_back())
    {
        auto& undo = undo_.back();
        auto& entry = undo.entry->second;
        switch (undo.kind)
        {
        case Undo::Kind::remove:
            undo.trie->erase(undo.entry);
            break;
        case Undo::Kind::put:
            entry = std::move(undo.before);
            break;
        case Undo::Kind::shrink:
            entry.value->restore(undo.mark);
            entry.recorded = undo.before.recorded;
            entry.recorded_append = undo.before.recorded_append;
            break;
        }
    }
    open_.pop_back();
    return {};
}

} // namespace executor
