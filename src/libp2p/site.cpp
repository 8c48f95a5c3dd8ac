#include "libp2p/site.hpp"

#include <algorithm>

namespace libp2p {
namespace {

Bytes prefix_of(const Multiaddr& address, size_t of_ip4, size_t of_ip6)
{
    const auto* ip4 = address.find(AddressCode::ip4);
    const auto* ip = ip4 != nullptr ? ip4 : address.find(AddressCode::ip6);
    if (ip == nullptr)
        return {};
    const size_t size = std::min(ip->size(), ip4 != nullptr ? of_ip4 : of_ip6);
    return {ip->begin(), ip->begin() + std::ptrdiff_t(size)};
}

struct Range
{
    std::array<uint8_t, 12> prefix;
    size_t bits;
    Reach reach;
};

constexpr auto kRanges4 = std::to_array<Range>({
    {{0}, 8, Reach::nowhere},
    {{10}, 8, Reach::local},
    {{100, 64}, 10, Reach::local},
    {{127}, 8, Reach::local},
    {{169, 254}, 16, Reach::local},
    {{172, 16}, 12, Reach::local},
    {{192, 0, 0}, 24, Reach::nowhere},
    {{192, 0, 2}, 24, Reach::nowhere},
    {{192, 168}, 16, Reach::local},
    {{198, 18}, 15, Reach::local},
    {{198, 51, 100}, 24, Reach::nowhere},
    {{203, 0, 113}, 24, Reach::nowhere},
    {{224}, 3, Reach::nowhere}, // multicast and reserved
});

constexpr auto kRanges6 = std::to_array<Range>({
    {{0x20, 1, 0xd, 0xb8}, 32, Reach::nowhere},
    {{0x20}, 3, Reach::global},
    {{0xfc}, 7, Reach::local},
    {{0xfe, 0x80}, 10, Reach::local},
});

bool within(ByteView ip, const Range& range)
{
    for (size_t bit = 0; bit != range.bits; ++bit)
        if ((ip[bit / 8] ^ range.prefix[bit / 8]) >> (7 - bit % 8) & 1)
            return false;
    return true;
}

Reach reach_of_ip4(ByteView ip)
{
    const auto found = std::ranges::find_if(kRanges4, [&](const auto& range) { return within(ip, range); });
    return found == kRanges4.end() ? Reach::global : found->reach;
}

Reach reach_of_ip6(ByteView ip)
{
    static constexpr std::array<uint8_t, 15> kZero{};
    static constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::ranges::equal(ip.first(15), kZero))
        return ip[15] == 1 ? Reach::local : Reach::nowhere;
    if (std::ranges::equal(ip.first(12), kMapped))
        return reach_of_ip4(ip.subspan(12));
    const auto found = std::ranges::find_if(kRanges6, [&](const auto& range) { return within(ip, range); });
    return found == kRanges6.end() ? Reach::nowhere : found->reach;
}

Reach reach_of_name(ByteView raw)
{
    const std::string_view name(reinterpret_cast<const char*>(raw.data()), raw.size());
    const bool local = name == "localhost" || name.ends_with(".localhost") || name.ends_with(".local");
    return local ? Reach::local : Reach::global;
}

} // namespace

Bytes site_of(const Multiaddr& address) { return prefix_of(address, 4, 8); }
Bytes net_of(const Multiaddr& address) { return prefix_of(address, 2, 4); }

Reach reach_of(const Multiaddr& address)
{
    if (address.parts.empty())
        return Reach::nowhere;
    const auto& [code, value] = address.parts[0];
    switch (code)
    {
    case AddressCode::ip4:
        return reach_of_ip4(value);
    case AddressCode::ip6:
        return reach_of_ip6(value);
    case AddressCode::dns:
    case AddressCode::dns4:
    case AddressCode::dns6:
        return reach_of_name(value);
    default:
        return Reach::nowhere;
    }
}

std::optional<Multiaddr> AddressRules::kept(const Multiaddr& address, const PeerId& peer) const
{
    auto out = address;
    if (!out.parts.empty() && out.parts.back().code == AddressCode::p2p)
    {
        if (peer_of_multihash(out.parts.back().value) != peer)
            return std::nullopt;
        out.parts.pop_back();
    }
    const auto reach = reach_of(out);
    if (reach == Reach::nowhere || (reach == Reach::local && !allow_local))
        return std::nullopt;
    if (out.parts.size() < 2 || out.find(AddressCode::p2p) != nullptr || out.find(AddressCode::p2p_circuit) != nullptr)
        return std::nullopt;
    const auto& [code, port] = out.parts[1];
    if ((code != AddressCode::tcp && code != AddressCode::udp) || (port[0] == 0 && port[1] == 0))
        return std::nullopt;
    if (out.bytes().size() > kBytesMax)
        return std::nullopt;
    return out;
}

std::vector<Multiaddr> AddressRules::kept(const std::vector<Bytes>& addresses, const PeerId& peer, size_t max) const
{
    std::vector<Multiaddr> out;
    for (const auto& raw : addresses)
    {
        const auto read = out.size() < max ? address_of_bytes(raw) : std::nullopt;
        auto address = read ? kept(*read, peer) : std::nullopt;
        if (address && std::ranges::find(out, *address) == out.end())
            out.push_back(std::move(*address));
    }
    return out;
}

Multiaddr with_peer(Multiaddr address, const PeerId& peer)
{
    if (address.parts.empty() || address.parts.back().code != AddressCode::p2p)
        address.parts.push_back({AddressCode::p2p, peer.multihash()});
    return address;
}

} // namespace libp2p
