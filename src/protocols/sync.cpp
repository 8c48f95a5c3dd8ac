#include "protocols/sync.hpp"

#include "libp2p/protobuf.hpp"
#include "protocols/bytes.hpp"

#include <algorithm>

namespace protocols {
namespace {

using libp2p::ProtoReader;
using libp2p::ProtoWriter;

/// Little-endian, of 4 bytes or of 8 for chains with larger numbers.
std::optional<BlockNumber> number_of_bytes(ByteView raw)
{
    if (raw.size() != 4 && raw.size() != 8)
        return std::nullopt;
    uint64_t number = 0;
    for (size_t i = 0; i != raw.size(); ++i)
        number |= uint64_t{raw[i]} << (8 * i);
    return number <= UINT32_MAX ? std::optional(BlockNumber(number)) : std::nullopt;
}

Bytes encode_block(const BlockData& block)
{
    ProtoWriter writer;
    writer.bytes(1, block.hash);
    const auto unless_empty = [&](uint32_t field, const Bytes& value) {
        if (!value.empty())
            writer.bytes(field, value);
    };
    unless_empty(2, block.header);
    for (const auto& extrinsic : block.body)
        writer.bytes(3, extrinsic);
    unless_empty(6, block.justification);
    if (block.empty_justification)
        writer.integer(7, 1);
    unless_empty(8, block.justifications);
    for (const auto& indexed : block.indexed_body)
        writer.bytes(9, indexed);
    return writer.take();
}

/// `extrinsics_left` counts down over all blocks of a response.
std::optional<BlockData> decode_block(ByteView message, size_t& extrinsics_left)
{
    BlockData block;
    bool hash_ok = false;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        const auto take = [&](std::vector<Bytes>& list) {
            if (extrinsics_left == 0)
                return false;
            --extrinsics_left;
            list.push_back(copy(field->bytes));
            return true;
        };
        if (field->is_bytes == (field->number == 7)) // the only integer
            return std::nullopt;
        if (field->number == 1)
        {
            const auto hash = hash_of_bytes(field->bytes);
            hash_ok = hash.has_value();
            block.hash = hash.value_or(Hash{});
        }
        else if (field->number == 2)
            block.header = copy(field->bytes);
        else if (field->number == 3)
        {
            if (!take(block.body))
                return std::nullopt;
        }
        else if (field->number == 6)
            block.justification = copy(field->bytes);
        else if (field->number == 7)
            block.empty_justification = field->integer != 0;
        else if (field->number == 8)
            block.justifications = copy(field->bytes);
        else if (field->number == 9 && !take(block.indexed_body))
            return std::nullopt;
    }
    return reader.failed() || !hash_ok ? std::nullopt : std::optional(std::move(block));
}

} // namespace

Bytes BlockRequest::encode() const
{
    ProtoWriter writer;
    writer.integer(1, uint32_t{fields.bits} << 24);
    if (const auto* hash = std::get_if<Hash>(&from))
        writer.bytes(2, *hash);
    else
        writer.bytes(3, scale::encode(std::get<BlockNumber>(from)));
    if (descending)
        writer.integer(5, 1);
    if (blocks_max != 0)
        writer.integer(6, blocks_max);
    if (multiple_justifications)
        writer.integer(7, 1);
    return writer.take();
}

std::optional<BlockRequest> decode_block_request(ByteView message)
{
    BlockRequest request;
    int starts = 0;
    bool fits = true;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        const bool wants_bytes = field->number == 2 || field->number == 3;
        if (field->number > 7 || field->number == 4) // of a later version
            continue;
        fits = fits && field->is_bytes == wants_bytes && (wants_bytes || field->integer <= UINT32_MAX);
        switch (field->number)
        {
        case 1:
            request.fields.bits = uint8_t(field->integer >> 24);
            fits = fits && (field->integer & 0xffffff) == 0 && (request.fields.bits & ~BlockFields::kAll) == 0;
            break;
        case 2:
            if (const auto hash = hash_of_bytes(field->bytes); hash && ++starts)
                request.from = *hash;
            break;
        case 3:
            if (const auto number = number_of_bytes(field->bytes); number && ++starts)
                request.from = *number;
            break;
        case 5:
            fits = fits && field->integer <= 1;
            request.descending = field->integer == 1;
            break;
        case 6:
            request.blocks_max = uint32_t(field->integer);
            break;
        case 7:
            request.multiple_justifications = field->integer != 0;
            break;
        default:
            break;
        }
    }
    return reader.failed() || !fits || starts != 1 ? std::nullopt : std::optional(request);
}

Bytes BlockResponse::encode() const
{
    ProtoWriter writer;
    for (const auto& block : blocks)
        writer.bytes(1, encode_block(block));
    return writer.take();
}

std::optional<BlockResponse> decode_block_response(ByteView message)
{
    BlockResponse response;
    size_t extrinsics_left = BlockResponse::kExtrinsicsMax;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (field->number != 1)
            continue;
        auto block = field->is_bytes && response.blocks.size() != BlockResponse::kBlocksMax
                         ? decode_block(field->bytes, extrinsics_left)
                         : std::nullopt;
        if (!block)
            return std::nullopt;
        response.blocks.push_back(std::move(*block));
    }
    return reader.failed() ? std::nullopt : std::optional(std::move(response));
}

Bytes encode_warp_request(const Hash& begin) { return {begin.begin(), begin.end()}; }

std::optional<Hash> decode_warp_request(ByteView message) { return hash_of_bytes(message); }

} // namespace protocols
