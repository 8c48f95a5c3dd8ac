// A protobuf message, as everything that reads one: no answer may be a crash, and what is read writes and reads the
// same.
#include "libp2p/protobuf.hpp"
#include "libp2p/identify.hpp"
#include "libp2p/multiaddr.hpp"

#include "base/invariant.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const libp2p::ByteView input(data, size);
    libp2p::ProtoReader reader(input);
    size_t bytes = 0;
    while (const auto field = reader.next())
        bytes += field->bytes.size();
    base::invariant(bytes <= size);

    if (const auto info = libp2p::decode_identify(input))
        base::invariant(libp2p::decode_identify(info->encode()) == info);
    if (const auto peer = libp2p::peer_of_public_key(input))
        base::invariant(libp2p::peer_of_text(peer->text()) == peer);
    if (const auto address = libp2p::address_of_bytes(input))
    {
        base::invariant(libp2p::address_of_bytes(address->bytes()) == address);
        if (const auto again = libp2p::address_of_text(address->text()))
            base::invariant(*again == *address);
        libp2p::endpoint_of(*address);
    }
    return 0;
}
