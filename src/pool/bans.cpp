#include "pool/bans.hpp"

namespace pool {

void Bans::add(const Hash& hash, uint64_t until_ms)
{
    const auto found = until_.find(hash);
    if (found != until_.end() && found->second >= until_ms)
        return;
    lift(hash);
    until_.emplace(hash, until_ms);
    ends_.emplace(until_ms, hash);
    if (until_.size() > kBansMax)
        lift(Hash{ends_.begin()->second}); // a copy: lift() erases what it would refer to
}

void Bans::lift(const Hash& hash)
{
    const auto found = until_.find(hash);
    if (found == until_.end())
        return;
    ends_.erase({found->second, hash});
    until_.erase(found);
}

bool Bans::contains(const Hash& hash, uint64_t now_ms) const
{
    const auto found = until_.find(hash);
    return found != until_.end() && now_ms < found->second;
}

void Bans::expire(uint64_t now_ms)
{
    while (!ends_.empty() && ends_.begin()->first <= now_ms)
        lift(Hash{ends_.begin()->second});
}

} // namespace pool
