// Noise against any bytes. By the first byte: a frame of an open channel, a listener's input from the start, or the
// payload of a dialer that follows the handshake.
#include "libp2p/noise.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace {

/// Always the same bytes, so that an input always does the same.
class Fixed final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view label) override
    {
        std::ranges::fill(out, uint8_t(label.size()));
    }
};

/// Nobody's payload is taken but that of the owner of the Noise key.
void tell(libp2p::NoiseHandshake& listener, const libp2p::NoiseStatic& fixed, libp2p::ByteView payload)
{
    libp2p::NoiseXx dialer(libp2p::Role::dialer, libp2p::DhKeys::of_secret({3}), libp2p::DhKeys::of_secret({4}));
    libp2p::NoiseFrames frames;
    const auto deliver = [&](const libp2p::Bytes& message, libp2p::Bytes& out) {
        libp2p::Bytes frame{uint8_t(message.size() >> 8), uint8_t(message.size())};
        frame.insert(frame.end(), message.begin(), message.end());
        libp2p::ByteView input(frame);
        return listener.receive(input, out);
    };
    libp2p::Bytes out;
    base::invariant(deliver(*dialer.write({}), out) == false);
    libp2p::ByteView answer(out);
    const auto identity = dialer.read(*frames.next(answer));
    base::invariant(identity && std::ranges::equal(*identity, fixed.payload()));
    const auto done = deliver(*dialer.write(payload), out);
    base::invariant(!done &&
                    (done.error() == libp2p::NoiseRefusal::payload || done.error() == libp2p::NoiseRefusal::signature));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0)
        return 0;
    static Fixed entropy;
    static const libp2p::Identity identity(base::Digest{1});
    static const libp2p::NoiseStatic fixed(identity, entropy);
    libp2p::ByteView input(data + 1, size - 1);
    if (data[0] % 4 == 1)
    {
        libp2p::NoiseChannel channel({libp2p::CipherState({1}), libp2p::CipherState({1})});
        libp2p::Bytes wire, plain;
        channel.send(input, wire);
        base::invariant(channel.receive(wire, plain).has_value() && std::ranges::equal(plain, input));
        const bool genuine = channel.receive(input, plain).has_value();
        base::invariant(!genuine || plain.size() == input.size()); // nobody else can seal a frame
        return 0;
    }
    libp2p::Bytes out;
    libp2p::NoiseHandshake listener(libp2p::Role::listener, fixed, entropy, std::nullopt, out);
    if (data[0] % 4 == 3)
    {
        tell(listener, fixed, input.first(std::min<size_t>(input.size(), 1 << 12)));
        return 0;
    }
    const auto done = listener.receive(input, out);
    base::invariant(!done || !*done); // without the identity's secret none is completed
    return 0;
}
