#pragma once

#include "env/file.hpp"

#include <expected>
#include <string>
#include <vector>

/// Folders and files that belong to one user alone.
namespace env {

/// Makes a folder for its owner alone (0700), with missing parents. One that is there and open to others is closed to
/// them.
///
/// Errors  the folder cannot be made or closed; something else has its name
std::expected<void, IoError> private_folder(const std::string& path);

/// The names of what lies in a folder, sorted; at most `names_max` of them, chosen by the file system.
std::expected<std::vector<std::string>, IoError> list_folder(const std::string& path, size_t names_max);

/// Whether users other than the owner may read, write or run a file. False for a missing one.
bool open_to_others(const std::string& path);

} // namespace env
