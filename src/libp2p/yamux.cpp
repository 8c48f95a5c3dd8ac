#include "libp2p/yamux.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <limits>

namespace libp2p {
namespace {

constexpr uint8_t kData = 0, kWindowUpdate = 1, kPing = 2, kGoAway = 3;
constexpr uint16_t kSyn = 1, kAck = 2, kFin = 4, kRst = 8;
constexpr size_t kHeaderBytes = 12;
/// A stream that has brought this much gets the large window.
constexpr uint64_t kLongStream = 128 * 1024;

using Kind = YamuxEvent::Kind;

uint32_t big_endian(ByteView raw)
{
    uint32_t value = 0;
    for (const auto byte : raw)
        value = value << 8 | byte;
    return value;
}

} // namespace

void Yamux::put_frame(Bytes& out, uint8_t type, uint16_t flags, StreamId stream, uint32_t length)
{
    out.push_back(0); // version
    out.push_back(type);
    out.push_back(uint8_t(flags >> 8));
    out.push_back(uint8_t(flags));
    for (const uint32_t word : {stream, length})
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(uint8_t(word >> shift));
}

Yamux::Result Yamux::receive(ByteView& input)
{
    for (;;)
    {
        if (in_frame_)
        {
            const auto event = take_body(input);
            if (!event || *event || in_frame_)
                return event;
            continue;
        }
        const size_t missing = std::min(kHeaderBytes - partial_header_.size(), input.size());
        append(partial_header_, input.first(missing));
        input = input.subspan(missing);
        if (partial_header_.size() != kHeaderBytes)
            return std::nullopt;
        const ByteView raw(partial_header_);
        const Header header{.type = raw[1],
                            .flags = uint16_t(big_endian(raw.subspan(2, 2))),
                            .stream = big_endian(raw.subspan(4, 4)),
                            .length = big_endian(raw.subspan(8, 4))};
        const bool known = raw[0] == 0 && header.type <= kGoAway;
        partial_header_.clear();
        if (!known || (header.stream == 0) != (header.type == kPing || header.type == kGoAway))
            return std::unexpected(YamuxRefusal::header);
        const auto event = header.stream == 0 ? take_session_frame(header) : take_header(header);
        if (!event || *event)
            return event;
    }
}

Yamux::Result Yamux::take_session_frame(const Header& header)
{
    if (header.type == kPing)
    {
        if (header.flags & kSyn)
            put_frame(control_, kPing, kAck, 0, header.length);
        return std::nullopt;
    }
    closing_ = true;
    return YamuxEvent{Kind::go_away};
}

/// Whether the frame opened a stream; false when it is refused for there are too many.
std::expected<bool, YamuxRefusal> Yamux::open_inbound(const Header& header)
{
    if (!theirs(header.stream) || streams_.contains(header.stream))
        return std::unexpected(YamuxRefusal::stream_id);
    if (inbound_ == kStreamsMax || closing_)
    {
        put_frame(control_, kWindowUpdate, kRst, header.stream, 0);
        return false;
    }
    streams_[header.stream];
    ++inbound_;
    put_frame(control_, kWindowUpdate, kAck, header.stream, 0);
    return true;
}

Yamux::Result Yamux::take_header(const Header& header)
{
    bool opened = false;
    if (header.flags & kSyn)
    {
        const auto result = open_inbound(header);
        if (!result)
            return std::unexpected(result.error());
        opened = *result;
    }
    // Frames for a stream that is gone are legal: they crossed our reset. Their bodies are skipped.
    const auto found = streams_.find(header.stream);
    if (found != streams_.end() && header.type == kWindowUpdate)
    {
        auto& window = found->second.send_window;
        if (header.length > std::numeric_limits<uint32_t>::max() - window)
            return std::unexpected(YamuxRefusal::window);
        window += header.length;
    }
    if (found != streams_.end() && header.type == kData && header.length != 0)
    {
        if (found->second.fin_received)
            return std::unexpected(YamuxRefusal::after_close);
        if (header.length > found->second.receive_window)
            return std::unexpected(YamuxRefusal::window);
        found->second.receive_window -= header.length;
        found->second.unread += header.length;
    }
    frame_ = header;
    in_frame_ = true;
    body_left_ = header.type == kData ? header.length : 0;
    if (opened)
        return YamuxEvent{Kind::opened, header.stream};
    return std::nullopt;
}

Yamux::Result Yamux::take_body(ByteView& input)
{
    if (body_left_ == 0)
        return end_of_frame();
    if (input.empty())
        return std::nullopt;
    const auto piece = input.first(std::min<size_t>(body_left_, input.size()));
    input = input.subspan(piece.size());
    body_left_ -= uint32_t(piece.size());
    const auto found = streams_.find(frame_.stream);
    if (found == streams_.end())
        return body_left_ == 0 ? end_of_frame() : Result(std::nullopt);
    found->second.received += piece.size();
    return YamuxEvent{Kind::data, frame_.stream, piece};
}

/// What the flags FIN and RST say, once the body has been given out.
Yamux::Result Yamux::end_of_frame()
{
    in_frame_ = false;
    const auto found = streams_.find(frame_.stream);
    if (found == streams_.end())
        return std::nullopt;
    const auto id = frame_.stream;
    if (frame_.flags & kRst)
    {
        erase(found);
        return YamuxEvent{Kind::reset, id};
    }
    if ((frame_.flags & kFin) && !found->second.fin_received)
    {
        found->second.fin_received = true;
        erase_if_over(found);
        return YamuxEvent{Kind::finished, id};
    }
    return std::nullopt;
}

std::optional<StreamId> Yamux::open()
{
    if (outbound_ == kStreamsMax || closing_ || next_id_ > std::numeric_limits<StreamId>::max() - 2)
        return std::nullopt;
    const auto id = next_id_;
    next_id_ += 2;
    streams_[id];
    ++outbound_;
    put_frame(control_, kWindowUpdate, kSyn, id, 0);
    return id;
}

void Yamux::consumed(StreamId id, size_t size)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.fin_received)
        return;
    auto& stream = found->second;
    base::invariant(size <= stream.unread);
    stream.unread -= uint32_t(size);
    const uint32_t window = stream.received >= kLongStream ? kReceiveWindow : kInitialWindow;
    const uint32_t outstanding = stream.receive_window + stream.unread;
    // Given back in halves, so that a window's worth of data costs two updates.
    if (outstanding > window / 2)
        return;
    put_frame(control_, kWindowUpdate, 0, id, window - outstanding);
    stream.receive_window += window - outstanding;
}

bool Yamux::send(StreamId id, ByteView data)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.finish)
        return false;
    if (data.empty())
        return true;
    found->second.queue.emplace_back(data.begin(), data.end());
    found->second.queued += data.size();
    queued_ += data.size();
    return true;
}

void Yamux::finish(StreamId id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.finish)
        return;
    found->second.finish = true;
}

void Yamux::reset(StreamId id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    put_frame(control_, kWindowUpdate, kRst, id, 0);
    erase(found);
}

void Yamux::go_away(uint32_t code)
{
    if (!closing_)
        put_frame(control_, kGoAway, 0, 0, code);
    closing_ = true;
}

size_t Yamux::queued(StreamId id) const
{
    const auto found = streams_.find(id);
    return found == streams_.end() ? 0 : found->second.queued;
}

Yamux::Progress Yamux::progress(StreamId id) const
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return {};
    return {.taken = found->second.sent + found->second.queued, .sent = found->second.sent};
}

void Yamux::erase(Streams::iterator stream)
{
    queued_ -= stream->second.queued;
    --(theirs(stream->first) ? inbound_ : outbound_);
    streams_.erase(stream);
}

void Yamux::erase_if_over(Streams::iterator stream)
{
    if (stream->second.fin_sent && stream->second.fin_received)
        erase(stream);
}

bool Yamux::pump_stream(StreamId id, Stream& stream, Bytes& out)
{
    bool wrote = false;
    if (stream.queued != 0 && stream.send_window != 0)
    {
        const auto& piece = stream.queue.front();
        const size_t size = std::min({piece.size() - stream.offset, size_t{stream.send_window}, kFrameMax});
        put_frame(out, kData, 0, id, uint32_t(size));
        append(out, ByteView(piece).subspan(stream.offset, size));
        stream.offset += size;
        stream.queued -= size;
        stream.sent += size;
        queued_ -= size;
        stream.send_window -= uint32_t(size);
        if (stream.offset == piece.size())
        {
            stream.queue.pop_front();
            stream.offset = 0;
        }
        wrote = true;
    }
    if (stream.finish && !stream.fin_sent && stream.queued == 0)
    {
        put_frame(out, kWindowUpdate, kFin, id, 0);
        stream.fin_sent = true;
        wrote = true;
    }
    return wrote;
}

bool Yamux::pump(Bytes& out, size_t high)
{
    const size_t before = out.size();
    append(out, control_);
    control_.clear();
    // One frame for each stream in turn, beginning after the one that had the last turn.
    size_t idle = 0;
    while (out.size() < high && idle < streams_.size())
    {
        auto next = streams_.upper_bound(turn_);
        if (next == streams_.end())
            next = streams_.begin();
        turn_ = next->first;
        idle = pump_stream(next->first, next->second, out) ? 0 : idle + 1;
        erase_if_over(next);
    }
    return out.size() != before;
}

} // namespace libp2p
