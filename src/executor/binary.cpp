#include "executor/binary.hpp"

namespace executor {

void put_leb(base::Bytes& out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out.push_back(uint8_t(value | 0x80));
    out.push_back(uint8_t(value));
}

std::optional<uint8_t> BinaryReader::byte()
{
    if (failed_ || at_ == bytes_.size())
    {
        failed_ = true;
        return std::nullopt;
    }
    return bytes_[at_++];
}

std::optional<base::ByteView> BinaryReader::take(uint64_t size)
{
    if (failed_ || size > left())
    {
        failed_ = true;
        return std::nullopt;
    }
    const auto raw = bytes_.subspan(at_, size);
    at_ += size;
    return raw;
}

std::optional<uint64_t> BinaryReader::leb(unsigned bits, bool is_signed)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < bits; shift += 7)
    {
        const auto next = byte();
        if (!next)
            return std::nullopt;
        value |= uint64_t{*next & 0x7Fu} << shift;
        const auto used = bits - shift; // bits of this byte that belong to the number
        if (used < 7)
        {
            // The rest of the last byte repeats the sign, or is 0.
            const auto rest = unsigned(*next & 0x7F) >> (is_signed ? used - 1 : used);
            const auto ones = 0x7Fu >> (is_signed ? used - 1 : used);
            if ((*next & 0x80) || !(rest == 0 || (is_signed && rest == ones)))
                break;
        }
        if (*next & 0x80)
            continue;
        if (is_signed && (*next & 0x40) && shift + 7 < 64)
            value |= ~uint64_t{0} << (shift + 7);
        return value;
    }
    failed_ = true;
    return std::nullopt;
}

std::optional<uint32_t> BinaryReader::u32()
{
    const auto value = leb(32, false);
    return value ? std::optional(uint32_t(*value)) : std::nullopt;
}

std::optional<int32_t> BinaryReader::s32()
{
    const auto value = leb(32, true);
    return value ? std::optional(int32_t(uint32_t(*value))) : std::nullopt;
}

std::optional<int64_t> BinaryReader::s64()
{
    const auto value = leb(64, true);
    return value ? std::optional(int64_t(*value)) : std::nullopt;
}

std::optional<std::string_view> BinaryReader::name()
{
    const auto size = u32();
    const auto raw = size ? take(*size) : std::nullopt;
    if (!raw)
        return std::nullopt;
    return std::string_view{reinterpret_cast<const char*>(raw->data()), raw->size()};
}

} // namespace executor
