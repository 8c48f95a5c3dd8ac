#pragma once

#include "executor/cache.hpp"
#include "ledger/ledger.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// The node: everything wired by hand.
namespace node {

using base::Bytes;
using base::ByteView;

/// What makes a chain: its names, and the state it begins with. The raw form is read by every Substrate client.
struct ChainSpec
{
    std::string name = "ZKP Development";
    std::string id = "zkp_dev";
    std::string type = "Development"; ///< Development, Local or Live
    std::vector<std::string> boot_nodes;
    std::string protocol_id = "zkp";
    std::string fork_id;
    uint8_t ss58_prefix = 42;
    uint8_t decimals = 18;
    std::string symbol = "ZKP";
    ledger::GenesisState genesis;

    /// The properties object, as JSON text.
    std::string properties() const;
    /// The file, with the state as it is ("raw").
    std::string raw_json() const;
};

inline constexpr size_t kChainSpecBytesMax = size_t{64} << 20;

/// Reads a raw chain spec. Unknown members are refused, as light clients do.
///
/// Errors  one line: which member is wrong and what it should be
std::expected<ChainSpec, std::string> read_chain_spec(std::string_view json);

/// The genesis state of a runtime, by its own GenesisBuilder: one of its presets, with `changes` (a JSON object) laid
/// over it, member by member.
///
/// Errors  one line: the runtime's words where it refuses
std::expected<ledger::GenesisState, std::string> genesis_state(const executor::Engine& engine, ByteView code,
                                                               std::string_view preset, std::string_view changes);

/// The runtime that this program was built with: WebAssembly, packed.
ByteView built_in_runtime();

} // namespace node
