#pragma once

#include "base/bytes.hpp"

#include <string_view>

namespace runtime::product {

/// Runs the runtime API function behind an export, such as "Core_version", on encoded arguments. Panics if there is no
/// such function, if the arguments are malformed, and where the function itself does.
base::Bytes call(std::string_view export_name, base::ByteView arguments);

} // namespace runtime::product
