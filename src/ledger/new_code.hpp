#pragma once

#include "executor/cache.hpp"

#include <expected>
#include <optional>
#include <string>

/// Runtime code that is not a chain's yet: what it is, and where it can be seen coming.
namespace ledger {

/// The version that a runtime blob declares, encoded: what the runtime asks its host for before it takes new code.
///
/// Every node of a chain must answer alike: nothing here depends on time, load or what was seen before, and nothing of
/// the code is run. Substrate compiles and asks code without the custom sections runtime_version and runtime_apis; this
/// chain refuses it.
///
/// Errors  one line: it does not unpack, wasmcheck's rules or validation refuse it, it does not say its version
/// Cost    15 ms for each MB
std::expected<base::Bytes, std::string> version_of_new_code(executor::ModuleCache& modules, base::ByteView code);

/// The same for code that is already the chain's, by running it: it may do what new code may not.
std::expected<base::Bytes, std::string> version_of_code(executor::ModuleCache& modules, base::ByteView code);

/// The version in the custom sections runtime_version and runtime_apis, encoded; nothing unless both are there and
/// read.
std::optional<base::Bytes> embedded_version(base::ByteView wasm);

/// The runtime blob that an extrinsic or preimage carries: a length and behind it Wasm's magic or that of packed code,
/// whatever the call around it. Nothing in most; no proof that it is code.
///
/// Cost  one pass over the bytes
std::optional<base::ByteView> code_in(base::ByteView extrinsic);

} // namespace ledger
