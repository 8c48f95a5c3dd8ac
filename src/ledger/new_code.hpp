#pragma once

#include "executor/cache.hpp"

#include <expected>
#include <optional>
#include <string>

/// Runtime code that is not a chain's yet: what it is, and where it can be seen coming.
namespace ledger {

/// The version that a runtime blob declares, encoded: what the runtime asks its host for before it takes new code.
///
/// Rule set 1. Every node of a chain must answer alike, whatever its release: nothing here depends on time, load, what
/// was seen before or which host functions this release has, and nothing of the code is run. Substrate compiles and
/// asks code without the custom sections runtime_version and runtime_apis; this chain refuses it.
///
/// Errors  one line: it does not unpack, the rules refuse it, it does not say its version
/// Cost    25 ms for each MB
/// Source  docs/specs/runtime-code.md
std::expected<base::Bytes, std::string> version_of_new_code(executor::ModuleCache& modules, base::ByteView code);

/// The same for code that is already the chain's, by running it: it may do what new code may not.
std::expected<base::Bytes, std::string> version_of_code(executor::ModuleCache& modules, base::ByteView code);

/// What keeps this node from running code that the rules allow: a host function of a later release. One line; nothing
/// if it can run it. For warnings, and for what a node lets into its own pool; never for what a block may hold.
std::optional<std::string> unfit_here(executor::ModuleCache& modules, base::ByteView code);

/// The version in the custom sections runtime_version and runtime_apis, encoded; nothing unless both are there and
/// read.
std::optional<base::Bytes> embedded_version(base::ByteView wasm);

/// The runtime blob that an extrinsic or preimage carries: a length and behind it Wasm's magic or that of packed code,
/// whatever the call around it. Nothing in most; no proof that it is code.
///
/// Cost  one pass over the bytes
std::optional<base::ByteView> code_in(base::ByteView extrinsic);

/// Whether the blob that code_in() found there is the argument of System's set_code, set_code_without_checks or
/// apply_authorized_upgrade, pallet 0: code, not a remark or a contract.
bool sets_code(base::ByteView extrinsic, base::ByteView code);

} // namespace ledger
