#include "libp2p/kad_table.hpp"

#include <algorithm>
#include <bit>
#include <sodium.h>

namespace libp2p {

KadPoint kad_point(ByteView key)
{
    KadPoint point;
    crypto_hash_sha256(point.data(), key.data(), key.size());
    return point;
}

KadPoint kad_point(const PeerId& peer) { return kad_point(peer.multihash()); }

KadPoint kad_distance(const KadPoint& a, const KadPoint& b)
{
    KadPoint out;
    std::ranges::transform(a, b, out.begin(), std::bit_xor{});
    return out;
}

/// Nothing for our own point.
std::optional<size_t> KadTable::bucket_of(const KadPoint& point) const
{
    const auto distance = kad_distance(self_, point);
    const auto first = std::ranges::find_if(distance, [](uint8_t byte) { return byte != 0; });
    if (first == distance.end())
        return std::nullopt;
    const auto zeros = size_t(first - distance.begin()) * 8 + size_t(std::countl_zero(*first));
    return 255 - zeros;
}

const KadTable::Entry* KadTable::find(const PeerId& peer) const
{
    const auto bucket = bucket_of(kad_point(peer));
    if (!bucket)
        return nullptr;
    const auto& entries = buckets_[*bucket];
    const auto found = std::ranges::find(entries, peer, [](const auto& entry) { return entry.contact.peer; });
    return found == entries.end() ? nullptr : &*found;
}

KadTable::Entry* KadTable::find(const PeerId& peer)
{
    return const_cast<Entry*>(std::as_const(*this).find(peer)); // of this table, which is not const here
}

bool KadTable::add(KadContact contact, Time now)
{
    const auto point = kad_point(contact.peer);
    const auto index = bucket_of(point);
    if (!index || contact.addresses.empty())
        return false;
    if (contact.addresses.size() > kAddressesMax)
        contact.addresses.resize(kAddressesMax);
    auto net = net_of(contact.addresses[0]);
    if (auto* known = find(contact.peer))
    {
        known->contact = std::move(contact);
        known->net = std::move(net);
        known->failures = 0;
        known->reached = now;
        return true;
    }
    auto& bucket = buckets_[*index];
    const auto of_net = std::ranges::count_if(bucket, [&](const auto& entry) { return entry.net == net; });
    if (!allow_local_ && !net.empty() && size_t(of_net) >= kOfNetMax)
        return false;
    Entry entry{.contact = std::move(contact), .point = point, .net = std::move(net), .reached = now};
    if (bucket.size() < kBucket)
    {
        bucket.push_back(std::move(entry));
        return true;
    }
    const auto worst = std::ranges::max_element(bucket, {}, &Entry::failures);
    if (worst->failures == 0)
        return false;
    *worst = std::move(entry);
    return true;
}

void KadTable::reached(const PeerId& peer, Time now)
{
    if (auto* entry = find(peer))
    {
        entry->failures = 0;
        entry->reached = now;
    }
}

void KadTable::failed(const PeerId& peer)
{
    auto* entry = find(peer);
    if (entry != nullptr && ++entry->failures >= kFailuresMax)
        remove(peer);
}

void KadTable::remove(const PeerId& peer)
{
    if (const auto bucket = bucket_of(kad_point(peer)))
        std::erase_if(buckets_[*bucket], [&](const auto& entry) { return entry.contact.peer == peer; });
}

const KadContact* KadTable::contact(const PeerId& peer) const
{
    const auto* entry = find(peer);
    return entry == nullptr ? nullptr : &entry->contact;
}

std::vector<KadContact> KadTable::closest(const KadPoint& target, size_t count) const
{
    std::vector<std::pair<KadPoint, const Entry*>> all;
    for (const auto& bucket : buckets_)
        for (const auto& entry : bucket)
            all.emplace_back(kad_distance(entry.point, target), &entry);
    count = std::min(count, all.size());
    std::ranges::partial_sort(all, all.begin() + std::ptrdiff_t(count), {},
                              [](const auto& item) { return item.first; });
    std::vector<KadContact> out;
    out.reserve(count);
    for (const auto& [distance, entry] : std::span(all).first(count))
        out.push_back(entry->contact);
    return out;
}

std::optional<PeerId> KadTable::stalest(Time before) const
{
    const Entry* found = nullptr;
    for (const auto& bucket : buckets_)
        for (const auto& entry : bucket)
            if (entry.reached < before && (found == nullptr || entry.reached < found->reached))
                found = &entry;
    return found == nullptr ? std::nullopt : std::optional(found->contact.peer);
}

std::vector<PeerId> KadTable::peers() const
{
    std::vector<PeerId> out;
    for (const auto& bucket : buckets_)
        for (const auto& entry : bucket)
            out.push_back(entry.contact.peer);
    return out;
}

size_t KadTable::size() const
{
    size_t total = 0;
    for (const auto& bucket : buckets_)
        total += bucket.size();
    return total;
}

} // namespace libp2p
