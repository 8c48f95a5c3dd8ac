#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

/// Runtime code as the chain stores it: a Wasm binary, perhaps compressed, with custom sections.
namespace executor {

enum class BlobRefusal : uint8_t
{
    too_large, ///< unpacked, more than the bound given
    zstd,      ///< the frame behind the magic is damaged or cut short
};

/// The Wasm binary behind `:code`: unpacked if it starts with Substrate's magic 52 BC 53 76 46 DB 8E 05, as is if not.
///
/// Errors   too_large, zstd
/// Bound    memory at most `bytes_max` and zstd's window, whatever the frame claims
std::expected<base::Bytes, BlobRefusal> unpack(base::ByteView code, uint64_t bytes_max = 50ull << 20);

/// The magic and a zstd frame that unpack() reads; zstd level 19.
base::Bytes pack(base::ByteView wasm);

/// The content of the first custom section of that name; nothing if there is none or the binary is damaged.
/// Substrate's are `runtime_version` (RuntimeVersion with no apis) and `runtime_apis` ([u8; 8] and u32, repeated).
///
/// Bound   reads section headers alone
std::optional<base::ByteView> custom_section(base::ByteView wasm, std::string_view name);

/// The binary with that custom section at its end, in the place of all earlier ones of the name.
///
/// Errors   nothing, if `wasm` is not a sequence of sections
std::optional<base::Bytes> with_custom_section(base::ByteView wasm, std::string_view name, base::ByteView content);

/// One line: what is wrong and what to do.
std::string_view words(BlobRefusal why);

} // namespace executor
