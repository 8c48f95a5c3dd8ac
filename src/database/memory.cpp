#include "database/memory.hpp"

namespace database {

Result<std::optional<Bytes>> MemoryKeyValue::get(Table table, ByteView key) const
{
    const std::lock_guard lock(mutex_);
    const auto& entries = tables_[size_t(table)];
    const auto found = entries.find(Bytes(key.begin(), key.end()));
    return found == entries.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryKeyValue::write(std::span<const Write> batch, Durability)
{
    const std::lock_guard lock(mutex_);
    if (writes_left_ && *writes_left_ == 0)
        return std::unexpected(Failure{Why::disk_full, "no room in memory: the bound of this simulation is reached"});
    if (writes_left_)
        --*writes_left_;
    for (const auto& change : batch)
    {
        auto& entries = tables_[size_t(change.table)];
        if (change.value)
            entries[change.key] = *change.value;
        else
            entries.erase(change.key);
    }
    return {};
}

Result<void> MemoryKeyValue::walk(Table table, ByteView from,
                                  const std::function<bool(ByteView key, ByteView value)>& visit) const
{
    const std::lock_guard lock(mutex_);
    const auto& entries = tables_[size_t(table)];
    for (auto at = entries.lower_bound(Bytes(from.begin(), from.end())); at != entries.end(); ++at)
        if (!visit(at->first, at->second))
            break;
    return {};
}

MemoryKeyValue::Tables MemoryKeyValue::tables() const
{
    const std::lock_guard lock(mutex_);
    return tables_;
}

void MemoryKeyValue::fill_after(uint64_t writes)
{
    const std::lock_guard lock(mutex_);
    writes_left_ = writes;
}

} // namespace database
