#include "libp2p/substream.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace libp2p {

bool Connection::accepts(std::string_view name) const
{
    return name == kPingName || name == kIdentifyName || host_.find(name).has_value();
}

std::optional<StreamId> Connection::dial(Substream stream, std::string_view name, Time now)
{
    const auto id = open() ? muxer_.open() : std::nullopt;
    if (!id)
        return std::nullopt;
    Bytes proposal;
    stream.negotiation = Multistream::dial({std::string(name)}, proposal);
    stream.deadline = now + (stream.use == Use::ping_ask ? host_.waits.ping_answer : host_.waits.negotiation);
    if (stream.use == Use::request_out)
        stream.deadline = now + host_.protocols[stream.protocol].response_wait;
    wake_at(*stream.deadline);
    muxer_.send(*id, proposal);
    streams_.emplace(*id, std::move(stream));
    return id;
}

void Connection::stream_opened(StreamId id, Time now)
{
    Substream stream;
    stream.negotiation = Multistream::listen([this](std::string_view name) { return accepts(name); });
    stream.deadline = now + host_.waits.negotiation;
    wake_at(*stream.deadline);
    streams_.emplace(id, std::move(stream));
}

void Connection::drop(StreamId id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    held_ -= found->second.reader.held();
    muxer_.reset(id);
    streams_.erase(found);
}

/// We have said all; the peer gets some time to end its direction.
void Connection::linger(StreamId id, Substream& stream, Time now)
{
    held_ -= stream.reader.held();
    stream.reader = LengthPrefixed(0);
    stream.use = Use::done;
    const auto wait = muxer_.queued(id) == 0 ? host_.waits.linger : host_.waits.delivery;
    stream.deadline = now + wait;
    wake_at(*stream.deadline);
    muxer_.finish(id);
}

/// Tells the owner, where it knows of the stream, that it failed, and drops it.
void Connection::fail(StreamId id, Substream& stream, RequestFailure why)
{
    switch (stream.use)
    {
    case Use::request_out:
        events_.push_back(event::Response{id, stream.protocol, std::unexpected(why)});
        break;
    case Use::notify_out:
    case Use::notify_out_open:
        events_.push_back(event::NotificationsEnded{id, stream.protocol, Role::dialer});
        break;
    case Use::notify_in_wait:
    case Use::notify_in_open:
        events_.push_back(event::NotificationsEnded{id, stream.protocol, Role::listener});
        break;
    default:
        break;
    }
    drop(id);
}

void Connection::expired(Substreams::iterator stream, Time now)
{
    if (stream->second.use == Use::ping_ask)
        return end(CloseReason::dead);
    if (stream->second.use == Use::notify_out_open && muxer_.progress(stream->first).sent >= stream->second.due)
    {
        stream->second.deadline.reset();
        return muxer_.queued(stream->first) == 0 ? void() : watch(stream->first, stream->second, now);
    }
    fail(stream->first, stream->second, RequestFailure::timeout);
}

void Connection::stream_ended(StreamId id, bool reset, Time now)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    auto& stream = found->second;
    // Half-closing is how a requester ends a request, before or after we have it whole.
    const bool waits_for_us = stream.use == Use::request_in_wait;
    if (!reset && waits_for_us)
        return;
    if (!reset && stream.use == Use::ping_answer)
        return linger(id, stream, now);
    if (stream.use == Use::ping_ask && !reset && stream.negotiation)
        return drop(id); // an answer of a kind: the peer lives
    if (!reset && stream.use == Use::done)
    {
        // Both directions are over once our queue is out.
        stream.deadline = now + host_.waits.delivery;
        if (!muxer_.knows(id))
            streams_.erase(found);
        return;
    }
    fail(id, stream, RequestFailure::refused);
}

void Connection::stream_data(StreamId id, ByteView data, Time now)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    auto& stream = found->second;
    if (stream.negotiation && !negotiate(id, stream, data, now))
        return;
    stream_bytes(id, stream, data, now);
}

/// True once the protocol is agreed on; `data` then holds what came after.
bool Connection::negotiate(StreamId id, Substream& stream, ByteView& data, Time now)
{
    Bytes reply;
    const auto state = stream.negotiation->receive(data, reply);
    muxer_.send(id, reply);
    if (state == Multistream::State::running)
        return false;
    if (state != Multistream::State::agreed)
    {
        const bool refused = state == Multistream::State::refused;
        fail(id, stream, refused ? RequestFailure::unsupported : RequestFailure::malformed);
        return false;
    }
    stream.use == Use::unknown ? agreed_inbound(id, stream, now) : agreed_outbound(id, stream, now);
    return streams_.contains(id);
}

void Connection::agreed_inbound(StreamId id, Substream& stream, Time now)
{
    const auto name = stream.negotiation->name();
    stream.negotiation.reset();
    stream.deadline.reset();
    if (name == kPingName)
    {
        stream.use = Use::ping_answer;
        return;
    }
    if (name == kIdentifyName)
    {
        send_identify(id);
        return linger(id, stream, now);
    }
    stream.protocol = *host_.find(name);
    const auto& protocol = host_.protocols[stream.protocol];
    if (protocol.kind == ProtocolKind::notifications)
    {
        stream.use = Use::notify_in;
        stream.reader = LengthPrefixed(protocol.handshake_max);
        stream.deadline = now + host_.waits.negotiation;
    }
    else
    {
        const auto same = [&](const auto& entry) {
            const auto& other = entry.second;
            return other.protocol == stream.protocol &&
                   (other.use == Use::request_in || other.use == Use::request_in_wait);
        };
        if (size_t(std::ranges::count_if(streams_, same)) >= protocol.inbound_max)
            return drop(id);
        stream.use = Use::request_in;
        stream.reader = LengthPrefixed(protocol.message_max);
        stream.deadline = now + host_.waits.request_body;
    }
    wake_at(*stream.deadline);
}

void Connection::agreed_outbound(StreamId id, Substream& stream, Time)
{
    stream.negotiation.reset();
    if (!stream.first.empty())
        muxer_.send(id, stream.first);
    stream.first = {};
    if (stream.use == Use::request_out || stream.use == Use::identify_ask)
        muxer_.finish(id);
}

void Connection::send_identify(StreamId id)
{
    Identify info = host_.self;
    info.peer = host_.identity.peer_id();
    info.observed_address = observed_;
    info.protocols = {std::string(kIdentifyName), std::string(kPingName)};
    for (const auto& protocol : host_.protocols)
        info.protocols.push_back(protocol.name);
    muxer_.send(id, length_prefixed(info.encode()));
}

void Connection::stream_bytes(StreamId id, Substream& stream, ByteView data, Time now)
{
    switch (stream.use)
    {
    case Use::ping_answer:
    case Use::ping_ask:
        return ping_bytes(id, stream, data, now);
    case Use::done:
        return;
    case Use::notify_out_open:
    case Use::notify_in_wait:
    case Use::request_in_wait:
        // The peer has nothing to say here.
        return data.empty() ? void() : fail(id, stream, RequestFailure::malformed);
    default:
        break;
    }
    while (!data.empty())
    {
        const size_t before = stream.reader.held();
        const auto state = stream.reader.receive(data);
        held_ += stream.reader.held() - before;
        if (state == LengthPrefixed::State::refused || held_ > kReceiveMax)
            return fail(id, stream, RequestFailure::malformed);
        if (state == LengthPrefixed::State::incomplete)
            return;
        held_ -= stream.reader.held();
        stream_message(id, stream, stream.reader.take(), now);
        const bool more = streams_.contains(id) && stream.use == Use::notify_in_open;
        if (!more && !data.empty())
            return streams_.contains(id) ? stream_bytes(id, stream, data, now) : void();
    }
}

void Connection::stream_message(StreamId id, Substream& stream, Bytes message, Time now)
{
    switch (stream.use)
    {
    case Use::identify_ask:
        if (auto info = decode_identify(message))
            events_.push_back(event::Identified{std::move(*info)});
        return linger(id, stream, now);
    case Use::notify_in:
        stream.use = Use::notify_in_wait;
        stream.deadline = now + host_.waits.negotiation;
        wake_at(*stream.deadline);
        events_.push_back(event::NotificationsWanted{id, stream.protocol, std::move(message)});
        return;
    case Use::notify_in_open:
        events_.push_back(event::Notification{id, stream.protocol, std::move(message)});
        return;
    case Use::notify_out:
        stream.use = Use::notify_out_open;
        stream.deadline.reset();
        events_.push_back(event::NotificationsOpen{id, stream.protocol, std::move(message)});
        return;
    case Use::request_in:
        stream.use = Use::request_in_wait;
        stream.deadline.reset();
        events_.push_back(event::Request{id, stream.protocol, std::move(message)});
        return;
    case Use::request_out:
        events_.push_back(event::Response{id, stream.protocol, std::move(message)});
        return linger(id, stream, now);
    default:
        base::invariant(false);
    }
}

void Connection::ping_bytes(StreamId id, Substream& stream, ByteView data, Time now)
{
    while (!data.empty())
    {
        const auto piece = data.first(std::min(data.size(), kPingBytes - stream.echo.size()));
        append(stream.echo, piece);
        data = data.subspan(piece.size());
        if (stream.echo.size() != kPingBytes)
            return;
        if (stream.use == Use::ping_ask)
        {
            round_trip_ = now - stream.since;
            return linger(id, stream, now);
        }
        if (muxer_.queued(id) > kPingBytes * 64)
            return drop(id); // asks and does not read
        muxer_.send(id, stream.echo);
        stream.echo.clear();
    }
}

std::optional<StreamId> Connection::open_notifications(ProtocolId protocol, Bytes handshake, Time now)
{
    base::invariant(host_.protocols[protocol].kind == ProtocolKind::notifications);
    const size_t answer_max = host_.protocols[protocol].handshake_max;
    Substream stream{.use = Use::notify_out, .protocol = protocol, .reader = LengthPrefixed(answer_max)};
    stream.first = length_prefixed(handshake);
    return dial(std::move(stream), host_.protocols[protocol].name, now);
}

void Connection::accept_notifications(StreamId id, ByteView handshake)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.use != Use::notify_in_wait)
        return;
    auto& stream = found->second;
    stream.use = Use::notify_in_open;
    stream.deadline.reset();
    stream.reader = LengthPrefixed(host_.protocols[stream.protocol].message_max);
    muxer_.send(id, length_prefixed(handshake));
}

void Connection::end_notifications(StreamId id, Time now)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    // A peer that is being refused should see the end of the stream; one that sends to us must be stopped.
    if (found->second.use == Use::notify_in_open || found->second.use == Use::notify_out)
        drop(id);
    else
        linger(id, found->second, now);
}

bool Connection::notify(StreamId id, ByteView message, Time now)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.use != Use::notify_out_open)
        return false;
    auto& stream = found->second;
    const size_t size = message.size() + kVarintBytesMax;
    if (muxer_.queued(id) + size > kNotificationQueueMax || muxer_.queued() + size > kSendMax)
    {
        fail(id, stream, RequestFailure::refused);
        return false;
    }
    muxer_.send(id, length_prefixed(message));
    if (!stream.deadline)
        watch(id, stream, now);
    return true;
}

/// What is queued now must be gone in time.
void Connection::watch(StreamId id, Substream& stream, Time now)
{
    stream.due = muxer_.progress(id).taken;
    stream.deadline = now + host_.waits.delivery;
    wake_at(*stream.deadline);
}

std::optional<StreamId> Connection::request(ProtocolId protocol, Bytes message, Time now)
{
    const auto& [name, kind, message_max, response_max, handshake_max, inbound_max, wait] = host_.protocols[protocol];
    base::invariant(kind == ProtocolKind::requests);
    if (muxer_.queued() + message.size() > kSendMax)
        return std::nullopt;
    Substream stream{.use = Use::request_out, .protocol = protocol, .reader = LengthPrefixed(response_max)};
    stream.first = length_prefixed(message);
    return dial(std::move(stream), name, now);
}

bool Connection::respond(StreamId id, ByteView message, Time now)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.use != Use::request_in_wait)
        return false;
    if (muxer_.queued() + message.size() > kSendMax)
    {
        refuse_request(id, now);
        return false;
    }
    muxer_.send(id, length_prefixed(message));
    linger(id, found->second, now);
    return true;
}

void Connection::refuse_request(StreamId id, Time now)
{
    const auto found = streams_.find(id);
    if (found != streams_.end() && found->second.use == Use::request_in_wait)
        linger(id, found->second, now);
}

} // namespace libp2p
