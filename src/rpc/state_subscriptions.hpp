#pragma once

#include "rpc/method.hpp"

namespace rpc {

inline constexpr char kRuntimeVersionEvent[] = "state_runtimeVersion";
inline constexpr char kStorageEvent[] = "state_storage";
/// Keys of one storage subscription; each is read after each new best block.
inline constexpr size_t kWatchedKeysMax = 4096;

Reply subscribe_runtime_version(Session& session, Params& params);
Reply subscribe_storage(Session& session, Params& params);

} // namespace rpc
