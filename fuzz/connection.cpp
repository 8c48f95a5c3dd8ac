// A connection of ours whose peer has passed the handshake and then says anything: multistream, frames and messages of
// the fuzzer's making, encrypted as they should be.
#include "libp2p/connection.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace {

using libp2p::Bytes;
using libp2p::ByteView;
using libp2p::Connection;
using libp2p::Role;

/// Always the same bytes, so that an input always does the same.
class Fixed final : public crypto::Entropy
{
public:
    explicit Fixed(uint8_t byte) : byte_(byte) {}
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, byte_); }

private:
    uint8_t byte_;
};

struct Peer
{
    explicit Peer(uint8_t byte) : entropy(byte), identity(base::Digest{byte}), host{identity, entropy}
    {
        host.protocols = {{.name = "/g", .kind = libp2p::ProtocolKind::notifications, .message_max = 1000},
                          {.name = "/r", .kind = libp2p::ProtocolKind::requests, .message_max = 1000}};
    }
    Fixed entropy;
    libp2p::Identity identity;
    libp2p::Host host;
};

void act(Connection& victim, const libp2p::ConnectionEvent& event)
{
    using namespace libp2p::event;
    if (const auto* wanted = std::get_if<NotificationsWanted>(&event))
        wanted->handshake.empty() ? victim.end_notifications(wanted->stream, {})
                                  : victim.accept_notifications(wanted->stream, wanted->handshake);
    else if (const auto* request = std::get_if<Request>(&event))
        victim.respond(request->stream, request->message, {});
    else if (const auto* open = std::get_if<NotificationsOpen>(&event))
        victim.notify(open->stream, open->handshake, {});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static Peer self(1), other(2);
    Connection victim(Role::listener, self.host, {}, {}, {});
    Bytes wire, reply;
    const auto exchange = [&](auto take) {
        while (!wire.empty())
        {
            victim.receive(std::exchange(wire, {}), {});
            reply = victim.take_output();
            ByteView rest(reply);
            take(rest);
        }
    };
    auto security = libp2p::Multistream::dial({"/noise"}, wire);
    exchange([&](ByteView& rest) { security.receive(rest, wire); });
    libp2p::NoiseHandshake handshake(Role::dialer, other.host.noise, other.entropy, std::nullopt, wire);
    exchange([&](ByteView& rest) { base::invariant(handshake.receive(rest, wire).has_value()); });
    libp2p::NoiseChannel channel(handshake.split());
    Bytes plain;
    libp2p::Multistream::dial({"/yamux/1.0.0"}, plain);
    channel.send(plain, wire);
    victim.receive(std::exchange(wire, {}), {});
    base::invariant(victim.open());

    victim.open_notifications(0, {1}, {});
    for (ByteView rest(data, size); !rest.empty() && victim.wants_input();)
    {
        const auto piece = rest.first(std::min<size_t>(rest.size(), 64));
        rest = rest.subspan(piece.size());
        channel.send(piece, wire);
        victim.receive(std::exchange(wire, {}), {});
        while (const auto event = victim.next_event())
            act(victim, *event);
        victim.take_output();
    }
    victim.tick(std::chrono::hours(1));
    base::invariant(victim.over() || victim.open());
    return 0;
}
