#pragma once

#include <boost/asio/ip/address.hpp>

namespace offchain {

/// Whether an address is one of the public internet: not of this machine, of a private or local network, of a carrier's
/// inside, reserved, or a group. Addresses that carry an IPv4 address inside are judged by that one.
///
/// Source  IANA's special-purpose address registries (RFC 6890), as of 2026
bool is_public(const boost::asio::ip::address& address);

} // namespace offchain
