#include "env/folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>

namespace env {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwner = 0700, kOthers = 0077;

std::unexpected<IoError> refused(const std::string& path, int code)
{
    return std::unexpected(IoError{code, "cannot use the folder " + path + ": " + std::strerror(code)});
}

} // namespace

std::expected<void, IoError> private_folder(const std::string& path)
{
    std::error_code none; // what is wrong, mkdir says
    if (const auto parent = fs::path(path).parent_path(); !parent.empty())
        fs::create_directories(parent, none);
    if (mkdir(path.c_str(), kOwner) != 0 && errno != EEXIST)
        return refused(path, errno);
    struct stat info{};
    if (stat(path.c_str(), &info) != 0)
        return refused(path, errno);
    if (!S_ISDIR(info.st_mode))
        return refused(path, ENOTDIR);
    if ((info.st_mode & kOthers) != 0 && chmod(path.c_str(), kOwner) != 0)
        return refused(path, errno);
    return {};
}

std::expected<std::vector<std::string>, IoError> list_folder(const std::string& path, size_t names_max)
{
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator entry(path, failed); !failed && entry != fs::directory_iterator();
         entry.increment(failed))
    {
        if (names.size() == names_max)
            break;
        names.push_back(entry->path().filename().string());
    }
    if (failed)
        return refused(path, failed.value());
    std::ranges::sort(names);
    return names;
}

bool open_to_others(const std::string& path)
{
    struct stat info{};
    return stat(path.c_str(), &info) == 0 && (info.st_mode & kOthers) != 0;
}

} // namespace env
