#pragma once

#include "base/bytes.hpp"

#include <expected>
#include <string>

/// What is written into a runtime after it is linked: what it says of itself when it runs.
namespace wasmcheck {

/// The binary with
///     runtime_version  the custom section with the RuntimeVersion of Core_version, less its APIs
///     runtime_apis     the custom section with those APIs: clients need not run the code to know its version
///     metadata hash    RFC-78's, in the place that the sources keep for it (runtime/product/metadata_hash.hpp); a
///                      binary without such a place gets none
///
/// Caller  the binary passed inspect()
/// Errors  one line: it does not compile, a call traps, a result does not decode, the place is there twice
/// Cost    compiles the code: 1.5 s for each MB
std::expected<base::Bytes, std::string> complete(base::ByteView wasm);

} // namespace wasmcheck
