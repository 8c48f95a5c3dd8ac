#pragma once

#include "ledger/ledger.hpp"
#include "node/finality.hpp"

#include <optional>

/// What peers ask for: blocks, proofs of the state, proofs of finality. From bytes to bytes; nothing means that the
/// request is refused; `blame` is what its sender loses of its reputation, for it should not have made it.
namespace node {

struct Served
{
    std::optional<base::Bytes> response;
    int32_t blame = 0; ///< 0 or less
};

inline constexpr int32_t kMalformedRequest = -200, kOversizedRequest = -50;

/// /sync/2: at most kBlocksServed blocks and about kSyncBytesMax bytes a response, one block more at the most. Ends
/// before a block of which something asked for is pruned, for on the wire that looks like an empty body.
inline constexpr size_t kBlocksServed = 128;
inline constexpr size_t kSyncBytesMax = size_t{8} << 20;
Served serve_blocks(const ledger::Ledger& ledger, base::ByteView request);

/// /sync/warp: the changes of authorities after a finalised block, and the newest decision.
Served serve_warp(const ledger::Ledger& ledger, const std::optional<Decision>& latest, base::ByteView request);

/// /light/2: runtime calls and storage, proven. A proof is at most kLightBytesMax, so that the response with its frame
/// stays within the protocol's 16 MiB. Of a block whose state is unknown or pruned: a response without a proof.
inline constexpr size_t kLightBytesMax = (size_t{16} << 20) - 65536;
inline constexpr uint64_t kLightTicks = 100; ///< of the engine, 10 ms each, that a call may take
Served serve_light(const ledger::Ledger& ledger, base::ByteView request);

} // namespace node
