#include "libp2p/kad_messages.hpp"

#include "libp2p/multiaddr.hpp"
#include "libp2p/protobuf.hpp"

namespace libp2p {
namespace {

constexpr uint32_t kType = 1, kKey = 2, kRecord = 3, kCloser = 8, kProviders = 9;
constexpr uint32_t kRecordKey = 1, kRecordValue = 2, kRecordPublisher = 666, kRecordTtl = 777;
constexpr uint32_t kPeerId = 1, kPeerAddress = 2;
constexpr size_t kFieldOverhead = 8; ///< bytes at most of a tag and a length below 2³²

Bytes encode_record(const KadRecord& record)
{
    ProtoWriter writer;
    writer.bytes(kRecordKey, record.key);
    writer.bytes(kRecordValue, record.value);
    if (record.publisher)
        writer.bytes(kRecordPublisher, record.publisher->multihash());
    if (record.ttl_s != 0)
        writer.integer(kRecordTtl, record.ttl_s);
    return writer.take();
}

Bytes encode_peer(const KadPeer& peer)
{
    ProtoWriter writer;
    writer.bytes(kPeerId, peer.peer.multihash());
    for (const auto& address : peer.addresses)
        writer.bytes(kPeerAddress, address);
    return writer.take();
}

std::optional<KadRecord> decode_record(ByteView raw)
{
    KadRecord record;
    ProtoReader reader(raw);
    while (const auto field = reader.next())
    {
        if (field->number == kRecordKey && field->is_bytes)
            record.key.assign(field->bytes.begin(), field->bytes.end());
        else if (field->number == kRecordValue && field->is_bytes)
            record.value.assign(field->bytes.begin(), field->bytes.end());
        else if (field->number == kRecordPublisher && field->is_bytes)
            record.publisher = peer_of_multihash(field->bytes);
        else if (field->number == kRecordTtl && !field->is_bytes)
            record.ttl_s = uint32_t(std::min<uint64_t>(field->integer, UINT32_MAX));
    }
    if (reader.failed() || record.key.size() > KadRecord::kKeyMax || record.value.size() > KadRecord::kValueMax)
        return std::nullopt;
    return record;
}

/// False when it is no protobuf; a peer with an id of another kind is passed over.
bool decode_peer(ByteView raw, std::vector<KadPeer>& peers)
{
    std::optional<PeerId> id;
    std::vector<Bytes> addresses;
    ProtoReader reader(raw);
    while (const auto field = reader.next())
    {
        if (field->number == kPeerId && field->is_bytes)
            id = peer_of_multihash(field->bytes);
        else if (field->number == kPeerAddress && field->is_bytes && addresses.size() < KadPeer::kAddressesMax &&
                 !field->bytes.empty() && field->bytes.size() <= Multiaddr::kBytesMax)
            addresses.emplace_back(field->bytes.begin(), field->bytes.end());
    }
    if (id && peers.size() < KadMessage::kPeersMax)
        peers.push_back({*id, std::move(addresses)});
    return !reader.failed();
}

} // namespace

Bytes KadMessage::encode() const
{
    ProtoWriter writer;
    writer.integer(kType, uint64_t(type));
    writer.bytes(kKey, key);
    if (record)
        writer.bytes(kRecord, encode_record(*record));
    size_t used = 0;
    const auto put = [&](uint32_t field, const std::vector<KadPeer>& peers) {
        for (const auto& peer : peers)
        {
            const auto raw = encode_peer(peer);
            used += raw.size() + kFieldOverhead;
            if (used > kKadPeersBytesMax)
                return;
            writer.bytes(field, raw);
        }
    };
    put(kProviders, providers);
    put(kCloser, closer);
    return writer.take();
}

std::optional<KadMessage> decode_kad(ByteView message)
{
    KadMessage out{.type = KadType::put_value};
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (field->number == kType && !field->is_bytes)
        {
            if (field->integer > uint64_t(KadType::ping))
                return std::nullopt;
            out.type = KadType(field->integer);
        }
        if (!field->is_bytes)
            continue;
        if (field->number == kKey)
            out.key.assign(field->bytes.begin(), field->bytes.end());
        else if (field->number == kRecord)
        {
            out.record = decode_record(field->bytes);
            if (!out.record)
                return std::nullopt;
        }
        else if (field->number == kCloser || field->number == kProviders)
        {
            if (!decode_peer(field->bytes, field->number == kCloser ? out.closer : out.providers))
                return std::nullopt;
        }
    }
    if (reader.failed() || out.key.size() > KadRecord::kKeyMax)
        return std::nullopt;
    return out;
}

} // namespace libp2p
