#pragma once

#include "libp2p/peer_id.hpp"

#include <vector>

namespace libp2p {

inline constexpr std::string_view kIdentifyName = "/ipfs/id/1.0.0";
inline constexpr size_t kIdentifyBytesMax = 64 * 1024;

/// What a peer tells about itself.
///
/// Source  libp2p specs, identify/README.md: protobuf Identify; the signed record (field 8) is neither sent nor read
struct Identify
{
    static constexpr size_t kAddressesMax = 32;
    static constexpr size_t kProtocolsMax = 512;
    static constexpr size_t kTextMax = 512;

    std::optional<PeerId> peer = {};
    std::string protocol_version = {}, agent_version = {};
    std::vector<Bytes> listen_addresses = {}; ///< multiaddrs as they came; unknown kinds are common
    Bytes observed_address = {};              ///< how the sender sees the receiver
    std::vector<std::string> protocols = {};

    Bytes encode() const;
    friend bool operator==(const Identify&, const Identify&) = default;
};

/// Nothing when it is no protobuf, or over one of the bounds.
std::optional<Identify> decode_identify(ByteView message);

} // namespace libp2p
