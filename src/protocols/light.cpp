#include "protocols/light.hpp"

#include "libp2p/protobuf.hpp"
#include "protocols/bytes.hpp"

#include <algorithm>

namespace protocols {
namespace {

/// Children are named by where their roots stand in the main trie; only this kind exists.
constexpr std::string_view kChildPrefix = ":child_storage:default:";

using libp2p::ProtoReader;
using libp2p::ProtoWriter;

constexpr uint32_t kCall = 1, kRead = 2, kReadChild = 4;

std::optional<LightRequest> decode_call(ByteView message)
{
    RemoteCall call;
    std::optional<Hash> block;
    bool has_method = false, has_data = false;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (field->number == 2 && field->is_bytes)
            block = hash_of_bytes(field->bytes);
        else if (field->number == 3 && field->is_bytes && field->bytes.size() <= kMethodMax)
        {
            call.method.assign(field->bytes.begin(), field->bytes.end());
            has_method = true;
        }
        else if (field->number == 4 && field->is_bytes)
        {
            call.data = copy(field->bytes);
            has_data = true;
        }
    }
    if (reader.failed() || !block || !has_method || !has_data)
        return std::nullopt;
    call.block = *block;
    return call;
}

std::optional<LightRequest> decode_read(ByteView message, bool is_child)
{
    RemoteRead read;
    std::optional<Hash> block;
    const uint32_t keys_field = is_child ? 6 : 3;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (!field->is_bytes)
            continue;
        if (field->number == 2)
            block = hash_of_bytes(field->bytes);
        else if (field->number == keys_field)
        {
            if (read.keys.size() == kKeysMax)
                return std::nullopt;
            read.keys.push_back(copy(field->bytes));
        }
        else if (is_child && field->number == 3)
        {
            if (!std::ranges::equal(field->bytes.first(std::min(field->bytes.size(), kChildPrefix.size())),
                                    base::view(kChildPrefix)))
                return std::nullopt;
            read.child = copy(field->bytes.subspan(kChildPrefix.size()));
        }
    }
    if (reader.failed() || !block || is_child != read.child.has_value())
        return std::nullopt;
    read.block = *block;
    return read;
}

/// The pairs of one trie; `pairs_left` counts down over a response.
std::optional<StateResponse::Trie> decode_trie(ByteView message, size_t& pairs_left)
{
    StateResponse::Trie trie;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (field->number == 1 && field->is_bytes)
            trie.state_root = copy(field->bytes);
        else if (field->number == 3 && !field->is_bytes)
            trie.complete = field->integer != 0;
        else if (field->number == 2 && field->is_bytes)
        {
            if (pairs_left == 0)
                return std::nullopt;
            --pairs_left;
            auto& [key, value] = trie.pairs.emplace_back();
            ProtoReader pair(field->bytes);
            while (const auto part = pair.next())
                if (part->is_bytes && (part->number == 1 || part->number == 2))
                    (part->number == 1 ? key : value) = copy(part->bytes);
            if (pair.failed())
                return std::nullopt;
        }
    }
    return reader.failed() ? std::nullopt : std::optional(std::move(trie));
}

} // namespace

Bytes encode(const LightRequest& request)
{
    ProtoWriter inner, outer;
    if (const auto* call = std::get_if<RemoteCall>(&request))
    {
        inner.bytes(2, call->block);
        inner.text(3, call->method);
        inner.bytes(4, call->data);
        outer.bytes(kCall, inner.take());
        return outer.take();
    }
    const auto& read = std::get<RemoteRead>(request);
    inner.bytes(2, read.block);
    if (read.child)
    {
        Bytes prefixed(kChildPrefix.begin(), kChildPrefix.end());
        prefixed.insert(prefixed.end(), read.child->begin(), read.child->end());
        inner.bytes(3, prefixed);
    }
    for (const auto& key : read.keys)
        inner.bytes(read.child ? 6 : 3, key);
    outer.bytes(read.child ? kReadChild : kRead, inner.take());
    return outer.take();
}

std::optional<LightRequest> decode_light_request(ByteView message)
{
    std::optional<LightRequest> request;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (!field->is_bytes || (field->number != kCall && field->number != kRead && field->number != kReadChild))
            continue;
        if (request)
            return std::nullopt; // one request a message
        request =
            field->number == kCall ? decode_call(field->bytes) : decode_read(field->bytes, field->number == kReadChild);
        if (!request)
            return std::nullopt;
    }
    return reader.failed() ? std::nullopt : request;
}

Bytes LightResponse::encode() const
{
    ProtoWriter inner, outer;
    if (proof)
        inner.bytes(2, *proof);
    outer.bytes(is_call ? kCall : kRead, inner.take());
    return outer.take();
}

std::optional<LightResponse> decode_light_response(ByteView message)
{
    std::optional<LightResponse> response;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (!field->is_bytes || (field->number != kCall && field->number != kRead))
            continue;
        response = LightResponse{.is_call = field->number == kCall, .proof = {}};
        ProtoReader inner(field->bytes);
        while (const auto part = inner.next())
            if (part->number == 2 && part->is_bytes)
                response->proof = copy(part->bytes);
        if (inner.failed())
            return std::nullopt;
    }
    return reader.failed() ? std::nullopt : response;
}

Bytes StateRequest::encode() const
{
    ProtoWriter writer;
    writer.bytes(1, block);
    for (const auto& key : start)
        writer.bytes(2, key);
    if (no_proof)
        writer.integer(3, 1);
    return writer.take();
}

std::optional<StateRequest> decode_state_request(ByteView message)
{
    StateRequest request;
    std::optional<Hash> block;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (field->number == 1 && field->is_bytes)
            block = hash_of_bytes(field->bytes);
        else if (field->number == 2 && field->is_bytes)
        {
            if (request.start.size() == StateRequest::kStartsMax)
                return std::nullopt;
            request.start.push_back(copy(field->bytes));
        }
        else if (field->number == 3 && !field->is_bytes)
            request.no_proof = field->integer != 0;
    }
    if (reader.failed() || !block)
        return std::nullopt;
    request.block = *block;
    return request;
}

Bytes StateResponse::encode() const
{
    ProtoWriter writer;
    for (const auto& trie : tries)
    {
        ProtoWriter inner;
        if (!trie.state_root.empty())
            inner.bytes(1, trie.state_root);
        for (const auto& [key, value] : trie.pairs)
        {
            ProtoWriter pair;
            pair.bytes(1, key);
            pair.bytes(2, value);
            inner.bytes(2, pair.take());
        }
        if (trie.complete)
            inner.integer(3, 1);
        writer.bytes(1, inner.take());
    }
    if (!proof.empty())
        writer.bytes(2, proof);
    return writer.take();
}

std::optional<StateResponse> decode_state_response(ByteView message)
{
    StateResponse response;
    size_t pairs_left = StateResponse::kPairsMax;
    ProtoReader reader(message);
    while (const auto field = reader.next())
    {
        if (field->number == 2 && field->is_bytes)
            response.proof = copy(field->bytes);
        else if (field->number == 1 && field->is_bytes)
        {
            auto trie = decode_trie(field->bytes, pairs_left);
            if (!trie || response.tries.size() == StateResponse::kTriesMax)
                return std::nullopt;
            response.tries.push_back(std::move(*trie));
        }
    }
    return reader.failed() ? std::nullopt : std::optional(std::move(response));
}

} // namespace protocols
