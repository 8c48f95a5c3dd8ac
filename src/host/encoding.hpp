#pragma once

#include "executor/overlay.hpp"
#include "trie/node.hpp"

#include <expected>
#include <optional>
#include <span>

/// What storage functions share: SCALE of their arguments and results.
namespace host {

using base::Bytes;
using base::ByteView;

Bytes copy(ByteView bytes);

/// Option<Vec<u8>>
Bytes encode_slice(const std::optional<executor::Slice>& found);
Bytes encode_option(const std::optional<Bytes>& found);

/// Copies value[offset..] to the front of `out`; the result is Option<u32>: how many bytes the value has from `offset`.
Bytes read_part(const std::optional<executor::Slice>& found, std::span<uint8_t> out, uint32_t offset);

/// KillStorageResult: whether keys are left, and how many of the backend were looked at.
Bytes encode_removal(const executor::Removal& removal);

/// Option<u32>
std::expected<std::optional<uint32_t>, executor::Trap> decode_limit(ByteView limit);

std::expected<trie::Version, executor::Trap> decode_version(uint32_t version);

Bytes digest_bytes(const base::Digest& digest);

} // namespace host
