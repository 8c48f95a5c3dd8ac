#include "node/serve.hpp"

#include "protocols/light.hpp"
#include "protocols/sync.hpp"
#include "scale/scale.hpp"

namespace node {
namespace {

using protocols::BlockFields;

std::optional<ledger::Hash> first_block(const ledger::Ledger& ledger, const protocols::BlockRequest& request)
{
    if (const auto* hash = std::get_if<ledger::Hash>(&request.from))
        return ledger.header(*hash) ? std::optional(*hash) : std::nullopt;
    return ledger.hash_at(std::get<ledger::BlockNumber>(request.from));
}

/// Nothing when the body is asked for and pruned.
std::optional<protocols::BlockData> block_data(const ledger::Ledger& ledger, const ledger::Hash& hash,
                                               const Header& header, BlockFields fields)
{
    protocols::BlockData data{.hash = hash};
    if (fields.has(BlockFields::kHeader))
        data.header = scale::encode(header);
    if (fields.has(BlockFields::kBody))
    {
        const auto body = ledger.body(hash);
        if (!body)
            return std::nullopt;
        for (const auto& extrinsic : *body)
            data.body.push_back(scale::encode(extrinsic));
    }
    if (fields.has(BlockFields::kJustification))
        if (auto justification = ledger.justification(hash))
        {
            data.justifications =
                scale::encode(primitives::Justifications{{primitives::kGrandpaEngine, *justification}});
            data.empty_justification = justification->empty();
            data.justification = std::move(*justification);
        }
    return data;
}

size_t size_of(const protocols::BlockData& data)
{
    size_t bytes = 128 + data.header.size() + data.justification.size() + data.justifications.size();
    for (const auto& extrinsic : data.body)
        bytes += extrinsic.size() + 8;
    return bytes;
}

/// The block that follows in the direction of the request: the parent, or the child on the best chain.
std::optional<ledger::Hash> next_block(const ledger::Ledger& ledger, const Header& header, const ledger::Hash& hash,
                                       bool descending)
{
    if (descending)
        return header.number.value == 0 ? std::nullopt : std::optional(header.parent_hash);
    const auto next = ledger.hash_at(header.number.value + 1);
    const auto child = next ? ledger.header(*next) : std::nullopt;
    return child && child->parent_hash == hash ? next : std::nullopt;
}

base::Bytes encode_nodes(const std::vector<trie::NodeBytes>& nodes)
{
    scale::Writer writer;
    scale::encode(scale::Compact<uint32_t>{uint32_t(nodes.size())}, writer);
    for (const auto& node : nodes)
        scale::encode(*node, writer);
    return writer.take();
}

} // namespace

Served serve_blocks(const ledger::Ledger& ledger, base::ByteView bytes)
{
    const auto request = protocols::decode_block_request(bytes);
    if (!request)
        return {.response = std::nullopt, .blame = kMalformedRequest};
    protocols::BlockResponse response;
    const size_t blocks_max =
        request->blocks_max == 0 ? kBlocksServed : std::min<size_t>(request->blocks_max, kBlocksServed);
    size_t size = 0;
    for (auto at = first_block(ledger, *request); at && response.blocks.size() != blocks_max && size < kSyncBytesMax;)
    {
        const auto header = ledger.header(*at);
        if (!header)
            break;
        auto data = block_data(ledger, *at, *header, request->fields);
        if (!data)
            break;
        size += size_of(*data);
        response.blocks.push_back(std::move(*data));
        at = next_block(ledger, *header, *at, request->descending);
    }
    return {.response = response.encode()};
}

Served serve_warp(const ledger::Ledger& ledger, const std::optional<Decision>& latest, base::ByteView bytes)
{
    const auto begin = protocols::decode_warp_request(bytes);
    if (!begin)
        return {.response = std::nullopt, .blame = kMalformedRequest};
    const auto header = ledger.header(*begin);
    if (!header || header->number.value > ledger.finalised().number || ledger.hash_at(header->number.value) != *begin)
        return {.response = std::nullopt};
    protocols::WarpProof proof{.fragments = {}, .is_finished = true};
    size_t size = 0;
    for (const auto number : ledger.set_changes(header->number.value))
    {
        const auto hash = ledger.hash_at(number);
        const auto change = hash ? ledger.header(*hash) : std::nullopt;
        const auto kept = hash ? ledger.justification(*hash) : std::nullopt;
        const auto decoded = kept ? scale::decode<primitives::grandpa::Justification>(base::ByteView(*kept))
                                  : std::unexpected(scale::Error{});
        if (!change || !decoded)
            return {.response = std::nullopt};
        size += kept->size() + 4096;
        if (size > kSyncBytesMax && !proof.fragments.empty())
        {
            proof.is_finished = false;
            break;
        }
        proof.fragments.push_back({*change, *decoded});
    }
    if (proof.is_finished && latest && latest->block.number > header->number.value &&
        (proof.fragments.empty() || latest->block.number > proof.fragments.back().header.number.value))
        proof.fragments.push_back({latest->header, latest->justification});
    return {.response = scale::encode(proof)};
}

Served serve_light(const ledger::Ledger& ledger, base::ByteView bytes)
{
    const auto request = protocols::decode_light_request(bytes);
    if (!request)
        return {.response = std::nullopt, .blame = kMalformedRequest};
    protocols::LightResponse response;
    int32_t blame = 0;
    if (const auto* call = std::get_if<protocols::RemoteCall>(&*request))
    {
        response.is_call = true;
        if (const auto proven =
                ledger.prove_call(call->block, call->method, call->data, kLightBytesMax, {.ticks = kLightTicks}))
            response.proof = encode_nodes(proven->proof);
    }
    else
    {
        const auto& read = std::get<protocols::RemoteRead>(*request);
        const auto child = read.child ? executor::Child(base::ByteView(*read.child)) : std::nullopt;
        if (const auto proof = ledger.prove_values(read.block, child, read.keys, kLightBytesMax))
            response.proof = encode_nodes(*proof);
        else if (ledger.has_state(read.block)) // so too much was asked of it
            blame = kOversizedRequest;
    }
    if (response.proof && response.proof->size() > kLightBytesMax)
    {
        response.proof.reset();
        blame = kOversizedRequest;
    }
    return {.response = response.encode(), .blame = blame};
}

} // namespace node
