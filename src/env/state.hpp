#pragma once

#include "env/file.hpp"

#include <expected>
#include <string>

namespace env {

/// Where this user's durable state lies: $ZKP_STATE_DIR, else $XDG_STATE_HOME/zkp, else ~/.local/state/zkp.
/// Created, with missing parents, for the user alone (0700).
///
/// Errors  none of the variables is set; the folder cannot be made
std::expected<std::string, IoError> state_directory();

/// Holds a folder for one process at a time: others wait. Given back when dropped, also by a process that dies.
class FolderLock
{
public:
    static std::expected<FolderLock, IoError> take(const std::string& folder);

    /// The same without waiting: a folder that another process holds is refused.
    static std::expected<FolderLock, IoError> try_take(const std::string& folder);

    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_ = -1;
};

} // namespace env
