#pragma once

#include "runtime/frame/storage.hpp"
#include "runtime/frame/types.hpp"
#include "runtime/frame/weight.hpp"

/// Changes of storage layouts, each run once: in the first block of the runtime that brings it.
///
/// A runtime lists them, oldest first: `using Migrations = List<Migration<"Balances", 0, &f>, …>`. Executive runs the
/// list before the pallets' on_runtime_upgrade hooks, whenever the stored LastRuntimeUpgrade is an older version. The
/// version of a pallet's storage decides which of them have work left, so a list may keep migrations of releases that
/// a chain has or has not skipped.
namespace runtime {

/// The version of a pallet's storage layout, where Substrate keeps it; 0 if it was never set.
template <Text pallet>
using StorageVersion = StorageValue<pallet, ":__STORAGE_VERSION__:", uint16_t>;

/// Takes `pallet` from layout `from` to `from + 1` by `migrate`, a `Weight (*)()` that returns what its work weighs.
/// Does nothing on any other layout.
template <Text pallet, uint16_t from, auto migrate>
struct Migration
{
    static Weight run()
    {
        if (StorageVersion<pallet>::get() != from)
            return weigh(0, 1, 0);
        const Weight work = migrate();
        StorageVersion<pallet>::put(from + 1);
        return work + weigh(0, 1, 1);
    }
};

/// Runs all of a list; returns what they weigh.
template <class... M>
Weight run_migrations(List<M...>)
{
    Weight weight;
    ((weight += M::run()), ...);
    return weight;
}

} // namespace runtime
