#pragma once

#include "libp2p/varint.hpp"

#include <optional>
#include <string_view>

namespace libp2p {

/// Writes a protobuf message, field by field, in the order of the calls.
///
/// Source  protobuf encoding guide; wire types 0 (varint) and 2 (length-delimited), all that libp2p and Substrate use
class ProtoWriter
{
public:
    void integer(uint32_t field, uint64_t value);
    void bytes(uint32_t field, ByteView value);
    void text(uint32_t field, std::string_view value) { bytes(field, base::view(value)); }

    Bytes take() { return std::move(out_); }

private:
    Bytes out_;
};

/// One field as it lies on the wire. `integer` is set for wire type 0, `bytes` (borrowed) for wire type 2.
struct ProtoField
{
    uint32_t number;
    bool is_bytes;
    uint64_t integer;
    ByteView bytes;
};

/// Walks the fields of an untrusted message; fields of 32 and 64 bits are skipped, groups refused.
/// Does not recurse: a nested message is bytes, for another reader.
///
/// Cost  linear in the message; nothing is copied
class ProtoReader
{
public:
    explicit ProtoReader(ByteView message) : rest_(message) {}

    /// The next field; nothing at the end or at the first fault: ask failed() once the loop is over.
    std::optional<ProtoField> next();
    bool failed() const { return failed_; }

private:
    std::optional<uint64_t> varint();
    std::optional<ByteView> take(uint64_t size);

    ByteView rest_;
    bool failed_ = false;
};

} // namespace libp2p
