#pragma once

#include "env/file.hpp"

#include <expected>
#include <string>

namespace env {

/// A file that grows at its end, by whole records.
///
/// Crash  what was appended survives the end of the process; of a power cut, the file may lose its last records and end
///        in half a one
class AppendFile
{
public:
    AppendFile() = default;
    /// Opens a file that exists, and cuts off what lies beyond `bytes`.
    static std::expected<AppendFile, IoError> open(const std::string& path, uint64_t bytes);

    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    /// Appends all of the record or nothing. False when the disk refuses; if half a record cannot be taken back, all
    /// later ones are refused too.
    bool append(ByteView record);

    uint64_t size() const { return size_; }

private:
    AppendFile(int descriptor, uint64_t size) : descriptor_(descriptor), size_(size) {}

    int descriptor_ = -1;
    uint64_t size_ = 0;
};

} // namespace env
