#include "database/store.hpp"

#include <algorithm>

/// Blocks that readers hold on to though finality has passed them.
namespace database {

Result<std::optional<Bytes>> Store::header(const Digest& hash) const
{
    return row_or_pruned(Table::headers, hash, &Pruned::header);
}

Result<std::optional<Bytes>> Store::body(const Digest& hash) const
{
    return row_or_pruned(Table::bodies, hash, &Pruned::body);
}

/// A block's row, or what is kept of a pinned one whose row is gone.
Result<std::optional<Bytes>> Store::row_or_pruned(Table table, const Digest& hash, Bytes Pruned::* part) const
{
    auto row = tables_->get(table, hash);
    if (!row || *row)
        return row;
    const std::shared_lock lock(mutex_);
    const auto found = pruned_.find(hash);
    return found == pruned_.end() ? std::nullopt : std::optional(found->second.*part);
}

void Store::pin(const BlockPlace& block)
{
    const std::unique_lock lock(mutex_);
    auto& pin = pins_[block.hash];
    ++pin.count;
    pin.number = block.number;
}

void Store::unpin(const Digest& hash)
{
    const std::unique_lock lock(mutex_);
    const auto pin = pins_.find(hash);
    if (pin == pins_.end() || --pin->second.count != 0)
        return;
    pins_.erase(pin);
    // The state of a pruned block stands on those of its pruned ancestors: they go with the last block above them.
    for (auto at = pruned_.find(hash); at != pruned_.end() && at->second.children == 0 && !pins_.contains(at->first);)
    {
        const auto parent = pruned_.find(at->second.diff.parent);
        nodes_.release(at->second.diff, false);
        pruned_bytes_ -= at->second.bytes;
        pruned_.erase(at);
        if (parent != pruned_.end())
            --parent->second.children;
        at = parent;
    }
}

/// Of the blocks that a finalisation prunes, those that are pinned and what they stand on, as far as there is memory.
Result<std::map<Digest, Store::Pruned>> Store::spared(std::span<const Digest> dead) const
{
    std::map<Digest, Pruned> kept;
    if (pins_.empty())
        return kept;
    const std::set<Digest> all(dead.begin(), dead.end());
    std::set<std::pair<uint64_t, Digest>> wanted; // parents before children
    for (const auto& block : dead)
        if (pins_.contains(block))
            for (auto at = block; all.contains(at); at = pending_.at(at).parent)
                if (!wanted.emplace(pending_.at(at).number, at).second)
                    break; // so are those below
    size_t bytes = pruned_bytes_;
    for (const auto& [number, block] : wanted)
    {
        const auto& diff = pending_.at(block);
        const auto parent = kept.find(diff.parent);
        if (parent == kept.end() && all.contains(diff.parent))
            continue; // its parent had no room
        auto header = tables_->get(Table::headers, block);
        auto body = tables_->get(Table::bodies, block);
        if (!header || !body)
            return std::unexpected((header ? body : header).error());
        Pruned pruned{.header = std::move(*header).value_or(Bytes{}),
                      .body = std::move(*body).value_or(Bytes{}),
                      .diff = {},
                      .base = parent == kept.end() ? number - 1 : parent->second.base};
        pruned.bytes = memory_of(diff) + pruned.header.size() + pruned.body.size();
        if (bytes + pruned.bytes > options_.pruned_bytes)
            continue;
        bytes += pruned.bytes;
        if (parent != kept.end())
            ++parent->second.children;
        kept.emplace(block, std::move(pruned));
    }
    return kept;
}

/// The last block whose dead nodes leave the tables once `finalised` is final, `spared` pruned and kept aside.
uint64_t Store::pruned_up_to(uint64_t finalised, const std::map<Digest, Pruned>& spared) const
{
    const uint64_t kept = options_.states_kept.value_or(0);
    if (!options_.states_kept || finalised + 1 <= kept)
        return 0;
    const uint64_t last = finalised + 1 - kept;
    uint64_t held = last;
    for (const auto& [hash, pin] : pins_)
        if (!spared.contains(hash) && !pruned_.contains(hash))
            held = std::min(held, pin.number);
    for (const auto* each : {&pruned_, &spared})
        for (const auto& [hash, block] : *each)
            held = std::min(held, block.base);
    return std::max(held, last - std::min<uint64_t>(last, kPinnedStatesMax));
}

/// The blocks that became final, and those that are pruned, but for the spared ones, are of no concern any more.
void Store::leave_pending(std::span<const Digest> path, std::span<const Digest> dead, std::map<Digest, Pruned> spared)
{
    const auto take = [&](const Digest& block) {
        auto diff = std::move(pending_.at(block));
        pending_bytes_ -= memory_of(diff);
        pending_.erase(block);
        return diff;
    };
    for (const auto& block : path)
        nodes_.release(take(block), true);
    for (const auto& block : dead)
    {
        auto diff = take(block);
        const auto kept = spared.find(block);
        if (kept == spared.end())
            nodes_.release(diff, false);
        else
        {
            kept->second.diff = std::move(diff);
            pruned_bytes_ += kept->second.bytes;
        }
    }
    pruned_.merge(spared);
}

} // namespace database
