#include "libp2p/protobuf.hpp"

namespace libp2p {
namespace {

constexpr uint8_t kWireVarint = 0, kWire64 = 1, kWireBytes = 2, kWire32 = 5;
constexpr uint64_t kFieldMax = (uint64_t{1} << 29) - 1;

} // namespace

void ProtoWriter::integer(uint32_t field, uint64_t value)
{
    put_varint(out_, uint64_t{field} << 3 | kWireVarint);
    put_varint(out_, value);
}

void ProtoWriter::bytes(uint32_t field, ByteView value)
{
    put_varint(out_, uint64_t{field} << 3 | kWireBytes);
    put_varint(out_, value.size());
    append(out_, value);
}

std::optional<uint64_t> ProtoReader::varint()
{
    const auto read = read_varint(rest_);
    if (!read)
    {
        failed_ = true;
        return std::nullopt;
    }
    rest_ = rest_.subspan(read->size);
    return read->value;
}

std::optional<ByteView> ProtoReader::take(uint64_t size)
{
    if (size > rest_.size())
    {
        failed_ = true;
        return std::nullopt;
    }
    const auto raw = rest_.first(size);
    rest_ = rest_.subspan(size);
    return raw;
}

std::optional<ProtoField> ProtoReader::next()
{
    while (!failed_ && !rest_.empty())
    {
        const auto tag = varint();
        if (!tag)
            return std::nullopt;
        const uint64_t number = *tag >> 3;
        if (number == 0 || number > kFieldMax)
        {
            failed_ = true;
            return std::nullopt;
        }
        switch (*tag & 7)
        {
        case kWireVarint:
            if (const auto value = varint())
                return ProtoField{uint32_t(number), false, *value, {}};
            return std::nullopt;
        case kWireBytes: {
            const auto size = varint();
            const auto raw = size ? take(*size) : std::nullopt;
            if (!raw)
                return std::nullopt;
            return ProtoField{uint32_t(number), true, 0, *raw};
        }
        case kWire64:
            take(8);
            continue;
        case kWire32:
            take(4);
            continue;
        default:
            failed_ = true;
            return std::nullopt;
        }
    }
    return std::nullopt;
}

} // namespace libp2p
