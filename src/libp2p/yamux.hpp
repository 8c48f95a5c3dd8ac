#pragma once

#include "libp2p/multistream.hpp"

#include <deque>
#include <map>

namespace libp2p {

using StreamId = uint32_t;

/// What the owner of a Yamux session must know.
struct YamuxEvent
{
    enum class Kind : uint8_t
    {
        opened,   ///< the peer opened a stream
        data,     ///< bytes on a stream; borrowed from the input
        finished, ///< the peer will send no more on it
        reset,    ///< the stream is gone
        go_away,  ///< the peer ends the session
    };
    Kind kind;
    StreamId stream = 0;
    ByteView data = {};
};

/// Why a session must end: the peer broke the protocol.
enum class YamuxRefusal : uint8_t
{
    header,      ///< unknown version or frame type, or a stream number where none may be (or the other way round)
    stream_id,   ///< a stream opened with our parity, or twice
    window,      ///< more data than the window allowed, or a window above 2³² − 1
    after_close, ///< data on a stream that the peer had finished
};

/// Yamux: many streams, each with its own window, over one connection.
///
/// Caller  feeds receive() until its input is empty, then lets pump() write
/// Bounds  kStreamsMax streams the peer opened, kReceiveWindow bytes unread on each (none is kept here: data is lent to
///         the caller at once); answers to control frames stop at kControlHigh: the caller then reads no more input
/// Source  hashicorp/yamux spec.md, version 0
class Yamux
{
public:
    static constexpr size_t kStreamsMax = 256;
    static constexpr uint32_t kInitialWindow = 256 * 1024;
    /// Offered once a stream has proven long; 1 MiB fills 100 Mbit/s at 80 ms.
    static constexpr uint32_t kReceiveWindow = 1024 * 1024;
    static constexpr size_t kControlHigh = 64 * 1024;
    static constexpr size_t kFrameMax = 16 * 1024; ///< of our data frames: small frames interleave streams

    explicit Yamux(Role role) : role_(role), next_id_(role == Role::dialer ? 1 : 2) {}

    /// Takes bytes from the front of `input` up to the next event; nothing once the input is used up.
    std::expected<std::optional<YamuxEvent>, YamuxRefusal> receive(ByteView& input);

    /// A new stream; nothing when kStreamsMax of ours are open, the session ends, or the numbers are used up.
    std::optional<StreamId> open();
    /// The caller is done with `size` bytes of the stream: the peer may send as many again.
    void consumed(StreamId stream, size_t size);
    /// Queues bytes; false when the stream is gone or we have finished it.
    bool send(StreamId stream, ByteView data);
    /// No more from us, once the queue is sent.
    void finish(StreamId stream);
    /// Drops the stream and its queue, at once.
    void reset(StreamId stream);
    /// Tells the peer that the session ends; code 0 normal, 1 protocol error.
    void go_away(uint32_t code);

    bool knows(StreamId stream) const { return streams_.contains(stream); }
    size_t queued(StreamId stream) const;
    size_t queued() const { return queued_; }
    size_t control() const { return control_.size(); }
    /// Bytes that send() took for the stream, and of these what is gone, since it was opened.
    struct Progress
    {
        uint64_t taken = 0, sent = 0;
    };
    Progress progress(StreamId stream) const;
    size_t streams() const { return streams_.size(); }
    bool control_full() const { return control_.size() >= kControlHigh; }

    /// Appends frames until `out` holds `high` bytes or nothing can be sent: control first, then data of the streams
    /// in turn. True if anything was written.
    bool pump(Bytes& out, size_t high);

private:
    struct Header
    {
        uint8_t type;
        uint16_t flags;
        StreamId stream;
        uint32_t length;
    };
    struct Stream
    {
        uint32_t send_window = kInitialWindow;
        uint32_t receive_window = kInitialWindow; ///< what the peer may still send
        uint32_t unread = 0;                      ///< told to us by a frame's header and not yet consumed
        uint64_t received = 0, sent = 0;
        std::deque<Bytes> queue; ///< pieces; the first from `offset` on
        size_t offset = 0, queued = 0;
        bool finish = false, fin_sent = false, fin_received = false;
    };
    using Streams = std::map<StreamId, Stream>;
    using Result = std::expected<std::optional<YamuxEvent>, YamuxRefusal>;

    bool theirs(StreamId stream) const { return stream % 2 == (role_ == Role::dialer ? 0 : 1); }
    void put_frame(Bytes& out, uint8_t type, uint16_t flags, StreamId stream, uint32_t length);
    Result take_header(const Header& header);
    Result take_session_frame(const Header& header);
    std::expected<bool, YamuxRefusal> open_inbound(const Header& header);
    Result take_body(ByteView& input);
    Result end_of_frame();
    bool pump_stream(StreamId id, Stream& stream, Bytes& out);
    void erase(Streams::iterator stream);
    void erase_if_over(Streams::iterator stream);

    Role role_;
    StreamId next_id_;
    Streams streams_;
    size_t inbound_ = 0, outbound_ = 0, queued_ = 0;
    Bytes control_, partial_header_;
    Header frame_{};        ///< the data frame whose body is arriving
    bool in_frame_ = false; ///< its end is still to be told
    uint32_t body_left_ = 0;
    StreamId turn_ = 0; ///< the stream that sent last
    bool closing_ = false;
};

} // namespace libp2p
