#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <expected>

/// libp2p's wire: pure machines without I/O. Bytes and the time go in, bytes and events come out.
namespace libp2p {

using base::Bytes;
using base::ByteView;

/// An unsigned LEB128 integer of 64 bits takes at most this many bytes.
inline constexpr size_t kVarintBytesMax = 10;

struct Varint
{
    uint64_t value;
    size_t size; ///< bytes that it took
    friend bool operator==(const Varint&, const Varint&) = default;
};

enum class VarintRefusal : uint8_t
{
    incomplete, ///< every byte so far says that another follows
    malformed,  ///< above 2⁶⁴ − 1, or longer than its shortest form
};

/// Source  multiformats unsigned-varint; protobuf uses the same form
void put_varint(Bytes& out, uint64_t value);

/// The integer at the front of `bytes`.
std::expected<Varint, VarintRefusal> read_varint(ByteView bytes);

inline void append(Bytes& out, ByteView raw) { out.insert(out.end(), raw.begin(), raw.end()); }

} // namespace libp2p
