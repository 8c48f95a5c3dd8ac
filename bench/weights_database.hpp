#pragma once

#include <cstdint>
#include <optional>

namespace weights {

/// What one key costs in a state of a million accounts on RocksDB, in picoseconds by the clock on an idle
/// machine: files lie in the system's cache, as a node's do.
struct DatabaseCost
{
    uint64_t read;  ///< of the flat state, at random
    uint64_t write; ///< its share of the trie's update, of the block's batch and of finalising it
};

/// Builds that state in a temporary folder and measures; nothing if the disk does not let it.
std::optional<DatabaseCost> measure_database();

} // namespace weights
