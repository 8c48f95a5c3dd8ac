#include "libp2p/kad_store.hpp"

#include <algorithm>

namespace libp2p {
namespace {

size_t size_of(const KadRecord& record) { return record.key.size() + record.value.size(); }

Bytes bytes_of(ByteView view) { return {view.begin(), view.end()}; }

} // namespace

bool KadRecords::room_for(size_t size) const
{
    return records_.size() < limits_.records_max && bytes_ + size <= limits_.records_bytes_max;
}

void KadRecords::erase(Entries::iterator entry)
{
    bytes_ -= size_of(entry->second.record);
    records_.erase(entry);
}

bool KadRecords::put(KadRecord record, const PeerId& giver, Time now)
{
    const bool is_ours = giver == self_;
    const auto of_giver = std::ranges::count_if(records_, [&](const auto& item) { return item.second.giver == giver; });
    const auto old = records_.find(record.key);
    if (!is_ours && old == records_.end() && size_t(of_giver) >= limits_.records_of_peer_max)
        return false;
    const size_t size = size_of(record);
    if (old != records_.end())
        erase(old);
    const auto distance = kad_distance(kad_point(record.key), me_);
    while (!room_for(size))
    {
        const auto farthest = std::ranges::max_element(records_, {}, [&](const auto& item) {
            return item.second.giver == self_ ? KadPoint{} : item.second.distance;
        });
        if (farthest == records_.end() || farthest->second.giver == self_ ||
            (!is_ours && farthest->second.distance < distance))
            return false;
        erase(farthest);
    }
    auto ttl = limits_.record_ttl;
    if (record.ttl_s != 0)
        ttl = std::min<Time>(ttl, std::chrono::seconds(record.ttl_s));
    bytes_ += size;
    auto key = record.key;
    records_.emplace(std::move(key),
                     Entry{.record = std::move(record), .giver = giver, .distance = distance, .until = now + ttl});
    return true;
}

const KadRecord* KadRecords::get(ByteView key, Time now) const
{
    const auto found = records_.find(bytes_of(key));
    return found == records_.end() || found->second.until <= now ? nullptr : &found->second.record;
}

bool KadRecords::ours(ByteView key) const
{
    const auto found = records_.find(bytes_of(key));
    return found != records_.end() && found->second.giver == self_;
}

void KadRecords::expire(Time now)
{
    for (auto next = records_.begin(); next != records_.end();)
        if (const auto entry = next++; entry->second.until <= now)
            erase(entry);
}

void KadProviders::forget(const PeerId& provider)
{
    const auto given = given_.find(provider);
    if (--given->second == 0)
        given_.erase(given);
}

bool KadProviders::add(ByteView key, KadContact provider, Time now)
{
    const auto known = keys_.find(bytes_of(key));
    const auto distance = kad_distance(kad_point(key), kad_point(provider.peer));
    const Entry entry{.contact = std::move(provider), .until = now + limits_.provider_ttl};
    if (known != keys_.end() && known->second.contains(distance))
    {
        known->second.insert_or_assign(distance, entry);
        return true;
    }
    const auto given = given_.find(entry.contact.peer);
    if (given != given_.end() && given->second >= limits_.keys_of_provider_max)
        return false;
    if (known == keys_.end() && keys_.size() >= limits_.provided_keys_max)
        return false;
    auto& of_key = keys_[bytes_of(key)];
    if (of_key.size() >= limits_.providers_of_key_max)
    {
        const auto farthest = std::prev(of_key.end());
        if (farthest->first < distance)
            return false;
        forget(farthest->second.contact.peer);
        of_key.erase(farthest);
    }
    ++given_[entry.contact.peer];
    of_key.emplace(distance, entry);
    return true;
}

std::vector<KadContact> KadProviders::get(ByteView key, Time now) const
{
    std::vector<KadContact> out;
    const auto found = keys_.find(bytes_of(key));
    if (found == keys_.end())
        return out;
    for (const auto& [distance, entry] : found->second)
        if (entry.until > now)
            out.push_back(entry.contact);
    return out;
}

void KadProviders::expire(Time now)
{
    for (auto& [key, of_key] : keys_)
        std::erase_if(of_key, [&](const auto& item) {
            if (item.second.until > now)
                return false;
            forget(item.second.contact.peer);
            return true;
        });
    std::erase_if(keys_, [](const auto& item) { return item.second.empty(); });
}

} // namespace libp2p
