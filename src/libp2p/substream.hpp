#pragma once

#include "libp2p/connection.hpp"

namespace libp2p {

/// What a substream is for and how far it is.
enum class Use : uint8_t
{
    unknown,         ///< inbound, under negotiation
    ping_answer,     ///< inbound: echoes
    ping_ask,        ///< outbound: one ping
    identify_ask,    ///< outbound
    notify_in,       ///< inbound, handshake not yet here
    notify_in_wait,  ///< inbound, our owner decides
    notify_in_open,  ///< inbound
    notify_out,      ///< outbound, until the peer's handshake
    notify_out_open, ///< outbound
    request_in,      ///< inbound, request not yet whole
    request_in_wait, ///< inbound, our owner answers
    request_out,     ///< outbound
    done,            ///< nothing more to say; waits for the peer's end
};

struct Connection::Substream
{
    Use use = Use::unknown;
    ProtocolId protocol = 0;
    std::optional<Multistream> negotiation = {};
    LengthPrefixed reader{0};
    Bytes first = {}; ///< to be sent once negotiated: handshake, request or ping
    Bytes echo = {};  ///< ping bytes so far
    Time since{};
    uint64_t due = 0; ///< of a notification stream: what Yamux::Progress::sent must reach by the deadline
    std::optional<Time> deadline = {};
};

inline constexpr std::string_view kPingName = "/ipfs/ping/1.0.0";
inline constexpr size_t kPingBytes = 32;

} // namespace libp2p
