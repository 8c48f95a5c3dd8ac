#include "hash/blake2b.hpp"
#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"
#include "rpc/state_subscriptions.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace rpc {
namespace {

constexpr size_t kKeysPagedMax = 1000;
/// For the methods without pages, which clients should not use.
constexpr size_t kKeysMax = 16'384;
constexpr size_t kRangeMax = 1024;

Reply call(Session& session, Params& params)
{
    const auto function = params.text("name");
    const auto arguments = params.bytes("bytes");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto result = session.backend().call(at.value_or(session.best()), function, arguments);
    return result ? Reply{hex(*result)} : client_error(result.error());
}

Reply get_storage(Session& session, Params& params)
{
    const auto key = params.bytes("key");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto value = session.backend().storage(at.value_or(session.best()), {}, key);
    return value ? Reply{present_bytes(*value)} : client_error(value.error());
}

Reply get_storage_hash(Session& session, Params& params)
{
    const auto key = params.bytes("key");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto value = session.backend().storage(at.value_or(session.best()), {}, key);
    if (!value)
        return client_error(value.error());
    return *value ? Json(hex(hash::blake2_256(ByteView{**value}))) : Json();
}

/// The value's size, or the sum below the key when there is no value at it.
Reply get_storage_size(Session& session, Params& params)
{
    const auto key = params.bytes("key");
    const auto given = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto at = given.value_or(session.best());
    const auto value = session.backend().storage(at, {}, key);
    if (!value)
        return client_error(value.error());
    if (*value)
        return (*value)->size();
    const auto keys = session.backend().keys(at, {}, key, {}, kKeysMax + 1);
    if (!keys)
        return client_error(keys.error());
    if (keys->size() > kKeysMax)
        return too_many(keys->size(), kKeysMax);
    uint64_t sum = 0;
    for (const auto& below : *keys)
    {
        const auto item = session.backend().storage(at, {}, below);
        if (!item)
            return client_error(item.error());
        sum += *item ? (*item)->size() : 0;
    }
    return keys->empty() ? Json() : Json(sum);
}

Reply get_keys(Session& session, Params& params)
{
    const auto prefix = params.bytes("prefix");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto keys = session.backend().keys(at.value_or(session.best()), {}, prefix, {}, kKeysMax + 1);
    if (!keys)
        return client_error(keys.error());
    if (keys->size() > kKeysMax)
        return too_many(keys->size(), kKeysMax);
    return present_list(*keys);
}

Reply get_pairs(Session& session, Params& params)
{
    const auto prefix = params.bytes("prefix");
    const auto given = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto at = given.value_or(session.best());
    const auto keys = session.backend().keys(at, {}, prefix, {}, kKeysMax);
    if (!keys)
        return client_error(keys.error());
    auto pairs = Json::array();
    for (const auto& key : *keys)
    {
        const auto value = session.backend().storage(at, {}, key);
        if (!value)
            return client_error(value.error());
        pairs.push_back(Json::array({hex(key), present_bytes(*value)}));
    }
    return pairs;
}

Reply get_keys_paged(Session& session, Params& params)
{
    const auto prefix = params.optional_bytes("prefix");
    const auto count = params.number("count", std::numeric_limits<uint32_t>::max());
    const auto after = params.optional_bytes("startKey");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    if (count > kKeysPagedMax)
        return too_many(count, kKeysPagedMax);
    const auto keys = session.backend().keys(at.value_or(session.best()), {}, prefix.value_or(Bytes{}), after, count);
    return keys ? Reply{present_list(*keys)} : client_error(keys.error());
}

Reply get_metadata(Session& session, Params& params)
{
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto result = session.backend().call(at.value_or(session.best()), "Metadata_metadata", {});
    if (!result)
        return client_error(result.error());
    const auto metadata = without_length(*result);
    if (!metadata)
        return refuse(code::kStateClient, "Client error: the runtime's metadata cannot be decoded");
    return hex(*metadata);
}

Reply get_runtime_version(Session& session, Params& params)
{
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto version = session.backend().runtime_version(at.value_or(session.best()));
    return version ? Reply{present(*version)} : client_error(version.error());
}

Reply get_read_proof(Session& session, Params& params)
{
    const auto keys = params.bytes_list("keys");
    const auto given = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto at = given.value_or(session.best());
    const auto proof = session.backend().read_proof(at, {}, keys);
    if (!proof)
        return client_error(proof.error());
    return Json{{"at", hex(at)}, {"proof", present_list(*proof)}};
}

/// The changes of one block against what `last` holds, which is brought up to date.
Answer<Json> changes_at(Session& session, const Hash& at, const std::vector<Bytes>& keys,
                        std::map<Bytes, std::optional<Bytes>>& last)
{
    auto changes = Json::array();
    for (const auto& key : keys)
    {
        auto value = session.backend().storage(at, {}, key);
        if (!value)
            return std::unexpected(value.error());
        const auto [found, fresh] = last.try_emplace(key);
        if (!fresh && found->second == *value)
            continue;
        changes.push_back(Json::array({hex(key), present_bytes(*value)}));
        found->second = std::move(*value);
    }
    return changes;
}

Reply query_storage_at(Session& session, Params& params)
{
    const auto keys = params.bytes_list("keys");
    const auto given = params.optional_hash("at");
    if (params.failed())
        return params.error();
    const auto at = given.value_or(session.best());
    std::map<Bytes, std::optional<Bytes>> values;
    auto changes = changes_at(session, at, keys, values);
    if (!changes)
        return client_error(changes.error());
    return Json::array({Json{{"block", hex(at)}, {"changes", std::move(*changes)}}});
}

/// The blocks from `from` to `to`, which must be on one chain.
std::expected<std::vector<Hash>, Error> block_range(Session& session, const Hash& from, const Hash& to)
{
    const auto error = [&](const std::string& details) {
        return refuse(code::kStateRange,
                      "Cannot resolve a block range ['" + hex(from) + "' ... '" + hex(to) + "]. " + details);
    };
    std::vector<Hash> blocks;
    for (Hash at = to;;)
    {
        blocks.push_back(at);
        if (at == from)
            break;
        const auto header = session.backend().header(at);
        if (!header || header->number == 0)
            return error("from is not an ancestor of to");
        if (blocks.size() == kRangeMax)
            return error("it has more than " + std::to_string(kRangeMax) + " blocks");
        at = header->parent_hash;
    }
    std::ranges::reverse(blocks);
    return blocks;
}

Reply query_storage(Session& session, Params& params)
{
    const auto keys = params.bytes_list("keys");
    const auto from = params.hash("fromBlock");
    const auto to = params.optional_hash("toBlock");
    if (params.failed())
        return params.error();
    const auto blocks = block_range(session, from, to.value_or(session.best()));
    if (!blocks)
        return std::unexpected(blocks.error());
    auto sets = Json::array();
    std::map<Bytes, std::optional<Bytes>> values;
    for (const auto& block : *blocks)
    {
        auto changes = changes_at(session, block, keys, values);
        if (!changes)
            return client_error(changes.error());
        if (!changes->empty())
            sets.push_back(Json{{"block", hex(block)}, {"changes", std::move(*changes)}});
    }
    return sets;
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"state_call", call},
    {"state_callAt", call},
    {"state_getStorage", get_storage},
    {"state_getStorageAt", get_storage},
    {"state_getStorageHash", get_storage_hash},
    {"state_getStorageHashAt", get_storage_hash},
    {"state_getStorageSize", get_storage_size},
    {"state_getStorageSizeAt", get_storage_size},
    {"state_getKeys", get_keys},
    {"state_getPairs", get_pairs, trust},
    {"state_getKeysPaged", get_keys_paged},
    {"state_getKeysPagedAt", get_keys_paged},
    {"state_getMetadata", get_metadata},
    {"state_getRuntimeVersion", get_runtime_version},
    {"chain_getRuntimeVersion", get_runtime_version},
    {"state_getReadProof", get_read_proof},
    {"state_queryStorage", query_storage, trust},
    {"state_queryStorageAt", query_storage_at},
    {"state_subscribeRuntimeVersion", subscribe_runtime_version, socket},
    {"state_unsubscribeRuntimeVersion", unsubscribe<kRuntimeVersionEvent>, socket},
    {"chain_subscribeRuntimeVersion", subscribe_runtime_version, socket},
    {"chain_unsubscribeRuntimeVersion", unsubscribe<kRuntimeVersionEvent>, socket},
    {"state_subscribeStorage", subscribe_storage, socket},
    {"state_unsubscribeStorage", unsubscribe<kStorageEvent>, socket},
});

} // namespace

std::span<const Method> state_methods() { return kMethods; }

} // namespace rpc
