#include "rpc/storage_walk.hpp"

#include "hash/blake2b.hpp"
#include "rpc/hex.hpp"
#include "rpc/params.hpp"

#include <array>

namespace rpc {
namespace {

constexpr auto kTypes = std::to_array<std::pair<std::string_view, QueryType>>({
    {"value", QueryType::value},
    {"hash", QueryType::hash},
    {"closestDescendantMerkleValue", QueryType::closest_merkle_value},
    {"descendantsValues", QueryType::descendants_values},
    {"descendantsHashes", QueryType::descendants_hashes},
});

bool of_descendants(QueryType type)
{
    return type == QueryType::descendants_values || type == QueryType::descendants_hashes;
}

std::optional<StorageQuery> as_query(const Json& item, bool paginated)
{
    if (!item.is_object() || !item.contains("key") || !item.contains("type"))
        return std::nullopt;
    auto key = as_bytes(item["key"]);
    const auto* type = item["type"].get_ptr<const std::string*>();
    if (!key || !type)
        return std::nullopt;
    for (const auto& [name, value] : kTypes)
    {
        if (*type != name)
            continue;
        StorageQuery query{.key = std::move(*key), .type = value, .after = {}};
        const auto after = item.find("paginationStartKey");
        if (!paginated || after == item.end() || after->is_null())
            return query;
        query.after = as_bytes(*after);
        if (!query.after || !of_descendants(value))
            return std::nullopt;
        return query;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::vector<StorageQuery>> as_queries(const Json& items, bool paginated)
{
    if (!items.is_array() || items.size() > kQueriesMax)
        return std::nullopt;
    std::vector<StorageQuery> queries;
    for (const auto& item : items)
    {
        auto query = as_query(item, paginated);
        if (!query)
            return std::nullopt;
        queries.push_back(std::move(*query));
    }
    return queries;
}

StorageWalk::StorageWalk(const Hash& at, Backend::Child child, std::vector<StorageQuery> queries)
    : at_(at), child_(std::move(child)),
      queries_(std::make_move_iterator(queries.begin()), std::make_move_iterator(queries.end()))
{
}

void StorageWalk::add(ByteView key, const char* field, ByteView value, std::vector<Json>& items)
{
    bytes_ += key.size() + value.size();
    items.push_back(Json{{"key", hex(key)}, {field, hex(value)}});
}

Answer<void> StorageWalk::one(Backend& backend, const StorageQuery& query, std::vector<Json>& items)
{
    const bool merkle = query.type == QueryType::closest_merkle_value;
    const auto found =
        merkle ? backend.closest_merkle_value(at_, child_, query.key) : backend.storage(at_, child_, query.key);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return {};
    if (merkle)
        add(query.key, "closestDescendantMerkleValue", **found, items);
    else if (query.type == QueryType::value)
        add(query.key, "value", **found, items);
    else
        add(query.key, "hash", hash::blake2_256(ByteView{**found}), items);
    return {};
}

/// Leaves in `query.after` where to go on, or removes the query when nothing is left of it.
Answer<void> StorageWalk::descendants(Backend& backend, StorageQuery& query, std::vector<Json>& items)
{
    const auto room = kStepKeys - items.size();
    const auto keys = backend.keys(at_, child_, query.key, query.after, room);
    if (!keys)
        return std::unexpected(keys.error());
    const auto end = bytes_ + kStepBytes;
    for (const auto& key : *keys)
    {
        const auto value = backend.storage(at_, child_, key);
        if (!value)
            return std::unexpected(value.error());
        query.after = key;
        if (*value && query.type == QueryType::descendants_values)
            add(key, "value", **value, items);
        else if (*value)
            add(key, "hash", hash::blake2_256(ByteView{**value}), items);
        if (bytes_ > end)
            return {};
    }
    if (keys->size() < room)
        queries_.pop_front();
    return {};
}

Answer<std::vector<Json>> StorageWalk::step(Backend& backend)
{
    std::vector<Json> items;
    const auto end = bytes_ + kStepBytes;
    for (size_t looked = 0; !done() && items.size() < kStepKeys && looked != kStepKeys && bytes_ < end; ++looked)
    {
        const bool many = of_descendants(queries_.front().type);
        const auto result =
            many ? descendants(backend, queries_.front(), items) : one(backend, queries_.front(), items);
        if (!result)
            return std::unexpected(result.error());
        if (!many)
            queries_.pop_front();
    }
    return items;
}

} // namespace rpc
