#include "offchain/address.hpp"

#include <algorithm>
#include <array>

namespace offchain {
namespace {

using boost::asio::ip::address_v6;

struct Block
{
    uint32_t base;
    int bits;
};

/// What of IPv4 is not the public internet.
constexpr std::array kSpecial{
    Block{0x00000000, 8},  // this network
    Block{0x0A000000, 8},  // private
    Block{0x64400000, 10}, // inside a carrier
    Block{0x7F000000, 8},  // this machine
    Block{0xA9FE0000, 16}, // link-local, and clouds' metadata services
    Block{0xAC100000, 12}, // private
    Block{0xC0000000, 24}, // protocol assignments
    Block{0xC0000200, 24}, // documentation
    Block{0xC0586300, 24}, // 6to4 relays, withdrawn
    Block{0xC0A80000, 16}, // private
    Block{0xC6120000, 15}, // benchmarks
    Block{0xC6336400, 24}, // documentation
    Block{0xCB007100, 24}, // documentation
    Block{0xE0000000, 3},  // groups and reserved
};

bool is_public_v4(uint32_t address)
{
    return std::ranges::none_of(kSpecial,
                                [&](const Block& block) { return (address ^ block.base) >> (32 - block.bits) == 0; });
}

uint32_t word(const address_v6::bytes_type& bytes, size_t at)
{
    return uint32_t(bytes[at]) << 24 | uint32_t(bytes[at + 1]) << 16 | uint32_t(bytes[at + 2]) << 8 | bytes[at + 3];
}

bool is_public_v6(const address_v6& address)
{
    const auto bytes = address.to_bytes();
    const auto first = word(bytes, 0), second = word(bytes, 4), third = word(bytes, 8);
    if (address.is_v4_mapped() || (first == 0x0064FF9B && second == 0 && third == 0)) // also NAT64's well-known prefix
        return is_public_v4(word(bytes, 12));
    if (first >> 16 == 0x2002) // 6to4
        return is_public_v4(first << 16 | second >> 16);
    if (first >> 29 != 1) // the internet's addresses begin with the bits 001
        return false;
    const bool protocols = first >> 9 == 0x20010000u >> 9;                        // 2001::/23: Teredo and others
    return !protocols && first != 0x20010DB8 && first >> 12 != 0x3FFF0000u >> 12; // documentation
}

} // namespace

bool is_public(const boost::asio::ip::address& address)
{
    return address.is_v4() ? is_public_v4(address.to_v4().to_uint()) : is_public_v6(address.to_v6());
}

} // namespace offchain
