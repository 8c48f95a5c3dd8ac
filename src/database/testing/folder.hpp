#pragma once

#include "base/invariant.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace database::testing {

/// A new folder, gone at the end.
struct Folder
{
    std::string path = (std::filesystem::temp_directory_path() / "zkp_database_XXXXXX").string();

    Folder() { base::invariant(mkdtemp(path.data()) != nullptr); }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

} // namespace database::testing
