#pragma once

#include "runtime/frame/compose.hpp"
#include "runtime/frame/migration.hpp"

/// What this release of the runtime has that others do not: its number, its migrations, pallets. The runtime that tests
/// upgrade to is built from the same sources with runtime/next/release.hpp in the place of this file.
namespace runtime::product {

/// Above that of every release before.
inline constexpr uint32_t kReleaseVersion = 100;

/// The pallets of the composition.
template <class... Entry>
using Release = Indexed<Entry...>;

using ReleaseMigrations = List<>;

} // namespace runtime::product
