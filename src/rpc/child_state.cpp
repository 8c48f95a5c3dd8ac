#include "hash/blake2b.hpp"
#include "primitives/storage_key.hpp"
#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include <array>
#include <limits>

namespace rpc {
namespace {

constexpr size_t kKeysPagedMax = 1000;
constexpr size_t kKeysMax = 16'384;

/// The name behind :child_storage:default:.
Backend::Child child_of(Params& params, const char* name)
{
    const auto prefix = base::view(primitives::well_known::kChildStorageDefault);
    auto key = params.bytes(name);
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin()))
    {
        params.fail(name, "must begin with the bytes of :child_storage:default:");
        return Bytes{};
    }
    return Bytes(key.begin() + ptrdiff_t(prefix.size()), key.end());
}

/// The value of one key, handed to `show`.
template <class Show>
Reply with_value(Session& session, Params& params, Show show)
{
    const auto child = child_of(params, "childStorageKey");
    const auto key = params.bytes("key");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto value = session.backend().storage(at.value_or(session.best()), child, key);
    if (!value)
        return client_error(value.error());
    return *value ? show(**value) : Json();
}

Reply get_storage(Session& session, Params& params)
{
    return with_value(session, params, [](const Bytes& value) { return Json(hex(value)); });
}

Reply get_storage_hash(Session& session, Params& params)
{
    return with_value(session, params, [](const Bytes& value) { return Json(hex(hash::blake2_256(ByteView{value}))); });
}

Reply get_storage_size(Session& session, Params& params)
{
    return with_value(session, params, [](const Bytes& value) { return Json(value.size()); });
}

Reply get_storage_entries(Session& session, Params& params)
{
    const auto child = child_of(params, "childStorageKey");
    const auto keys = params.bytes_list("keys");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    auto values = Json::array();
    for (const auto& key : keys)
    {
        const auto value = session.backend().storage(at.value_or(session.best()), child, key);
        if (!value)
            return client_error(value.error());
        values.push_back(present_bytes(*value));
    }
    return values;
}

Reply get_keys(Session& session, Params& params)
{
    const auto child = child_of(params, "childStorageKey");
    const auto prefix = params.bytes("prefix");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto keys = session.backend().keys(at.value_or(session.best()), child, prefix, {}, kKeysMax + 1);
    if (!keys)
        return client_error(keys.error());
    if (keys->size() > kKeysMax)
        return too_many(keys->size(), kKeysMax);
    return present_list(*keys);
}

Reply get_keys_paged(Session& session, Params& params)
{
    const auto child = child_of(params, "childStorageKey");
    const auto prefix = params.optional_bytes("prefix");
    const auto count = params.number("count", std::numeric_limits<uint32_t>::max());
    const auto after = params.optional_bytes("startKey");
    const auto at = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    if (count > kKeysPagedMax)
        return too_many(count, kKeysPagedMax);
    const auto keys =
        session.backend().keys(at.value_or(session.best()), child, prefix.value_or(Bytes{}), after, count);
    return keys ? Reply{present_list(*keys)} : client_error(keys.error());
}

Reply get_read_proof(Session& session, Params& params)
{
    const auto child = child_of(params, "childStorageKey");
    const auto keys = params.bytes_list("keys");
    const auto given = params.optional_hash("hash");
    if (params.failed())
        return params.error();
    const auto at = given.value_or(session.best());
    const auto proof = session.backend().read_proof(at, child, keys);
    if (!proof)
        return client_error(proof.error());
    return Json{{"at", hex(at)}, {"proof", present_list(*proof)}};
}

constexpr auto kMethods = std::to_array<Method>({
    {"childstate_getStorage", get_storage},
    {"childstate_getStorageHash", get_storage_hash},
    {"childstate_getStorageSize", get_storage_size},
    {"childstate_getStorageEntries", get_storage_entries},
    {"childstate_getKeys", get_keys},
    {"childstate_getKeysPaged", get_keys_paged},
    {"childstate_getKeysPagedAt", get_keys_paged},
    {"state_getChildReadProof", get_read_proof},
});

} // namespace

std::span<const Method> child_state_methods() { return kMethods; }

} // namespace rpc
