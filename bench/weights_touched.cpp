#include "weights_touched.hpp"

#include <algorithm>
#include <array>

namespace weights {
namespace {

struct Touches
{
    std::string_view name;
    size_t reads, writes;
};

/// Of calls whose dearest case touches fewer than another state of the chain makes them touch: a first deposit makes
/// the row of reserves, a last one goes back to another account, a name is looked up, an asset has further rows.
constexpr auto kMost = std::to_array<Touches>({
    {"Session.set_keys", 5, 5},
    {"Session.purge_keys", 2, 5},
    {"Session.set_seat_keys", 2, 2},
    {"Multisig.as_multi", 4, 4},
    {"Multisig.approve_as_multi", 3, 3},
    {"Multisig.cancel_as_multi", 3, 3},
    {"Multisig.poke_deposit", 3, 3},
    {"Proxy.add_proxy", 3, 3},
    {"Proxy.remove_proxy", 3, 3},
    {"Proxy.remove_proxies", 3, 3},
    {"Proxy.create_pure", 4, 4},
    {"Proxy.kill_pure", 4, 4},
    {"Proxy.announce", 3, 3},
    {"Proxy.remove_announcement", 3, 3},
    {"Proxy.reject_announcement", 3, 3},
    {"Proxy.proxy_announced", 5, 4},
    {"Proxy.poke_deposit", 4, 4},
    {"Preimage.note_preimage", 4, 4},
    {"Preimage.unnote_preimage", 4, 4},
    {"Scheduler.schedule", 2, 3},
    {"Scheduler.schedule_named", 3, 4},
    {"Scheduler.schedule_after", 2, 3},
    {"Scheduler.schedule_named_after", 3, 4},
    {"Assets.create", 3, 3},
    {"Assets.force_create", 2, 2},
    {"Assets.start_destroy", 2, 2},
    {"Assets.transfer", 5, 5},
    {"Assets.transfer_keep_alive", 5, 5},
    {"Assets.freeze_asset", 2, 2},
    {"Assets.thaw_asset", 2, 2},
    {"Assets.set_team", 2, 2},
    {"Assets.set_metadata", 4, 3},
    {"Assets.force_set_metadata", 4, 3},
    {"Assets.approve_transfer", 4, 4},
    {"Assets.cancel_approval", 4, 4},
    {"Assets.transfer_approved", 8, 8},
    {"Assets.touch", 4, 4},
    {"Assets.refund", 4, 4},
    {"Assets.set_min_balance", 2, 2},
    {"Assets.touch_other", 4, 4},
    {"Assets.transfer_all", 5, 5},
    {"Scheduler.service_agenda", 3, 2},
    {"Scheduler.run_task", 4, 5},
    {"Scheduler.retry_task", 3, 4},
});

} // namespace

void raise_touched(Row& row)
{
    const auto found = std::ranges::find(kMost, row.name, &Touches::name);
    if (found == kMost.end())
        return;
    row.reads = std::max(row.reads, found->reads);
    row.writes = std::max(row.writes, found->writes);
}

} // namespace weights
