#pragma once

#include "libp2p/noise.hpp"
#include "libp2p/protocol.hpp"
#include "libp2p/yamux.hpp"

#include <deque>
#include <variant>

namespace libp2p {

/// Why a connection is over.
enum class CloseReason : uint8_t
{
    ours,        ///< we closed it
    greedy,      ///< we closed it: all connections together held too much, and this one the most
    full,        ///< we closed it: no slot is left for it, or another peer was given its slot
    theirs,      ///< the peer ended its stream of bytes or said go-away
    negotiation, ///< no common security or multiplexing protocol, or not multistream-select
    noise,       ///< the Noise handshake or a frame was refused
    wrong_peer,  ///< we dialled somebody else
    yamux,       ///< the peer broke the multiplexer's rules
    slow,        ///< not open within Waits::handshake
    dead,        ///< a ping was not answered
};

/// Why a request got no response.
enum class RequestFailure : uint8_t
{
    refused,      ///< the peer closed the stream without an answer, or reset it
    unsupported,  ///< the peer does not speak the protocol
    malformed,    ///< the answer has a bad length or is over response_max
    timeout,      ///< no answer within Protocol::response_wait
    disconnected, ///< the connection ended first
};

namespace event {

struct Established
{
    PeerId peer;
};
struct Closed
{
    CloseReason why;
};
struct Identified
{
    Identify info;
};
/// The peer wants to send us notifications: accept_notifications or refuse_notifications.
struct NotificationsWanted
{
    StreamId stream;
    ProtocolId protocol;
    Bytes handshake;
};
/// The peer accepted ours: notify() may be used.
struct NotificationsOpen
{
    StreamId stream;
    ProtocolId protocol;
    Bytes handshake;
};
/// A notification stream is over, in the one direction, before or after it was open.
struct NotificationsEnded
{
    StreamId stream;
    ProtocolId protocol;
    Role role; ///< dialer: it was the one on which we send
};
struct Notification
{
    StreamId stream;
    ProtocolId protocol;
    Bytes message;
};
/// To be answered with respond() or refuse_request().
struct Request
{
    StreamId stream;
    ProtocolId protocol;
    Bytes message;
};
struct Response
{
    StreamId stream;
    ProtocolId protocol;
    std::expected<Bytes, RequestFailure> result;
};

} // namespace event

using ConnectionEvent = std::variant<event::Established, event::Closed, event::Identified, event::NotificationsWanted,
                                     event::NotificationsOpen, event::NotificationsEnded, event::Notification,
                                     event::Request, event::Response>;

/// One connection: raw bytes on one side, negotiated, encrypted, multiplexed substreams on the other.
///
///     raw → multistream /noise → Noise XX → multistream /yamux/1.0.0 → Yamux → substreams, each with its multistream
///
/// Answers pings and identify by itself, pings and identifies the peer. Protocols of Host are spoken on substreams.
///
/// Caller  after each call: drain next_event(); write take_output() to the transport until it is empty; read from the
///         transport only while wants_input(); call tick() at deadline(). Pieces given to receive() are of any size.
/// Bounds  kReceiveMax of messages that have not arrived whole, kSendMax queued, kOutputHigh + Yamux::kControlHigh of
///         output: together below 66 MiB for a peer who tries, a few KiB for one who does not
class Connection
{
public:
    static constexpr size_t kReceiveMax = 32 * 1024 * 1024;
    static constexpr size_t kSendMax = 32 * 1024 * 1024;
    static constexpr size_t kOutputHigh = 256 * 1024;
    static constexpr size_t kNotificationQueueMax = 4 * 1024 * 1024; ///< of one stream that the peer reads slowly
    static constexpr size_t kStreamBytes = 1280;                     ///< what an idle substream takes, about

    /// `expected`: who must answer, for a dialer; `observed`: the peer's multiaddr, told to it in identify.
    Connection(Role role, const Host& host, std::optional<PeerId> expected, Bytes observed, Time now);
    ~Connection();

    void receive(ByteView input, Time now);
    void end_of_input();
    void tick(Time now);
    Time deadline() const { return deadline_; }
    bool wants_input() const { return !over() && !muxer_.control_full(); }

    /// At most about kOutputHigh bytes; empty when there is nothing to send now.
    Bytes take_output();
    std::optional<ConnectionEvent> next_event();

    /// No events follow Closed; once take_output() is empty the transport may be closed.
    bool over() const { return phase_ == Phase::over; }
    bool open() const { return phase_ == Phase::open; }
    const PeerId& peer() const { return peer_; }
    std::optional<Time> round_trip() const { return round_trip_; }

    void close(CloseReason why = CloseReason::ours) { end(why); }
    /// Bytes held for the peer now, both ways: counted, for SwarmLimits::buffered_max.
    size_t buffered() const;
    /// Of these, what the peer has not taken yet.
    size_t queued() const { return muxer_.queued(); }
    /// Nothing when the connection is not open or the stream bound is reached.
    std::optional<StreamId> open_notifications(ProtocolId protocol, Bytes handshake, Time now);
    void accept_notifications(StreamId stream, ByteView handshake);
    /// Refuses before, ends after accepting; also ends our own direction. No event follows.
    void end_notifications(StreamId stream, Time now);
    /// False when the stream is gone; or its queue is full, which ends it: a peer that lacks one message had better ask
    /// anew. A message that the peer has not taken within Waits::delivery ends the stream too.
    bool notify(StreamId stream, ByteView message, Time now);
    std::optional<StreamId> request(ProtocolId protocol, Bytes message, Time now);
    /// False when the stream is gone or kSendMax is reached: the peer is refused.
    bool respond(StreamId stream, ByteView message, Time now);
    void refuse_request(StreamId stream, Time now);

private:
    enum class Phase : uint8_t
    {
        security,
        handshake,
        muxer,
        open,
        over,
    };
    struct Substream;
    using Substreams = std::map<StreamId, Substream>;

    void end(CloseReason why);
    bool receive_security(ByteView& input);
    bool receive_handshake(ByteView& input, Time now);
    bool receive_muxer(ByteView& input);
    void receive_frames(ByteView plain, Time now);
    void opened(Time now);
    void expired(Substreams::iterator stream, Time now);

    bool accepts(std::string_view name) const;
    std::optional<StreamId> dial(Substream stream, std::string_view name, Time now);
    void stream_opened(StreamId id, Time now);
    void stream_data(StreamId id, ByteView data, Time now);
    void stream_ended(StreamId id, bool reset, Time now);
    bool negotiate(StreamId id, Substream& stream, ByteView& data, Time now);
    void agreed_inbound(StreamId id, Substream& stream, Time now);
    void agreed_outbound(StreamId id, Substream& stream, Time now);
    void stream_bytes(StreamId id, Substream& stream, ByteView data, Time now);
    void stream_message(StreamId id, Substream& stream, Bytes message, Time now);
    void ask_ping(Time now);
    void ping_bytes(StreamId id, Substream& stream, ByteView data, Time now);
    void watch(StreamId id, Substream& stream, Time now);
    void fail(StreamId id, Substream& stream, RequestFailure why);
    void drop(StreamId id);
    void linger(StreamId id, Substream& stream, Time now);
    void send_identify(StreamId id);
    void wake_at(Time when) { deadline_ = std::min(deadline_, when); }

    const Host& host_;
    Role role_;
    std::optional<PeerId> expected_;
    Bytes observed_;
    Phase phase_ = Phase::security;
    Time started_, next_ping_{}, deadline_;
    PeerId peer_;
    std::optional<Time> round_trip_;

    Bytes out_, plain_;
    Multistream negotiation_;
    std::optional<NoiseHandshake> handshake_;
    std::optional<NoiseChannel> channel_;
    Yamux muxer_;
    Substreams streams_;
    size_t held_ = 0; ///< bytes of unfinished messages over all substreams
    std::deque<ConnectionEvent> events_;
};

} // namespace libp2p
