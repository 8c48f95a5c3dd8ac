#pragma once

#include <cstdint>

namespace env {

/// What this process uses now; 0 for what the system does not say.
struct ProcessUse
{
    double cpu_seconds = 0; ///< user and system
    uint64_t resident_bytes = 0, virtual_bytes = 0;
    uint64_t threads = 0;
    uint64_t open_files = 0, open_files_max = 0;
};

/// Cost  some reads of /proc, about 100 µs
ProcessUse process_use();

} // namespace env
