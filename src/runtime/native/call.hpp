#pragma once

#include "runtime/native/externalities.hpp"

#include <expected>

namespace runtime::native {

/// Runs one runtime API function natively: `export_name` and `arguments` are those of a WebAssembly host, and so is the
/// result. The error is the message of the panic that ended the call; what it wrote is the caller's to undo.
std::expected<Bytes, std::string> call(Externalities& externalities, std::string_view export_name, ByteView arguments);

} // namespace runtime::native
