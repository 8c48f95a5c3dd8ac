#include "env/process.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace env {
namespace {

constexpr uint64_t kKibibyte = 1024;

double seconds(const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; }

/// Lines are "NAME:   value …".
void read_status(ProcessUse& use)
{
    std::ifstream file("/proc/self/status");
    for (std::string name; file >> name; file.ignore(1 << 16, '\n'))
    {
        uint64_t value = 0;
        if (name == "VmRSS:" && file >> value)
            use.resident_bytes = value * kKibibyte;
        else if (name == "VmSize:" && file >> value)
            use.virtual_bytes = value * kKibibyte;
        else if (name == "Threads:" && file >> value)
            use.threads = value;
    }
}

} // namespace

ProcessUse process_use()
{
    ProcessUse use;
    read_status(use);
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        use.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        use.open_files_max = limit.rlim_cur;
    std::error_code error;
    const std::filesystem::directory_iterator open("/proc/self/fd", error);
    if (!error)
        use.open_files = uint64_t(std::distance(begin(open), end(open))) - 1; // one of them is this look
    return use;
}

} // namespace env
