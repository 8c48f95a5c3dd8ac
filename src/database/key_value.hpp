#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>

/// What the node keeps, as tables of keys and values. Two implementations: RocksDB (rocks.hpp) and memory (memory.hpp).
namespace database {

using base::Bytes;
using base::ByteView;
using base::Digest;

enum class Why : uint8_t
{
    disk_full, ///< no room; nothing of the batch is written, and no later batch will be
    io,        ///< the disk or the file system refused
    damaged,   ///< what is stored does not read; the words say what
    missing,   ///< the block is not known, or its state is pruned
    misplaced, ///< the block, or the chain, does not belong where it is put
    too_many,  ///< a bound of this program is reached
};

struct Failure
{
    Why why;
    std::string words; ///< one line: what is wrong and what to do
};

/// A result, or what went wrong.
template <class T>
using Result = std::expected<T, Failure>;

enum class Table : uint8_t
{
    headers,        ///< block hash → header
    bodies,         ///< block hash → body
    justifications, ///< block hash → justification
    numbers,        ///< block number, big-endian → hash; finalised blocks only
    nodes,          ///< hash of a trie node → how often it is in use, u32; its bytes
    flat,           ///< key of the state → value, as of the finalised block
    journal,        ///< block hash → what the block changes; blocks above the finalised one only
    deaths,         ///< block number, big-endian → hashes of the nodes that this block took out of use
    facts,          ///< one-byte name → value
    marked,         ///< block number, big-endian → nothing: final blocks that whoever keeps the store finds again
};
inline constexpr size_t kTables = 10;

/// One change of a batch: a new value, or nothing to remove the key.
struct Write
{
    Table table;
    Bytes key;
    std::optional<Bytes> value;
};

enum class Durability : uint8_t
{
    process, ///< survives the end of the process, however it ends
    power,   ///< survives a power cut
};

/// Called from several threads at once; writes come one at a time.
class KeyValue
{
public:
    virtual ~KeyValue() = default;

    virtual Result<std::optional<Bytes>> get(Table table, ByteView key) const = 0;

    /// All of the batch or nothing of it. Of two changes to one key the later holds.
    ///
    /// Errors  disk_full, io, damaged; after the first of them every write fails with it
    virtual Result<void> write(std::span<const Write> batch, Durability durability) = 0;

    /// Visits entries in the order of their keys, from the first key at or above `from` on, while `visit` returns
    /// true. `visit` must not use the tables.
    virtual Result<void> walk(Table table, ByteView from,
                              const std::function<bool(ByteView key, ByteView value)>& visit) const = 0;
};

} // namespace database
