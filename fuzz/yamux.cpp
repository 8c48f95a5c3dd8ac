// A Yamux session against any bytes. First byte: the role; the rest is input, cut into pieces by its own bytes. The
// owner echoes, and some streams it resets.
#include "libp2p/yamux.hpp"

#include "base/invariant.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0)
        return 0;
    using libp2p::YamuxEvent;
    libp2p::Yamux session(data[0] & 1 ? libp2p::Role::dialer : libp2p::Role::listener);
    session.open();
    libp2p::ByteView rest(data + 1, size - 1);
    while (!rest.empty())
    {
        auto piece = rest.first(std::min<size_t>(rest.size(), 1 + rest[0] % 32));
        rest = rest.subspan(piece.size());
        for (;;)
        {
            const auto event = session.receive(piece);
            if (!event)
                return 0;
            if (!*event)
                break;
            const auto [kind, stream, bytes] = **event;
            if (kind == YamuxEvent::Kind::data)
            {
                session.consumed(stream, bytes.size());
                if (bytes[0] == 0xee)
                    session.reset(stream);
                else
                    session.send(stream, bytes);
            }
            if (kind == YamuxEvent::Kind::finished)
                session.finish(stream);
        }
        base::invariant(session.streams() <= 2 * libp2p::Yamux::kStreamsMax);
        libp2p::Bytes out;
        session.pump(out, 4096);
        base::invariant(!session.control_full());
    }
    return 0;
}
