#pragma once

#include "base/bytes.hpp"
#include "primitives/babe.hpp"

#include <string>
#include <string_view>

/// Small runtimes in WebAssembly's text format, for what the product's runtime never does.
namespace ledger::testing {

/// As the text format escapes bytes.
std::string escaped(base::ByteView bytes);

/// A runtime that answers Core_version, BabeApi_configuration and BlockBuilder_check_inherents, with further imports
/// and, behind them, functions and data. The memory below 2048 is theirs.
base::Bytes written_runtime(const primitives::babe::Configuration& configuration, std::string_view imports,
                            std::string_view functions);

} // namespace ledger::testing
