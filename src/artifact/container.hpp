#pragma once

#include "artifact/error.hpp"
#include "base/bytes.hpp"

#include <expected>
#include <span>
#include <string_view>
#include <vector>

/// Files of sections: m.zkm and d.zkd. Private to the machine that made them; what others read is m.id and d.id.
///
///     magic (4)  u16 version = 1  u16 number of sections  checksum (32)  u64 length of each section
///     small sections, one behind the other
///     large sections, each from the next multiple of 4096 on; zeros between
///
/// The checksum is BLAKE3 derive-key, context "zkp artifact v1", of the lengths and the small sections. Large sections
/// are not read when a file is opened, so that opening costs nothing for each of their bytes; what is in them was
/// either made by this program or gives a proof that is refused.
namespace artifact {

using base::Bytes;
using base::ByteView;

/// Large sections start at multiples of this: a page, so that they can be used where they are mapped.
inline constexpr size_t kAlignment = 4096;

/// The bytes of a container as parts to write one behind the other.
class Packed
{
public:
    /// Caller  the sections outlive this; magic has four bytes
    Packed(std::string_view magic, std::span<const ByteView> small, std::span<const ByteView> large);

    std::span<const ByteView> parts() const { return parts_; }

private:
    Bytes head_;
    std::vector<ByteView> parts_;
};

/// The sections of a container, borrowed from the file's bytes.
struct Sections
{
    std::vector<ByteView> small, large;
};

/// Errors  damaged: another magic or version, not these numbers of sections, a length that does not add up to exactly
///         the file, a checksum that differs
/// Cost    one pass over the small sections
std::expected<Sections, Error> unpack(ByteView file, std::string_view magic, size_t small, size_t large);

} // namespace artifact
