#pragma once

#include "libp2p/multiaddr.hpp"

namespace libp2p {

/// Who shares one allowance, for whoever has one address of it may have all: an IPv4 address, the /64 of an IPv6 one.
/// Empty for an address without an IP.
Bytes site_of(const Multiaddr& address);
/// Who may well be one operator: an IPv4 /16, an IPv6 /32.
Bytes net_of(const Multiaddr& address);

} // namespace libp2p
