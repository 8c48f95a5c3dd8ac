#pragma once

#include "libp2p/peer_id.hpp"

#include <vector>

namespace libp2p {

/// Codes of the protocols in an address. [multiformats multicodec table]
enum class AddressCode : uint32_t
{
    ip4 = 4,
    tcp = 6,
    ip6 = 41,
    dns = 53,
    dns4 = 54,
    dns6 = 55,
    dnsaddr = 56,
    udp = 273,
    webrtc_direct = 280,
    p2p_circuit = 290,
    p2p = 421,
    tls = 448,
    sni = 449,
    quic_v1 = 461,
    webtransport = 465,
    ws = 477,
    wss = 478,
};

/// Where a peer may be reached: "/ip4/127.0.0.1/tcp/30333/ws". A list of protocols with their values.
///
/// Bounds  kPartsMax parts, kBytesMax bytes
/// Source  multiformats multiaddr README
struct Multiaddr
{
    static constexpr size_t kPartsMax = 16;
    static constexpr size_t kBytesMax = 512;

    struct Part
    {
        AddressCode code;
        Bytes value; ///< 4 or 16 bytes of an IP, 2 of a port (big-endian), a name's text, a multihash; else empty
        friend bool operator==(const Part&, const Part&) = default;
    };
    std::vector<Part> parts;

    /// The value of the first part with this code.
    const Bytes* find(AddressCode code) const;
    Bytes bytes() const;
    std::string text() const;
    friend bool operator==(const Multiaddr&, const Multiaddr&) = default;
};

/// Nothing for an unknown protocol, a value that does not fit it, or more than the bounds.
std::optional<Multiaddr> address_of_bytes(ByteView bytes);
std::optional<Multiaddr> address_of_text(std::string_view text);

/// "/ip4/…/tcp/port" or "/ip6/…/tcp/port" of a socket's end.
Multiaddr address_of_socket(ByteView ip, uint16_t port);

/// What a tcp or ws transport needs of an address.
struct Endpoint
{
    std::string host; ///< an IP address or a name
    uint16_t port = 0;
    bool websocket = false;
    std::optional<PeerId> peer; ///< from /p2p/…
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Nothing unless the address is {ip4, ip6, dns, dns4, dns6}/tcp[/ws][/p2p].
std::optional<Endpoint> endpoint_of(const Multiaddr& address);

} // namespace libp2p
