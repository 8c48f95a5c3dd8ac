#pragma once

#include "scale/compact.hpp"
#include "scale/containers.hpp"

namespace scale {

/// A list of bits, least significant first: Rust's BitVec<u8, Lsb0>. Compact number of bits, then the bytes.
/// Padding bits are zero; others are refused.
class BitVec
{
public:
    constexpr size_t size() const { return size_; }
    constexpr bool operator[](size_t i) const { return bytes_[i / 8] >> (i % 8) & 1; }

    constexpr void push_back(bool bit)
    {
        if (size_ % 8 == 0)
            bytes_.push_back(0);
        bytes_.back() = uint8_t(bytes_.back() | bit << (size_ % 8));
        ++size_;
    }
    constexpr void set(size_t i, bool bit)
    {
        const auto mask = uint8_t(1 << (i % 8));
        bytes_[i / 8] = uint8_t(bit ? bytes_[i / 8] | mask : bytes_[i / 8] & ~mask);
    }

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(Writer& writer) const
    {
        detail::put_compact(uint64_t(size_), writer);
        writer.put(ByteView{bytes_});
    }
    constexpr bool decode_from(Reader& reader)
    {
        const auto at = reader.at();
        uint64_t bits = 0;
        ByteView raw;
        if (!detail::take_compact(reader, 4, bits) || !reader.take(size_t((bits + 7) / 8), raw))
            return false;
        if (bits % 8 != 0 && raw.back() >> (bits % 8) != 0)
            return reader.fail(Fault::not_canonical, at);
        bytes_.assign(raw.begin(), raw.end());
        size_ = size_t(bits);
        return true;
    }

    friend bool operator==(const BitVec&, const BitVec&) = default;

private:
    Bytes bytes_;
    size_t size_ = 0;
};

} // namespace scale
