#include "libp2p/peer_store.hpp"

#include "libp2p/protobuf.hpp"

#include <algorithm>
#include <sodium.h>
#include <tuple>

namespace libp2p {
namespace {

constexpr std::string_view kMagic = "ZKPP";
constexpr uint8_t kVersion = 1;
constexpr size_t kChecksumBytes = 8, kHeadBytes = kMagic.size() + 1 + kChecksumBytes;
constexpr uint32_t kSavedAt = 1, kPeer = 2, kBan = 3;
constexpr uint32_t kId = 1, kAddress = 2, kReachedAgo = 3, kFailures = 4, kLeft = 2;
constexpr uint64_t kSecondsMax = uint64_t{100} * 365 * 86400; ///< of an age in a file

Bytes checksum(ByteView body)
{
    Bytes hash(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(hash.data(), body.data(), body.size());
    hash.resize(kChecksumBytes);
    return hash;
}

uint64_t seconds_of(Time time) { return uint64_t(std::max<int64_t>(0, time.count() / 1000)); }

Bytes net_of_peer(const PeerStore::Peer& peer) { return peer.addresses.empty() ? Bytes{} : net_of(peer.addresses[0]); }

bool stays(const PeerStore::Peer& peer) { return peer.bootnode || peer.reserved; }

void merge(std::vector<Multiaddr>& into, const std::vector<Multiaddr>& more)
{
    for (const auto& address : more)
        if (into.size() < PeerStore::kAddressesMax && std::ranges::find(into, address) == into.end())
            into.push_back(address);
}

} // namespace

const PeerStore::Peer* PeerStore::find(const PeerId& peer) const
{
    const auto found = peers_.find(peer);
    return found == peers_.end() ? nullptr : &found->second;
}

PeerStore::Peer* PeerStore::known(const PeerId& peer)
{
    const auto found = peers_.find(peer);
    return found == peers_.end() ? nullptr : &found->second;
}

/// For one that we have not reached: of those like it, who failed most goes.
bool PeerStore::make_room(const Bytes& net)
{
    const auto of_net = std::ranges::count_if(peers_, [&](const auto& item) {
        const auto& peer = item.second;
        return !stays(peer) && !peer.reached && !net.empty() && net_of_peer(peer) == net;
    });
    if (size_t(of_net) >= kOfNetMax)
        return false;
    if (peers_.size() < kPeersMax)
        return true;
    const auto worst = std::ranges::max_element(peers_, {}, [](const auto& item) {
        const auto& peer = item.second;
        return std::tuple(!stays(peer), !peer.reached, peer.failures);
    });
    if (stays(worst->second) || worst->second.reached || worst->second.failures == 0)
        return false;
    peers_.erase(worst);
    return true;
}

bool PeerStore::add(const PeerId& peer, const std::vector<Multiaddr>& addresses)
{
    if (peer == self_ || addresses.empty())
        return false;
    if (auto* old = known(peer))
    {
        if (old->reached || stays(*old)) // what worked stays first; the rest is what is said now
            old->addresses.resize(std::min<size_t>(old->addresses.size(), stays(*old) ? 4 : 1));
        else
            old->addresses.clear();
        merge(old->addresses, addresses);
        return true;
    }
    if (!make_room(net_of(addresses[0])))
        return false;
    merge(peers_[peer].addresses, addresses);
    return true;
}

void PeerStore::add_bootnode(const PeerId& peer, const Multiaddr& address)
{
    if (peer == self_)
        return;
    peers_[peer].bootnode = true;
    merge(peers_[peer].addresses, {address});
}

void PeerStore::add_reserved(const PeerId& peer, const std::vector<Multiaddr>& addresses)
{
    if (peer == self_)
        return;
    auto& entry = peers_[peer];
    entry.reserved = true;
    entry.retry_at = {};
    auto all = addresses;
    merge(all, entry.addresses);
    all.resize(std::min(all.size(), kAddressesMax));
    entry.addresses = std::move(all);
}

void PeerStore::remove_reserved(const PeerId& peer)
{
    if (auto* old = known(peer))
        old->reserved = false;
}

void PeerStore::reached(const PeerId& peer, const Multiaddr& address, Time now)
{
    if (peer == self_)
        return;
    auto* entry = known(peer);
    if (entry == nullptr)
    {
        if (peers_.size() >= kPeersMax)
        {
            const auto oldest = std::ranges::min_element(peers_, {}, [](const auto& item) {
                const auto& each = item.second;
                return std::tuple(stays(each), each.reached.value_or(Time::min()));
            });
            if (stays(oldest->second))
                return;
            peers_.erase(oldest);
        }
        entry = &peers_[peer];
    }
    std::erase(entry->addresses, address);
    entry->addresses.insert(entry->addresses.begin(), address);
    entry->addresses.resize(std::min(entry->addresses.size(), kAddressesMax));
    entry->reached = now;
    entry->failures = 0;
    entry->retry_at = now;
}

void PeerStore::failed(const PeerId& peer, Time now)
{
    auto* entry = known(peer);
    if (entry == nullptr)
        return;
    const auto last = stays(*entry) ? kRetryLastReserved : kRetryLast;
    entry->retry_at = now + std::min(last, kRetryFirst * (int64_t{1} << std::min(entry->failures, 16U)));
    ++entry->failures;
    if (entry->failures >= kFailuresMax && !entry->reached && !stays(*entry))
        peers_.erase(peer);
}

void PeerStore::postpone(const PeerId& peer, Time until)
{
    if (auto* entry = known(peer))
        entry->retry_at = std::max(entry->retry_at, until);
}

std::set<PeerId> PeerStore::reserved() const
{
    std::set<PeerId> out;
    for (const auto& [peer, entry] : peers_)
        if (entry.reserved)
            out.insert(peer);
    return out;
}

Bytes PeerStore::save(const std::vector<Ban>& bans, Time now, uint64_t unix_s) const
{
    ProtoWriter body;
    body.integer(kSavedAt, unix_s);
    for (const auto& [peer, entry] : peers_)
    {
        ProtoWriter one;
        one.bytes(kId, peer.multihash());
        for (const auto& address : entry.addresses)
            one.bytes(kAddress, address.bytes());
        if (entry.reached)
            one.integer(kReachedAgo, seconds_of(now - *entry.reached));
        one.integer(kFailures, entry.failures);
        body.bytes(kPeer, one.take());
    }
    for (const auto& [peer, left] : bans)
    {
        ProtoWriter one;
        one.bytes(kId, peer.multihash());
        one.integer(kLeft, seconds_of(left) + 1);
        body.bytes(kBan, one.take());
    }
    const auto rest = body.take();
    Bytes out(kMagic.begin(), kMagic.end());
    out.push_back(kVersion);
    append(out, checksum(rest));
    append(out, rest);
    return out;
}

void PeerStore::load_peer(ByteView raw, Time now, uint64_t passed_s)
{
    std::optional<PeerId> id;
    Peer peer;
    std::optional<uint64_t> ago;
    ProtoReader reader(raw);
    while (const auto field = reader.next())
    {
        if (field->number == kId && field->is_bytes)
            id = peer_of_multihash(field->bytes);
        else if (field->number == kAddress && field->is_bytes)
        {
            if (auto address = address_of_bytes(field->bytes))
                merge(peer.addresses, {std::move(*address)});
        }
        else if (field->number == kReachedAgo && !field->is_bytes)
            ago = std::min(field->integer, kSecondsMax);
        else if (field->number == kFailures && !field->is_bytes)
            peer.failures = uint32_t(std::min<uint64_t>(field->integer, kFailuresMax - 1));
    }
    if (!id || *id == self_ || peer.addresses.empty())
        return;
    if (ago)
        peer.reached = now - std::chrono::seconds(*ago + passed_s);
    if (auto* configured = known(*id))
    {
        merge(configured->addresses, peer.addresses);
        configured->reached = peer.reached;
    }
    else if (peers_.size() < kPeersMax)
        peers_.emplace(*id, std::move(peer));
}

std::optional<std::vector<Ban>> PeerStore::load(ByteView bytes, Time now, uint64_t unix_s)
{
    if (bytes.size() < kHeadBytes || bytes.size() > kSavedMax ||
        !std::ranges::equal(bytes.first(kMagic.size()), base::view(kMagic)) || bytes[kMagic.size()] != kVersion)
        return std::nullopt;
    const auto body = bytes.subspan(kHeadBytes);
    if (!std::ranges::equal(bytes.subspan(kMagic.size() + 1, kChecksumBytes), checksum(body)))
        return std::nullopt;
    std::vector<Ban> bans;
    uint64_t passed_s = 0;
    ProtoReader reader(body);
    while (const auto field = reader.next())
    {
        if (field->number == kSavedAt && !field->is_bytes)
            passed_s = unix_s > field->integer ? std::min(unix_s - field->integer, kSecondsMax) : 0;
        else if (field->number == kPeer && field->is_bytes)
            load_peer(field->bytes, now, passed_s);
        else if (field->number == kBan && field->is_bytes)
        {
            std::optional<PeerId> id;
            uint64_t left = 0;
            ProtoReader one(field->bytes);
            while (const auto part = one.next())
            {
                if (part->number == kId && part->is_bytes)
                    id = peer_of_multihash(part->bytes);
                else if (part->number == kLeft && !part->is_bytes)
                    left = std::min(part->integer, kSecondsMax);
            }
            if (id && left > passed_s && bans.size() < ReputationTable::kEntriesMax)
                bans.push_back({*id, std::chrono::seconds(left - passed_s)});
        }
    }
    return reader.failed() ? std::nullopt : std::optional(std::move(bans));
}

} // namespace libp2p
