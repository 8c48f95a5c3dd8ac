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

} // namespace

Bytes site_of(const Multiaddr& address) { return prefix_of(address, 4, 8); }
Bytes net_of(const Multiaddr& address) { return prefix_of(address, 2, 4); }

} // namespace libp2p
