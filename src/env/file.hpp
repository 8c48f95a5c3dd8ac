#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

/// Files: read whole, mapped, or written so that a reader sees all of the new content or none of it.
namespace env {

using base::Bytes;
using base::ByteView;

/// What the operating system refused.
struct IoError
{
    int code = 0;      ///< errno; 0 where the refusal is ours
    std::string words; ///< one line: which file, what is wrong, what to do
};

/// Reads a whole file.
///
/// Errors  missing, unreadable, not a regular file, more than `bytes_max` bytes
std::expected<Bytes, IoError> read_file(const std::string& path, uint64_t bytes_max);

/// A file's bytes, read only when they are looked at; private to this process and never written.
///
/// Bound   a file that another process shortens while it is mapped stops this process (SIGBUS): replace files by
///         renaming, as StagedFile does, and the old bytes stay
class MappedFile
{
public:
    static std::expected<MappedFile, IoError> open(const std::string& path);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    /// Starts at a page, so that 4096-aligned offsets are aligned for every type.
    ByteView bytes() const { return bytes_; }

private:
    explicit MappedFile(ByteView bytes) : bytes_(bytes) {}
    void close();

    ByteView bytes_;
};

/// A file that is written beside its place and moved there when complete. Dropped before publish(), it leaves nothing;
/// so does a kill, where the file system has files without a name (O_TMPFILE).
class StagedFile
{
public:
    /// Writes all parts and brings them to the disk, without giving the file its name.
    ///
    /// mode    permissions of the result, such as 0600
    /// Errors  folder missing or read-only, disk full, quota; `path` names something that is no regular file
    static std::expected<StagedFile, IoError> write(const std::string& path, std::span<const ByteView> parts,
                                                    uint32_t mode);

    StagedFile(StagedFile&& other) noexcept;
    StagedFile& operator=(StagedFile&&) = delete;
    ~StagedFile();

    /// Takes the place of whatever has the name, durably. Once.
    std::expected<void, IoError> publish();

private:
    StagedFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    void drop();

    std::string path_, temporary_; ///< temporary_ is empty while the file has no name
    int descriptor_ = -1;
};

/// StagedFile::write and publish in one.
std::expected<void, IoError> write_file(const std::string& path, std::span<const ByteView> parts, uint32_t mode);

/// Whether anything has that name, a link that leads nowhere included.
bool exists(const std::string& path);
/// Whether a folder has that name and something is in it.
bool has_entries(const std::string& folder);

/// A file of fixed room that is changed in place; each change is on the disk before it counts.
class SyncedFile
{
public:
    /// Opens a regular file that exists; a link is refused.
    static std::expected<SyncedFile, IoError> open(const std::string& path);

    SyncedFile(SyncedFile&& other) noexcept;
    SyncedFile& operator=(SyncedFile&&) = delete;
    ~SyncedFile();

    /// Writes at an offset and waits for the disk. After an error any part of the bytes may be written.
    std::expected<void, IoError> put(uint64_t offset, ByteView bytes);

private:
    SyncedFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

    std::string path_;
    int descriptor_ = -1;
};

} // namespace env
