#pragma once

#include "libp2p/multiaddr.hpp"

namespace libp2p {

/// Who shares one allowance, for whoever has one address of it may have all: an IPv4 address, the /64 of an IPv6 one.
/// Empty for an address without an IP.
Bytes site_of(const Multiaddr& address);
/// Who may well be one operator: an IPv4 /16, an IPv6 /32.
Bytes net_of(const Multiaddr& address);

/// Where an address leads from, by its first part alone.
enum class Reach : uint8_t
{
    global,  ///< a name, or an IP of the internet
    local,   ///< loopback, private, shared or link-local
    nowhere, ///< unspecified, multicast, documentation, reserved; not an IP or name at all
};

/// Source  IANA's special-purpose address registries, IPv4 and IPv6; RFC 6761 (localhost), RFC 6762 (.local)
Reach reach_of(const Multiaddr& address);

/// Which addresses that peers tell of are worth keeping: of a known form, short, with a port, and global. On a
/// development network also local ones; elsewhere those would have nodes knock at doors behind their own firewall.
struct AddressRules
{
    static constexpr size_t kBytesMax = 160; ///< of one address
    bool allow_local = false;

    /// The address without its /p2p part; nothing when it is not worth keeping, or names another peer.
    std::optional<Multiaddr> kept(const Multiaddr& address, const PeerId& peer) const;
    /// Of each of `addresses`, as bytes from outside, at most `max` and none twice.
    std::vector<Multiaddr> kept(const std::vector<Bytes>& addresses, const PeerId& peer, size_t max) const;
};

/// The address with /p2p/ID at its end: to be dialled.
Multiaddr with_peer(Multiaddr address, const PeerId& peer);

} // namespace libp2p
