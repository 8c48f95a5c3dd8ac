#pragma once

#include "rpc/backend.hpp"
#include "rpc/json.hpp"

#include <deque>

namespace rpc {

enum class QueryType : uint8_t
{
    value,
    hash,
    closest_merkle_value,
    descendants_values,
    descendants_hashes,
};

struct StorageQuery
{
    Bytes key;
    QueryType type{};
    std::optional<Bytes> after; ///< of descendants: only keys beyond this one
};

/// Queries of one request.
inline constexpr size_t kQueriesMax = 4096;
/// What one step of a walk reads, at most: keys, and bytes beyond which it ends.
inline constexpr size_t kStepKeys = 256;
inline constexpr size_t kStepBytes = size_t{1} << 20;

/// Reads the list that chainHead_v1_storage and archive_v1_storage take; nothing when it is malformed.
/// `paginated` allows paginationStartKey, for descendants.
std::optional<std::vector<StorageQuery>> as_queries(const Json& items, bool paginated);

/// Answers storage queries in steps of bounded size.
class StorageWalk
{
public:
    StorageWalk(const Hash& at, Backend::Child child, std::vector<StorageQuery> queries);

    bool done() const { return queries_.empty(); }
    /// The next items, perhaps none.
    Answer<std::vector<Json>> step(Backend& backend);
    /// Of the items so far, in bytes of keys and values.
    size_t bytes() const { return bytes_; }

private:
    Answer<void> one(Backend& backend, const StorageQuery& query, std::vector<Json>& items);
    Answer<void> descendants(Backend& backend, StorageQuery& query, std::vector<Json>& items);
    void add(ByteView key, const char* field, ByteView value, std::vector<Json>& items);

    const Hash at_;
    const Backend::Child child_;
    std::deque<StorageQuery> queries_;
    size_t bytes_ = 0;
};

} // namespace rpc
