#include "env/state.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace env {
namespace {

std::unexpected<IoError> failed(const std::string& folder, int code)
{
    return std::unexpected(IoError{code, "cannot use the state folder " + folder + ": " + std::strerror(code) +
                                             "; set ZKP_STATE_DIR to a folder that you can write to"});
}

/// A variable's value, or empty; the XDG rules ignore relative paths.
std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string chosen()
{
    if (auto own = variable("ZKP_STATE_DIR"); !own.empty())
        return own;
    if (const auto state = variable("XDG_STATE_HOME"); state.starts_with('/'))
        return state + "/zkp";
    if (const auto user = variable("HOME"); user.starts_with('/'))
        return user + "/.local/state/zkp";
    return "";
}

} // namespace

std::expected<std::string, IoError> state_directory()
{
    auto folder = chosen();
    if (folder.empty())
        return std::unexpected(IoError{0, "no place for the use counters: set ZKP_STATE_DIR to a folder of your own"});
    for (size_t end = folder.find('/', 1); end != std::string::npos; end = folder.find('/', end + 1))
        if (mkdir(folder.substr(0, end).c_str(), S_IRWXU) != 0 && errno != EEXIST)
            return failed(folder, errno);
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return failed(folder, errno);
    struct stat info{};
    if (stat(folder.c_str(), &info) != 0)
        return failed(folder, errno);
    if (!S_ISDIR(info.st_mode))
        return failed(folder, ENOTDIR);
    return folder;
}

std::expected<FolderLock, IoError> FolderLock::take(const std::string& folder)
{
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return failed(folder, errno);
    FolderLock lock(descriptor);
    while (flock(descriptor, LOCK_EX) != 0)
        if (errno != EINTR)
            return failed(folder, errno);
    return lock;
}

std::expected<FolderLock, IoError> FolderLock::try_take(const std::string& folder)
{
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return std::unexpected(IoError{errno, "cannot open the folder " + folder + ": " + std::strerror(errno)});
    FolderLock lock(descriptor);
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR)
            return std::unexpected(
                IoError{errno, errno == EWOULDBLOCK
                                   ? "another process uses the folder " + folder + ": stop it, or name another folder"
                                   : "cannot lock the folder " + folder + ": " + std::strerror(errno)});
    return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock()
{
    if (descriptor_ >= 0)
        close(descriptor_);
}

} // namespace env
