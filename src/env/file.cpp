#include "env/file.hpp"

#include "base/invariant.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace env {
namespace {

/// What to do about an error number, where there is something to say.
std::string advice(int code)
{
    switch (code)
    {
    case ENOSPC:
    case EDQUOT:
        return "; make room there and try again";
    case EFBIG:
        return "; raise the limit on file sizes (ulimit -f) and try again";
    case ENOENT:
        return "; check the path";
    case EACCES:
    case EPERM:
    case EROFS:
        return "; check the permissions";
    case EMFILE:
    case ENFILE:
        return "; close files or raise the limit (ulimit -n)";
    default:
        return "";
    }
}

std::unexpected<IoError> failed(const char* what, const std::string& path, int code)
{
    return std::unexpected(
        IoError{code, std::string("cannot ") + what + " " + path + ": " + std::strerror(code) + advice(code)});
}

std::unexpected<IoError> refused(const std::string& path, const char* why)
{
    return std::unexpected(IoError{0, path + " " + why});
}

/// A descriptor that closes itself.
class Descriptor
{
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (number_ >= 0)
            close(number_);
    }
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

std::string folder_of(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

struct Opened
{
    int descriptor;
    uint64_t size;
};

/// Opens a regular file for reading.
std::expected<Opened, IoError> open_regular(const std::string& path)
{
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0)
        return failed("open", path, errno);
    struct stat info{};
    if (fstat(file.number(), &info) != 0)
        return failed("open", path, errno);
    if (!S_ISREG(info.st_mode))
        return refused(path, "is not a regular file; give a file's path");
    return Opened{file.release(), uint64_t(info.st_size)};
}

/// Writes all bytes; returns an error number, 0 for success. A limit on file sizes becomes EFBIG, see publish().
int write_all(int descriptor, ByteView bytes)
{
    while (!bytes.empty())
    {
        const ssize_t wrote = write(descriptor, bytes.data(), std::min<size_t>(bytes.size(), size_t{1} << 30));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return errno;
        bytes = bytes.subspan(size_t(wrote));
    }
    return 0;
}

/// Bytes past RLIMIT_FSIZE would end the process by a signal; ignored, write() reports EFBIG.
void report_file_size_limit() { std::signal(SIGXFSZ, SIG_IGN); }

int sync_folder(const std::string& path)
{
    const Descriptor folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.number() < 0 || fsync(folder.number()) != 0 ? errno : 0;
}

} // namespace

std::expected<Bytes, IoError> read_file(const std::string& path, uint64_t bytes_max)
{
    const auto opened = open_regular(path);
    if (!opened)
        return std::unexpected(opened.error());
    const Descriptor file(opened->descriptor);
    if (opened->size > bytes_max)
        return refused(path, ("has " + std::to_string(opened->size) + " bytes, more than the " +
                              std::to_string(bytes_max) + " that such a file may have")
                                 .c_str());
    Bytes bytes(opened->size);
    size_t filled = 0;
    while (filled != bytes.size())
    {
        const ssize_t got = read(file.number(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed("read", path, errno);
        if (got == 0)
            break;
        filled += size_t(got);
    }
    bytes.resize(filled);
    return bytes;
}

std::expected<MappedFile, IoError> MappedFile::open(const std::string& path)
{
    const auto opened = open_regular(path);
    if (!opened)
        return std::unexpected(opened.error());
    const Descriptor file(opened->descriptor);
    if (opened->size == 0)
        return MappedFile(ByteView{});
    void* start = mmap(nullptr, opened->size, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (start == MAP_FAILED)
        return failed("map", path, errno);
    return MappedFile(ByteView(static_cast<const uint8_t*>(start), opened->size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    if (this != &other)
    {
        close();
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

MappedFile::~MappedFile() { close(); }

void MappedFile::close()
{
    if (!bytes_.empty())
        munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
    bytes_ = {};
}

std::expected<StagedFile, IoError> StagedFile::write(const std::string& path, std::span<const ByteView> parts,
                                                     uint32_t mode)
{
    report_file_size_limit();
    struct stat info{};
    if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
        return refused(path, "exists and is not a regular file; give another path");

    const auto folder = folder_of(path);
    StagedFile staged(path, open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (staged.descriptor_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
    {
        staged.temporary_ = path + ".XXXXXX";
        staged.descriptor_ = mkostemp(staged.temporary_.data(), O_CLOEXEC);
        if (staged.descriptor_ < 0)
            staged.temporary_.clear();
    }
    if (staged.descriptor_ < 0)
        return failed("write", path, errno);

    for (const auto part : parts)
        if (const int code = write_all(staged.descriptor_, part); code != 0)
            return failed("write", path, code);
    if (fchmod(staged.descriptor_, mode_t(mode)) != 0 || fsync(staged.descriptor_) != 0)
        return failed("write", path, errno);
    return staged;
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1))
{
}

StagedFile::~StagedFile() { drop(); }

void StagedFile::drop()
{
    if (descriptor_ >= 0)
        close(descriptor_);
    if (!temporary_.empty())
        unlink(temporary_.c_str());
    descriptor_ = -1;
    temporary_.clear();
}

std::expected<void, IoError> StagedFile::publish()
{
    base::invariant(descriptor_ >= 0);
    if (temporary_.empty())
    {
        // A file without a name cannot replace another; it gets a name of its own first. Names of one process are
        // told apart by the descriptor.
        auto name = path_ + "." + std::to_string(getpid()) + "-" + std::to_string(descriptor_);
        const auto self = "/proc/self/fd/" + std::to_string(descriptor_);
        unlink(name.c_str()); // left by a process of the same number that was killed just here
        if (linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
            return failed("write", path_, errno);
        temporary_ = std::move(name);
    }
    if (rename(temporary_.c_str(), path_.c_str()) != 0)
        return failed("write", path_, errno);
    temporary_.clear();
    if (const int code = sync_folder(path_); code != 0)
        return failed("write", path_, code);
    drop();
    return {};
}

std::expected<void, IoError> write_file(const std::string& path, std::span<const ByteView> parts, uint32_t mode)
{
    auto staged = StagedFile::write(path, parts, mode);
    if (!staged)
        return std::unexpected(staged.error());
    return staged->publish();
}

bool exists(const std::string& path)
{
    struct stat info{};
    return lstat(path.c_str(), &info) == 0;
}

bool has_entries(const std::string& folder)
{
    std::error_code failed;
    const std::filesystem::directory_iterator entries(folder, failed);
    return !failed && entries != std::filesystem::directory_iterator{};
}

std::expected<SyncedFile, IoError> SyncedFile::open(const std::string& path)
{
    report_file_size_limit();
    Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.number() < 0)
        return failed("open", path, errno);
    struct stat info{};
    if (fstat(file.number(), &info) != 0)
        return failed("open", path, errno);
    if (!S_ISREG(info.st_mode))
        return refused(path, "is not a regular file; give a file's path");
    return SyncedFile(path, file.release());
}

SyncedFile::SyncedFile(SyncedFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1))
{
}

SyncedFile::~SyncedFile()
{
    if (descriptor_ >= 0)
        close(descriptor_);
}

std::expected<void, IoError> SyncedFile::put(uint64_t offset, ByteView bytes)
{
    while (!bytes.empty())
    {
        const auto wrote = pwrite(descriptor_, bytes.data(), bytes.size(), off_t(offset));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return failed("write", path_, errno);
        offset += uint64_t(wrote);
        bytes = bytes.subspan(size_t(wrote));
    }
    if (fdatasync(descriptor_) != 0)
        return failed("write", path_, errno);
    return {};
}

} // namespace env
