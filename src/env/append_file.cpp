#include "env/append_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace env {
namespace {

bool write_all(int descriptor, ByteView bytes)
{
    while (!bytes.empty())
    {
        const auto written = write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = bytes.subspan(size_t(written));
    }
    return true;
}

} // namespace

std::expected<AppendFile, IoError> AppendFile::open(const std::string& path, uint64_t bytes)
{
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    AppendFile file(descriptor, bytes);
    if (descriptor < 0 || ftruncate(descriptor, off_t(bytes)) != 0)
        return std::unexpected(IoError{errno, "cannot write to " + path + ": " + std::strerror(errno)});
    return file;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_)
{
}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    return *this;
}

AppendFile::~AppendFile()
{
    if (descriptor_ >= 0)
        close(descriptor_);
}

bool AppendFile::append(ByteView record)
{
    if (descriptor_ < 0)
        return false;
    if (write_all(descriptor_, record))
    {
        size_ += record.size();
        return true;
    }
    if (ftruncate(descriptor_, off_t(size_)) != 0) // half a record would hide all that follow it
        close(std::exchange(descriptor_, -1));
    return false;
}

} // namespace env
