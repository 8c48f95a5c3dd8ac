#pragma once

#include "weights_database.hpp"

#include <string>
#include <vector>

namespace weights {

/// What was measured of a call or a hook: a base and one more of its component. Times in picoseconds of processor time.
struct Row
{
    std::string name;
    uint64_t time = 0;
    size_t reads = 0, writes = 0;
    std::string unit{}; ///< none: it has no component
    uint64_t unit_time = 0;
    size_t unit_reads = 0, unit_writes = 0;
};

struct Table
{
    DatabaseCost db{};
    Row block, extrinsic;
    std::vector<Row> calls, hooks;
};

/// What is declared is this times what was measured, in percent: docs/decisions/0010-weights.md.
inline constexpr uint64_t kSafetyPercent = 150;

/// The header that the runtime reads, with figures declared, not measured.
///
/// runs  of each measurement, for the header's comment
std::string header_of(const Table& table, size_t runs);

} // namespace weights
