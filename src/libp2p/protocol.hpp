#pragma once

#include "libp2p/identify.hpp"
#include "libp2p/noise.hpp"

#include <chrono>

namespace libp2p {

/// Time since an origin of the caller's choice; it never goes back.
using Time = std::chrono::milliseconds;

/// Substrate's two kinds of protocol.
enum class ProtocolKind : uint8_t
{
    notifications, ///< each side opens a stream of its own, handshakes on it, then sends messages one way
    requests,      ///< one stream, one request, one response
};

/// A protocol spoken on substreams. All its messages have a varint length before them.
struct Protocol
{
    std::string name;
    ProtocolKind kind;
    size_t message_max = 1024 * 1024;       ///< bytes of a notification, or of a request
    size_t response_max = 16 * 1024 * 1024; ///< bytes of a response
    size_t handshake_max = 1024;            ///< bytes of a notification stream's handshake
    size_t inbound_max = 16;                ///< requests of one peer under way at a time
    Time response_wait = std::chrono::seconds(20);
};

using ProtocolId = uint16_t; ///< index into Host::protocols

/// How long a peer may take. [Substrate's values, but for linger and delivery]
struct Waits
{
    Time handshake = std::chrono::seconds(8);    ///< from the first byte to an open connection
    Time negotiation = std::chrono::seconds(10); ///< of a substream, and of a notification handshake
    Time ping_every = std::chrono::seconds(20);
    Time ping_answer = std::chrono::seconds(10);
    Time request_body = std::chrono::seconds(20);
    Time delivery = std::chrono::seconds(60); ///< until a peer has taken our response or notification
    Time linger = std::chrono::seconds(10);   ///< until a peer closes a stream that we are done with
};

/// What all connections of a node share. Outlives them.
struct Host
{
    const Identity& identity;
    crypto::Entropy& entropy;
    std::vector<Protocol> protocols = {};
    Identify self = {}; ///< without peer, protocols and observed address: filled in for each connection
    Waits waits = {};
    NoiseStatic noise{identity, entropy};

    std::optional<ProtocolId> find(std::string_view name) const;
};

} // namespace libp2p
