#pragma once

#include "database/key_value.hpp"

#include <array>
#include <map>
#include <mutex>

namespace database {

/// Tables in memory, for simulation and tests. Copy `tables()` to stop the world and open it again elsewhere.
class MemoryKeyValue final : public KeyValue
{
public:
    using Tables = std::array<std::map<Bytes, Bytes>, kTables>;

    MemoryKeyValue() = default;
    explicit MemoryKeyValue(Tables tables) : tables_(std::move(tables)) {}

    Result<std::optional<Bytes>> get(Table table, ByteView key) const override;
    Result<void> write(std::span<const Write> batch, Durability durability) override;
    Result<void> walk(Table table, ByteView from,
                      const std::function<bool(ByteView key, ByteView value)>& visit) const override;

    Tables tables() const;
    /// The write after this many more fails with disk_full, and so do all later ones.
    void fill_after(uint64_t writes);

private:
    mutable std::mutex mutex_;
    Tables tables_;
    std::optional<uint64_t> writes_left_;
};

} // namespace database
