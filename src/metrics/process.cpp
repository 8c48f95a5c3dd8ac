#include "metrics/process.hpp"

#include "env/process.hpp"

namespace metrics {

void sample_process(Registry& registry)
{
    const auto use = env::process_use();
    const auto show = [&](std::string_view name, std::string_view help, uint64_t value) {
        registry.gauge(name, help).set(double(value));
    };
    registry.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
        .raise_to(use.cpu_seconds);
    show("process_resident_memory_bytes", "Resident memory size in bytes.", use.resident_bytes);
    show("process_virtual_memory_bytes", "Virtual memory size in bytes.", use.virtual_bytes);
    show("process_threads", "Number of OS threads in the process.", use.threads);
    show("process_open_fds", "Number of open file descriptors.", use.open_files);
    show("process_max_fds", "Maximum number of open file descriptors.", use.open_files_max);
}

} // namespace metrics
