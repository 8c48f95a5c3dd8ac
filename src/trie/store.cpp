#include "trie/store.hpp"

#include "base/invariant.hpp"

namespace trie {

NodeBytes MemoryStore::find(const Digest& hash) const
{
    const auto found = nodes_.find(hash);
    return found == nodes_.end() ? nullptr : found->second.bytes;
}

void MemoryStore::insert(const Update& update)
{
    for (const auto& node : update.inserted)
    {
        auto& counted = nodes_[node.hash];
        if (counted.count++ == 0)
            counted.bytes = node.bytes;
    }
}

void MemoryStore::remove(const Update& update)
{
    for (const auto& hash : update.removed)
    {
        const auto found = nodes_.find(hash);
        base::invariant(found != nodes_.end());
        if (--found->second.count == 0)
            nodes_.erase(found);
    }
}

NodeBytes Recorder::find(const Digest& hash) const
{
    auto bytes = below_.find(hash);
    if (bytes == nullptr)
        return bytes;
    const std::lock_guard lock(mutex_);
    if (seen_.contains(hash))
        return bytes;
    if (bytes->size() > bytes_max_ - bytes_)
        return nullptr;
    bytes_ += bytes->size();
    return seen_.emplace(hash, std::move(bytes)).first->second;
}

std::vector<NodeBytes> Recorder::nodes() const
{
    const std::lock_guard lock(mutex_);
    std::vector<NodeBytes> all;
    for (const auto& [hash, bytes] : seen_)
        all.push_back(bytes);
    return all;
}

size_t Recorder::bytes() const
{
    const std::lock_guard lock(mutex_);
    return bytes_;
}

} // namespace trie
