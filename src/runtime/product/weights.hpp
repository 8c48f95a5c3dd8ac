#pragma once

#include "runtime/frame/cost.hpp"

#include <array>

/// Estimates, raised where a first measurement on a busy machine lay above them; `make weights` on a quiet one replaces
/// this file.
namespace runtime::product::weights {

inline constexpr RuntimeDbWeight kDb{.read = 25'000'000, .write = 100'000'000};
inline constexpr CallCost kBaseBlock{.call = "base block", .time = 300'000'000};
inline constexpr CallCost kBaseExtrinsic{.call = "base extrinsic", .time = 100'000'000};

inline constexpr std::array<CallCost, 31> kCosts{{
    {.call = "System.remark", .time = 2'000'000, .first = {"byte", 8'000}},
    {.call = "System.set_heap_pages", .time = 4'000'000, .writes = 2},
    {.call = "System.set_code", .time = 705'000'000'000, .writes = 2},
    {.call = "System.set_code_without_checks", .time = 705'000'000'000, .writes = 2},
    {.call = "System.set_storage", .time = 2'000'000, .first = {"item", 1'000'000, 0, 1}},
    {.call = "System.kill_storage", .time = 2'000'000, .first = {"item", 1'000'000, 0, 1}},
    {.call = "System.kill_prefix", .time = 2'000'000, .first = {"key", 1'000'000, 1, 1}},
    {.call = "System.remark_with_event", .time = 6'000'000, .first = {"byte", 9'000}},
    {.call = "System.authorize_upgrade", .time = 9'000'000, .writes = 1},
    {.call = "System.authorize_upgrade_without_checks", .time = 9'000'000, .writes = 1},
    {.call = "System.apply_authorized_upgrade", .time = 705'000'000'000, .reads = 1, .writes = 3},
    {.call = "Timestamp.set", .time = 70'000'000, .reads = 4, .writes = 2},
    {.call = "Babe.plan_config_change", .time = 5'000'000, .writes = 1},
    {.call = "Session.set_keys", .time = 18'000'000, .reads = 4, .writes = 5},
    {.call = "Session.purge_keys", .time = 13'000'000, .reads = 2, .writes = 4},
    {.call = "Balances.transfer_allow_death", .time = 20'000'000, .reads = 1, .writes = 1},
    {.call = "Balances.force_transfer", .time = 20'000'000, .reads = 2, .writes = 2},
    {.call = "Balances.transfer_keep_alive", .time = 20'000'000, .reads = 1, .writes = 1},
    {.call = "Balances.transfer_all", .time = 22'000'000, .reads = 1, .writes = 1},
    {.call = "Balances.force_unreserve", .time = 15'000'000, .reads = 1, .writes = 1},
    {.call = "Balances.force_set_balance", .time = 17'000'000, .reads = 1, .writes = 1},
    {.call = "Balances.burn", .time = 15'000'000},
    {.call = "Utility.batch", .time = 7'000'000, .first = {"call", 3'000'000}},
    {.call = "Utility.as_derivative", .time = 7'000'000, .reads = 1, .writes = 1},
    {.call = "Utility.batch_all", .time = 7'000'000, .first = {"call", 3'000'000}},
    {.call = "Utility.dispatch_as", .time = 7'000'000, .reads = 1, .writes = 1},
    {.call = "Utility.force_batch", .time = 7'000'000, .first = {"call", 3'000'000}},
    {.call = "Sudo.sudo", .time = 10'000'000, .reads = 1},
    {.call = "Sudo.sudo_as", .time = 10'000'000, .reads = 2, .writes = 1},
    {.call = "Sudo.remove_key", .time = 10'000'000, .reads = 1, .writes = 1},
    {.call = "Sudo.set_key", .time = 10'000'000, .reads = 1, .writes = 1},
}};

} // namespace runtime::product::weights
