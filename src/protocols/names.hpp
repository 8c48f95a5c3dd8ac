#pragma once

#include "libp2p/protocol.hpp"
#include "primitives/keys.hpp"

/// What Substrate's nodes say to each other on libp2p's substreams: names and encodings, no behaviour.
namespace protocols {

using base::Bytes;
using base::ByteView;
using primitives::Hash;

/// The end of a protocol's name: "/GENESIS[/FORK]/block-announces/1".
enum class Name : uint8_t
{
    block_announces,
    transactions,
    grandpa,
    sync,
    warp_sync,
    light,
    state,
};

/// The protocol with its name on this chain, its kind, and the bounds that Substrate's nodes keep: 1 MiB for a
/// notification or request, 16 MiB for a response.
///
/// fork_id  from the chain spec; empty for most chains
libp2p::Protocol protocol(Name name, const Hash& genesis, std::string_view fork_id);

/// The name of Kademlia's protocol on this chain.
std::string kad_name(const Hash& genesis, std::string_view fork_id);

} // namespace protocols
