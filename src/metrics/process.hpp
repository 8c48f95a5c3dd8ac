#pragma once

#include "metrics/registry.hpp"

namespace metrics {

/// What the operating system says of this process, under the names that all Prometheus clients use:
/// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
/// process_max_fds, process_threads.
///
/// Cost  as env::process_use()
void sample_process(Registry& registry);

} // namespace metrics
