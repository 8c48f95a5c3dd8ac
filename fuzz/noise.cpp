// Noise against any bytes: as a listener's input from the start (first byte even), or as a frame of an open channel.
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0)
        return 0;
    static Fixed entropy;
    static const libp2p::Identity identity(base::Digest{1});
    static const libp2p::NoiseStatic fixed(identity, entropy);
    libp2p::ByteView input(data + 1, size - 1);
    if (data[0] & 1)
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
    const auto done = listener.receive(input, out);
    base::invariant(!done || !*done); // without the identity's secret none is completed
    return 0;
}
