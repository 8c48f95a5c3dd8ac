#include "libp2p/varint.hpp"

namespace libp2p {

void put_varint(Bytes& out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out.push_back(uint8_t(value | 0x80));
    out.push_back(uint8_t(value));
}

std::expected<Varint, VarintRefusal> read_varint(ByteView bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i != kVarintBytesMax; ++i)
    {
        if (i == bytes.size())
            return std::unexpected(VarintRefusal::incomplete);
        const uint8_t byte = bytes[i];
        if (i == kVarintBytesMax - 1 && byte > 1) // the tenth byte holds bit 63 alone
            break;
        value |= uint64_t(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
        {
            if (byte == 0 && i != 0)
                break;
            return Varint{value, i + 1};
        }
    }
    return std::unexpected(VarintRefusal::malformed);
}

} // namespace libp2p
