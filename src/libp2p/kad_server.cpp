#include "libp2p/kad.hpp"

#include <algorithm>

/// What Kad answers to others.
namespace libp2p {

std::vector<KadContact> Kad::kept(const std::vector<KadPeer>& peers) const
{
    std::vector<KadContact> out;
    for (const auto& [peer, addresses] : peers)
        out.push_back({peer, address_rules_.kept(addresses, peer, KadTable::kAddressesMax)});
    return out;
}

namespace {

KadPeer told(const KadContact& contact)
{
    KadPeer peer{.peer = contact.peer};
    for (const auto& address : contact.addresses)
        peer.addresses.push_back(address.bytes());
    return peer;
}

} // namespace

/// Whether the peer keeps within its rate. A token bucket.
bool Kad::allowed(const PeerId& peer, Time now)
{
    const auto found = connected_.find(peer);
    if (found == connected_.end())
        return false;
    auto& bucket = found->second;
    if (!bucket)
        bucket = {.tokens = limits_.burst, .since = now};
    const auto gained = size_t(std::max<int64_t>(0, (now - bucket->since) / limits_.request_every));
    bucket->since += limits_.request_every * int64_t(gained);
    bucket->tokens = std::min(limits_.burst, bucket->tokens + gained);
    if (bucket->tokens == 0)
        return false;
    --bucket->tokens;
    return true;
}

std::optional<Bytes> Kad::request(const PeerId& from, ByteView message, Time now)
{
    if (!allowed(from, now))
        return std::nullopt;
    auto read = decode_kad(message);
    if (!read)
    {
        effects_.emplace_back(kad_effect::Junk{from});
        return std::nullopt;
    }
    return answer(from, std::move(*read), now);
}

std::optional<Bytes> Kad::answer(const PeerId& from, KadMessage message, Time now)
{
    KadMessage out{.type = message.type, .key = message.key};
    switch (message.type)
    {
    case KadType::put_value:
        return store_value(from, std::move(message), now);
    case KadType::add_provider:
        store_provider(from, message, now);
        return std::nullopt;
    case KadType::ping:
        return out.encode();
    case KadType::get_value:
        if (const auto* record = records_.get(message.key, now))
            out.record = *record;
        break;
    case KadType::get_providers:
        for (const auto& provider : providers_.get(message.key, now))
            out.providers.push_back(told(provider));
        break;
    case KadType::find_node:
        break;
    }
    out.closer = closest_to(message.key, from);
    return out.encode();
}

std::vector<KadPeer> Kad::closest_to(ByteView key, const PeerId& asker) const
{
    std::vector<KadPeer> out;
    for (const auto& contact : table_.closest(kad_point(key), limits_.query.nearest + 1))
        if (contact.peer != asker && out.size() < limits_.query.nearest)
            out.push_back(told(contact));
    return out;
}

/// The answer repeats the record; none when it was not stored.
std::optional<Bytes> Kad::store_value(const PeerId& from, KadMessage message, Time now)
{
    if (!message.record || message.record->key != message.key || !rules_.valid(message.key, message.record->value))
        return std::nullopt;
    if (const auto* old = records_.get(message.key, now); old != nullptr && old->value != message.record->value)
    {
        const std::array<Bytes, 2> both{old->value, message.record->value};
        if (records_.ours(message.key) || rules_.best(message.key, both) == 0)
            return std::nullopt;
    }
    else if (old != nullptr && records_.ours(message.key))
        return message.encode(); // our own comes back: it keeps its place among ours
    if (!records_.put(*message.record, from, now))
        return std::nullopt;
    message.closer.clear();
    message.providers.clear();
    return message.encode();
}

void Kad::store_provider(const PeerId& from, const KadMessage& message, Time now)
{
    if (message.key.empty())
        return;
    for (auto& provider : kept(message.providers))
        if (provider.peer == from && !provider.addresses.empty())
            providers_.add(message.key, std::move(provider), now);
}

} // namespace libp2p
