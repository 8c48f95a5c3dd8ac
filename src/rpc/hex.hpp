#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Bytes as text: 0x and two digits a byte, as all of Substrate's JSON has them.
namespace rpc {

using base::Bytes;
using base::ByteView;

/// Lower case, with 0x.
std::string hex(ByteView bytes);

/// A number in the shortest form, as Substrate prints block numbers: 0x0, 0x1a.
std::string hex_number(uint64_t number);

/// Strict: 0x, then an even number of digits of either case; nothing for anything else.
std::optional<Bytes> from_hex(std::string_view text);

} // namespace rpc
