#pragma once

#include "database/key_value.hpp"

#include <memory>

namespace database {

struct RocksOptions
{
    std::string folder;                        ///< made where it is missing; its parent must exist
    size_t cache_bytes = size_t{256} << 20;    ///< memory for blocks of the files, taken as they are read
    size_t unwritten_bytes = size_t{32} << 20; ///< memory for what only the log holds
    uint64_t disk_bytes_max = 0;               ///< writes fail with disk_full beyond it; 0: what the disk has
};

/// Opens the tables in a folder, which one process at a time may hold. What a killed process left is recovered from
/// the log: the batches that were acknowledged, each whole.
///
/// Errors  io (no such folder, held by another process), damaged, disk_full
Result<std::unique_ptr<KeyValue>> open_rocks(const RocksOptions& options);

} // namespace database
