#include "database/nodes.hpp"

#include "base/invariant.hpp"

namespace database {

std::optional<CountedNode> decode_counted(ByteView row)
{
    base::Reader in(row);
    const auto count = in.get<uint32_t>();
    if (!count || *count == 0)
        return std::nullopt;
    const auto bytes = *in.take(in.left());
    return CountedNode{*count, Bytes(bytes.begin(), bytes.end())};
}

Bytes encode_counted(uint32_t count, ByteView bytes)
{
    base::Writer out;
    out.put(count);
    out.put(bytes);
    return out.take();
}

trie::NodeBytes Nodes::recall(const Digest& hash) const
{
    {
        const std::shared_lock lock(held_mutex_);
        if (const auto found = held_.find(hash); found != held_.end())
            return found->second.bytes;
    }
    return from_cache(hash);
}

trie::NodeBytes Nodes::find(const Digest& hash) const
{
    if (auto found = recall(hash))
        return found;
    const auto row = tables_.get(Table::nodes, hash);
    auto node = row && *row ? decode_counted(**row) : std::nullopt;
    if (!row || (*row && !node))
    {
        const std::lock_guard lock(cache_mutex_);
        failure_ = row ? Failure{Why::damaged, "a trie node in the database does not read; sync anew"} : row.error();
        return nullptr;
    }
    if (!node)
        return nullptr;
    auto bytes = std::make_shared<const Bytes>(std::move(node->bytes));
    remember(hash, bytes);
    return bytes;
}

std::optional<Failure> Nodes::failure() const
{
    const std::lock_guard lock(cache_mutex_);
    return failure_;
}

trie::NodeBytes Nodes::from_cache(const Digest& hash) const
{
    const std::lock_guard lock(cache_mutex_);
    if (const auto found = young_.find(hash); found != young_.end())
        return found->second;
    const auto found = old_.find(hash);
    if (found == old_.end())
        return nullptr;
    auto bytes = found->second;
    old_.erase(found);
    young_bytes_ += bytes->size() + sizeof(Digest);
    young_.emplace(hash, bytes);
    return bytes;
}

void Nodes::remember(const Digest& hash, const trie::NodeBytes& bytes) const
{
    const std::lock_guard lock(cache_mutex_);
    if (!young_.emplace(hash, bytes).second)
        return;
    young_bytes_ += bytes->size() + sizeof(Digest);
    if (young_bytes_ <= half_)
        return;
    old_ = std::move(young_);
    young_.clear();
    young_bytes_ = 0;
}

void Nodes::hold(const BlockDiff& diff)
{
    const std::unique_lock lock(held_mutex_);
    for (const auto& node : diff.inserted)
    {
        auto& held = held_[node.hash];
        held.bytes = node.bytes;
        ++held.count;
    }
}

void Nodes::release(const BlockDiff& diff, bool is_final)
{
    const std::unique_lock lock(held_mutex_);
    for (const auto& node : diff.inserted)
    {
        const auto found = held_.find(node.hash);
        base::invariant(found != held_.end());
        if (--found->second.count == 0)
        {
            if (is_final) // the next block changes the upper ones again
                remember(node.hash, found->second.bytes);
            held_.erase(found);
        }
    }
}

void Nodes::forget(std::span<const Digest> hashes)
{
    const std::lock_guard lock(cache_mutex_);
    for (const auto& hash : hashes)
    {
        young_.erase(hash);
        old_.erase(hash);
    }
}

} // namespace database
