#include "database/rocks.hpp"

#include <array>
#include <mutex>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace database {
namespace {

constexpr std::array kNames{"headers", "bodies",  "justifications", "numbers", "nodes",
                            "flat",    "journal", "deaths",         "facts",   "marked"};
static_assert(kNames.size() == kTables);

constexpr int kCacheShardBits = 4; ///< several threads read at once

rocksdb::Slice slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
ByteView view(const rocksdb::Slice& bytes) { return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}; }

Failure failure(const rocksdb::Status& status, const std::string& folder)
{
    const auto what = status.ToString();
    if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit)
        return {Why::disk_full, folder + ": the disk is full (" + what + "); make room and start again"};
    if (status.IsCorruption())
        return {Why::damaged, folder + ": the database is damaged (" + what + "); restore it or sync anew"};
    return {Why::io, folder + ": " + what};
}

class Rocks final : public KeyValue
{
public:
    Rocks(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> tables, std::string folder)
        : db_(std::move(db)), tables_(std::move(tables)), folder_(std::move(folder))
    {
    }

    ~Rocks() override
    {
        for (auto* table : tables_)
            db_->DestroyColumnFamilyHandle(table);
        db_->Close();
    }

    Result<std::optional<Bytes>> get(Table table, ByteView key) const override
    {
        rocksdb::PinnableSlice value;
        const auto status = db_->Get({}, handle(table), slice(key), &value);
        if (status.IsNotFound())
            return std::nullopt;
        if (!status.ok())
            return std::unexpected(failure(status, folder_));
        const auto bytes = view(value);
        return Bytes(bytes.begin(), bytes.end());
    }

    Result<void> write(std::span<const Write> batch, Durability durability) override
    {
        const std::lock_guard lock(mutex_);
        if (failed_)
            return std::unexpected(*failed_);
        rocksdb::WriteBatch writes;
        auto status = rocksdb::Status::OK();
        for (const auto& change : batch)
        {
            status = change.value ? writes.Put(handle(change.table), slice(change.key), slice(*change.value))
                                  : writes.Delete(handle(change.table), slice(change.key));
            if (!status.ok())
                break;
        }
        rocksdb::WriteOptions options;
        options.sync = durability == Durability::power;
        if (status.ok())
            status = db_->Write(options, &writes);
        if (status.ok())
            return {};
        failed_ = failure(status, folder_);
        return std::unexpected(*failed_);
    }

    Result<void> walk(Table table, ByteView from,
                      const std::function<bool(ByteView key, ByteView value)>& visit) const override
    {
        const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}, handle(table)));
        for (at->Seek(slice(from)); at->Valid(); at->Next())
            if (!visit(view(at->key()), view(at->value())))
                break;
        if (!at->status().ok())
            return std::unexpected(failure(at->status(), folder_));
        return {};
    }

private:
    rocksdb::ColumnFamilyHandle* handle(Table table) const { return tables_[1 + size_t(table)]; }

    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> tables_; ///< the default one, which stays empty, and ours
    std::string folder_;
    std::mutex mutex_;
    std::optional<Failure> failed_;
};

rocksdb::ColumnFamilyOptions table_options(const RocksOptions& options, const std::shared_ptr<rocksdb::Cache>& cache)
{
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = cache;
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    // One value at a time is read, most often by a hash: filters and indices stay in memory (1.5 bytes a row), and a
    // look at what is not yet in a file mostly ends at the filter too.
    blocks.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    rocksdb::ColumnFamilyOptions table;
    table.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
    table.memtable_whole_key_filtering = true;
    table.memtable_prefix_bloom_size_ratio = 0.05;
    table.write_buffer_size = options.unwritten_bytes / 2;
    table.compression = rocksdb::kNoCompression; // nodes are hashes, and small
    return table;
}

} // namespace

Result<std::unique_ptr<KeyValue>> open_rocks(const RocksOptions& options)
{
    rocksdb::DBOptions db_options;
    db_options.create_if_missing = true;
    db_options.create_missing_column_families = true;
    db_options.db_write_buffer_size = options.unwritten_bytes;
    db_options.max_total_wal_size = 4 * options.unwritten_bytes;
    db_options.max_open_files = 512;
    db_options.keep_log_file_num = 2;
    // A batch cut short at the end of the log was never acknowledged; anything else is damage and says so.
    db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    if (options.disk_bytes_max != 0)
    {
        db_options.sst_file_manager.reset(rocksdb::NewSstFileManager(rocksdb::Env::Default()));
        db_options.sst_file_manager->SetMaxAllowedSpaceUsage(options.disk_bytes_max);
    }
    const auto cache = rocksdb::NewLRUCache(options.cache_bytes, kCacheShardBits);
    std::vector<rocksdb::ColumnFamilyDescriptor> tables;
    tables.emplace_back(rocksdb::kDefaultColumnFamilyName, table_options(options, cache));
    for (const auto* name : kNames)
        tables.emplace_back(name, table_options(options, cache));

    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(db_options, options.folder, tables, &handles, &db);
    if (!status.ok())
        return std::unexpected(failure(status, options.folder));
    return std::make_unique<Rocks>(std::unique_ptr<rocksdb::DB>(db), std::move(handles), options.folder);
}

} // namespace database
