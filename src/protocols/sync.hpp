#pragma once

#include "primitives/grandpa.hpp"

#include <variant>

/// Requests and responses of /sync/2 and /sync/warp.
namespace protocols {

using primitives::BlockNumber;
using primitives::Bytes;
using primitives::ByteView;
using primitives::Hash;

/// What a block request asks for, as bits. On the wire they stand in the top byte of a u32.
///
/// Source  sc_network_common::sync::message BlockAttributes
struct BlockFields
{
    static constexpr uint8_t kHeader = 1, kBody = 2, kReceipt = 4, kMessageQueue = 8, kJustification = 16,
                             kIndexedBody = 32, kAll = 63;
    uint8_t bits = 0;
    bool has(uint8_t field) const { return (bits & field) != 0; }
    friend bool operator==(const BlockFields&, const BlockFields&) = default;
};

/// A request of /sync/2.
///
/// Source  polkadot-sdk api.v1.proto: fields 1, hash 2, number 3 (little-endian), direction 5, max_blocks 6,
///         support_multiple_justifications 7
struct BlockRequest
{
    BlockFields fields;
    std::variant<Hash, BlockNumber> from;
    bool descending = false;
    uint32_t blocks_max = 0; ///< 0: as many as the server likes
    bool multiple_justifications = false;

    Bytes encode() const;
    friend bool operator==(const BlockRequest&, const BlockRequest&) = default;
};

/// Nothing when it is no such protobuf, names no block or two, or has a field that does not fit.
std::optional<BlockRequest> decode_block_request(ByteView message);

/// A block in a response of /sync/2. What was not asked for, or the server lacks, is absent.
///
/// Source  api.v1.proto BlockData: hash 1, header 2, body 3, justification 6, is_empty_justification 7,
///         justifications 8, indexed_body 9; receipt 4 and message_queue 5 are never sent
struct BlockData
{
    Hash hash{};
    Bytes header = {};            ///< encoded; empty: absent
    std::vector<Bytes> body = {}; ///< each extrinsic as it is encoded, with its length before it; absent and empty
                                  ///< look alike on the wire
    Bytes justification = {};     ///< of the first engine; for old clients
    bool empty_justification = false;
    Bytes justifications = {}; ///< SCALE of primitives::Justifications; empty: absent
    std::vector<Bytes> indexed_body = {};
    friend bool operator==(const BlockData&, const BlockData&) = default;
};

struct BlockResponse
{
    static constexpr size_t kBlocksMax = 1024;
    static constexpr size_t kExtrinsicsMax = 256 * 1024; ///< over all blocks: a response of 16 MiB of nothing else
    std::vector<BlockData> blocks;

    Bytes encode() const;
    friend bool operator==(const BlockResponse&, const BlockResponse&) = default;
};
std::optional<BlockResponse> decode_block_response(ByteView message);

/// A request of /sync/warp: the hash of the block to start from.
Bytes encode_warp_request(const Hash& begin);
std::optional<Hash> decode_warp_request(ByteView message);

/// A step of warp sync: a header that changes the authority set, and the proof that it is final.
///
/// Source  sc_consensus_grandpa::warp_proof WarpSyncProof
struct WarpFragment
{
    primitives::Header header;
    primitives::grandpa::Justification justification;
    friend bool operator==(const WarpFragment&, const WarpFragment&) = default;
};

/// A response of /sync/warp; SCALE.
struct WarpProof
{
    std::vector<WarpFragment> fragments;
    bool is_finished = false;
    friend bool operator==(const WarpProof&, const WarpProof&) = default;
};

} // namespace protocols
