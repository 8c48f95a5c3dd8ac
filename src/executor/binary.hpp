#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace executor {

/// Appends an unsigned LEB128 number, shortest form.
void put_leb(base::Bytes& out, uint64_t value);

/// A cursor over a Wasm binary that knows its offset. After the first failure all reads fail.
///
/// Source  WebAssembly 1.0, section 5.2
class BinaryReader
{
public:
    BinaryReader(base::ByteView bytes, uint64_t offset) : bytes_(bytes), offset_(offset) {}

    std::optional<uint8_t> byte();

    /// LEB128 of at most 5 (10) bytes; unused bits of the last one are 0, or the sign.
    std::optional<uint32_t> u32();
    std::optional<int32_t> s32();
    std::optional<int64_t> s64();

    std::optional<base::ByteView> take(uint64_t size);

    /// A vector of bytes: its length, then the bytes.
    std::optional<std::string_view> name();

    /// Where the next byte lies in the whole file.
    uint64_t offset() const { return offset_ + at_; }
    uint64_t left() const { return bytes_.size() - at_; }
    bool at_end() const { return !failed_ && at_ == bytes_.size(); }
    bool failed() const { return failed_; }

private:
    std::optional<uint64_t> leb(unsigned bits, bool is_signed);

    base::ByteView bytes_;
    uint64_t offset_;
    uint64_t at_ = 0;
    bool failed_ = false;
};

} // namespace executor
