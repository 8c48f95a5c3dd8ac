#include "libp2p/reputation.hpp"

#include <algorithm>

namespace libp2p {

int32_t ReputationTable::decayed(const Entry& entry, Time now)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - entry.since).count();
    const auto back = int32_t(std::clamp<int64_t>(seconds, 0, -kBanBelow));
    return entry.score < 0 ? std::min(0, entry.score + back) : std::max(0, entry.score - back);
}

bool ReputationTable::change(const PeerId& peer, int32_t change, Time now)
{
    if (!entries_.contains(peer) && entries_.size() == kEntriesMax)
        make_room(now);
    auto& entry = entries_[peer];
    if (entry.banned_until && now < *entry.banned_until)
        return false;
    const int64_t score = int64_t{decayed(entry, now)} + change;
    entry = {.score = int32_t(std::clamp<int64_t>(score, kBanBelow, kScoreMax)), .since = now};
    if (score > kBanBelow)
        return false;
    entry = {.score = 0, .since = now, .banned_until = now + kBan};
    return true;
}

bool ReputationTable::banned(const PeerId& peer, Time now) const
{
    const auto found = entries_.find(peer);
    return found != entries_.end() && found->second.banned_until && now < *found->second.banned_until;
}

int32_t ReputationTable::score(const PeerId& peer, Time now) const
{
    const auto found = entries_.find(peer);
    return found == entries_.end() ? 0 : decayed(found->second, now);
}

std::vector<Ban> ReputationTable::bans(Time now) const
{
    std::vector<Ban> out;
    for (const auto& [peer, entry] : entries_)
        if (entry.banned_until && now < *entry.banned_until)
            out.push_back({peer, *entry.banned_until - now});
    return out;
}

void ReputationTable::restore(const Ban& ban, Time now)
{
    if (!entries_.contains(ban.peer) && entries_.size() == kEntriesMax)
        make_room(now);
    entries_[ban.peer] = {.score = 0, .since = now, .banned_until = now + std::min(ban.left, kBan)};
}

void ReputationTable::make_room(Time now)
{
    const auto worth = [&](const auto& item) {
        const auto& entry = item.second;
        const bool banned = entry.banned_until && now < *entry.banned_until;
        return std::pair(banned, std::abs(decayed(entry, now)));
    };
    entries_.erase(std::ranges::min_element(entries_, {}, worth));
}

} // namespace libp2p
