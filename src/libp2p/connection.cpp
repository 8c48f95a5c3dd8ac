#include "libp2p/connection.hpp"

#include "base/invariant.hpp"
#include "libp2p/substream.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr std::string_view kNoiseName = "/noise";
constexpr std::string_view kYamuxName = "/yamux/1.0.0";

Multistream negotiate_one(Role role, std::string_view name, Bytes& out)
{
    if (role == Role::dialer)
        return Multistream::dial({std::string(name)}, out);
    return Multistream::listen([name](std::string_view proposed) { return proposed == name; });
}

} // namespace

std::optional<ProtocolId> Host::find(std::string_view name) const
{
    const auto found = std::ranges::find(protocols, name, &Protocol::name);
    if (found == protocols.end())
        return std::nullopt;
    return ProtocolId(found - protocols.begin());
}

Connection::Connection(Role role, const Host& host, std::optional<PeerId> expected, Bytes observed, Time now)
    : host_(host), role_(role), expected_(expected), observed_(std::move(observed)), started_(now),
      deadline_(now + host.waits.handshake), negotiation_(negotiate_one(role, kNoiseName, out_)), muxer_(role)
{
}

Connection::~Connection() = default;

void Connection::end(CloseReason why)
{
    if (over())
        return;
    if (open())
    {
        muxer_.go_away(why == CloseReason::yamux ? 1 : 0);
        Bytes plain;
        muxer_.pump(plain, 0); // control alone: queued data is lost
        channel_->send(plain, out_);
    }
    phase_ = Phase::over;
    deadline_ = Time::max();
    streams_.clear();
    muxer_ = Yamux(role_); // with what was queued
    held_ = 0;
    events_.push_back(event::Closed{why});
}

void Connection::end_of_input() { end(CloseReason::theirs); }

void Connection::receive(ByteView input, Time now)
{
    bool going = true;
    if (going && phase_ == Phase::security)
        going = receive_security(input);
    if (going && phase_ == Phase::handshake)
        going = receive_handshake(input, now);
    if (!going || (phase_ != Phase::muxer && phase_ != Phase::open))
        return;

    plain_.clear();
    const bool genuine = channel_->receive(input, plain_).has_value();
    // What decrypted before the fault is taken first: it was genuine.
    ByteView plain(plain_);
    if (phase_ == Phase::muxer && receive_muxer(plain))
        opened(now);
    if (open())
        receive_frames(plain, now);
    if (!genuine)
        end(CloseReason::noise);
}

/// These three return true when the phase is over and `input` may hold more.
bool Connection::receive_security(ByteView& input)
{
    const auto state = negotiation_.receive(input, out_);
    if (state == Multistream::State::running)
        return false;
    if (state != Multistream::State::agreed)
    {
        end(CloseReason::negotiation);
        return false;
    }
    phase_ = Phase::handshake;
    handshake_.emplace(role_, host_.noise, host_.entropy, expected_, out_);
    return true;
}

bool Connection::receive_handshake(ByteView& input, Time)
{
    const auto done = handshake_->receive(input, out_);
    if (!done)
    {
        end(done.error() == NoiseRefusal::other ? CloseReason::wrong_peer : CloseReason::noise);
        return false;
    }
    if (!*done)
        return false;
    peer_ = handshake_->peer();
    channel_.emplace(handshake_->split());
    handshake_.reset();
    phase_ = Phase::muxer;
    Bytes proposal;
    negotiation_ = negotiate_one(role_, kYamuxName, proposal);
    channel_->send(proposal, out_);
    return true;
}

bool Connection::receive_muxer(ByteView& plain)
{
    Bytes reply;
    const auto state = negotiation_.receive(plain, reply);
    channel_->send(reply, out_);
    if (state == Multistream::State::running)
        return false;
    if (state != Multistream::State::agreed)
        end(CloseReason::negotiation);
    return state == Multistream::State::agreed;
}

void Connection::opened(Time now)
{
    phase_ = Phase::open;
    next_ping_ = now + host_.waits.ping_every;
    deadline_ = next_ping_;
    events_.push_back(event::Established{peer_});
    dial({.use = Use::identify_ask, .reader = LengthPrefixed(kIdentifyBytesMax)}, kIdentifyName, now);
}

void Connection::receive_frames(ByteView plain, Time now)
{
    while (open())
    {
        const auto event = muxer_.receive(plain);
        if (!event)
            return end(CloseReason::yamux);
        if (!*event)
            return;
        const auto [kind, stream, data] = **event;
        switch (kind)
        {
        case YamuxEvent::Kind::opened:
            stream_opened(stream, now);
            break;
        case YamuxEvent::Kind::data:
            stream_data(stream, data, now);
            muxer_.consumed(stream, data.size());
            break;
        case YamuxEvent::Kind::finished:
            stream_ended(stream, false, now);
            break;
        case YamuxEvent::Kind::reset:
            stream_ended(stream, true, now);
            break;
        case YamuxEvent::Kind::go_away:
            return end(CloseReason::theirs);
        }
    }
}

void Connection::tick(Time now)
{
    if (over() || now < deadline_)
        return;
    if (!open())
        return now >= started_ + host_.waits.handshake ? end(CloseReason::slow) : void();
    if (now >= next_ping_)
    {
        next_ping_ = now + host_.waits.ping_every;
        ask_ping(now);
    }
    for (auto next = streams_.begin(); open() && next != streams_.end();)
    {
        const auto stream = next++; // expired() may erase it
        if (stream->second.deadline && now >= *stream->second.deadline)
            expired(stream, now);
    }
    if (!open())
        return;
    deadline_ = next_ping_;
    for (const auto& [id, stream] : streams_)
        wake_at(stream.deadline.value_or(next_ping_));
}

/// One at a time, so that a peer that is slow to answer keeps within what libp2p allows.
void Connection::ask_ping(Time now)
{
    if (std::ranges::any_of(streams_, [](const auto& entry) { return entry.second.use == Use::ping_ask; }))
        return;
    Bytes payload(kPingBytes);
    host_.entropy.fill(payload, "ping");
    dial({.use = Use::ping_ask, .first = payload, .since = now}, kPingName, now);
}

Bytes Connection::take_output()
{
    if (open())
    {
        Bytes plain;
        if (out_.size() < kOutputHigh && muxer_.pump(plain, kOutputHigh - out_.size()))
            channel_->send(plain, out_);
        if (streams_.size() > muxer_.streams()) // some were waiting for their last bytes to go
            std::erase_if(streams_, [&](const auto& entry) { return !muxer_.knows(entry.first); });
    }
    return std::exchange(out_, {});
}

size_t Connection::buffered() const
{
    return held_ + muxer_.queued() + muxer_.control() + out_.size() + streams_.size() * kStreamBytes;
}

std::optional<ConnectionEvent> Connection::next_event()
{
    if (events_.empty())
        return std::nullopt;
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
}

} // namespace libp2p
