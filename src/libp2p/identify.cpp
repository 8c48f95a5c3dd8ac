#include "libp2p/identify.hpp"

#include "libp2p/protobuf.hpp"

namespace libp2p {
namespace {

constexpr uint32_t kPublicKey = 1, kListenAddress = 2, kProtocol = 3, kObserved = 4, kProtocolVersion = 5, kAgent = 6;

std::string text_of(ByteView raw) { return {raw.begin(), raw.end()}; }

} // namespace

Bytes Identify::encode() const
{
    ProtoWriter writer;
    if (peer)
        writer.bytes(kPublicKey, peer->public_key());
    for (const auto& address : listen_addresses)
        writer.bytes(kListenAddress, address);
    for (const auto& protocol : protocols)
        writer.text(kProtocol, protocol);
    if (!observed_address.empty())
        writer.bytes(kObserved, observed_address);
    writer.text(kProtocolVersion, protocol_version);
    writer.text(kAgent, agent_version);
    return writer.take();
}

std::optional<Identify> decode_identify(ByteView message)
{
    Identify info;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (!field->is_bytes)
            continue;
        const auto value = field->bytes;
        if (field->number <= kAgent && value.size() > Identify::kTextMax)
            return std::nullopt;
        switch (field->number)
        {
        case kPublicKey:
            info.peer = peer_of_public_key(value);
            break;
        case kListenAddress:
            if (info.listen_addresses.size() == Identify::kAddressesMax)
                return std::nullopt;
            info.listen_addresses.emplace_back(value.begin(), value.end());
            break;
        case kProtocol:
            if (info.protocols.size() == Identify::kProtocolsMax)
                return std::nullopt;
            info.protocols.push_back(text_of(value));
            break;
        case kObserved:
            info.observed_address.assign(value.begin(), value.end());
            break;
        case kProtocolVersion:
            info.protocol_version = text_of(value);
            break;
        case kAgent:
            info.agent_version = text_of(value);
            break;
        default:
            break;
        }
    }
    return reader.failed() ? std::nullopt : std::optional(std::move(info));
}

} // namespace libp2p
