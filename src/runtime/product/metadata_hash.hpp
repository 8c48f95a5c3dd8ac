#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string_view>

/// The hash of the runtime's metadata (RFC-78), which signers may commit to.
///
/// It covers the metadata that the compiled runtime returns, so it is known only after linking: the WebAssembly keeps
/// a place for it, which tools/wasmcheck fills in.
namespace runtime::product {

inline constexpr std::string_view kTokenSymbol = "ZKP";
inline constexpr uint8_t kTokenDecimals = 18;

/// What stands in the place of the hash until it is filled in. In front of it a byte: 1 once it is; behind it the
/// token's decimals, the length of its symbol, its symbol.
inline constexpr std::string_view kHashMarker = "zkp: metadata hash, put in later";
static_assert(kHashMarker.size() == sizeof(base::Digest));

/// The hash; nothing if the build put none in.
std::optional<base::Digest> metadata_hash();

} // namespace runtime::product
